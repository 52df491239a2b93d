"""Arabic text as khabar compares it: character classes, tokens and folding."""

from khabar.text.arabic.classes import TATWEEL, classes, is_word, token_spans
from khabar.text.arabic.folding import FOLDING, Folded, fold, folded

__all__ = ["FOLDING", "TATWEEL", "Folded", "classes", "fold", "folded", "is_word", "token_spans"]
