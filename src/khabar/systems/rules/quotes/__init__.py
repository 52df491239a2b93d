"""The quote layer: cues of saying, what was said, and who is said to have said it. Its door is `quotes.extract`."""
