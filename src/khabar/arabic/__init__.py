"""Arabic text as khabar compares it: character classes, tokens, folding and grounding of strings in a text."""

from khabar.arabic.classes import TATWEEL, classes, token_spans
from khabar.arabic.folding import FOLDING, Folded, fold, folded
from khabar.arabic.grounding import ground

__all__ = ["FOLDING", "TATWEEL", "Folded", "classes", "fold", "folded", "ground", "token_spans"]
