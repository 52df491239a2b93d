"""Seeds: articles exactly as received, and one manifest that notices a changed byte."""
