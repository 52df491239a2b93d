"""Arabic text as khabar compares it: character classes, tokens and folding."""

from khabar.text.arabic.folding import FOLDING, TATWEEL, Folded, classes, fold, folded, is_word, token_spans

__all__ = ["FOLDING", "TATWEEL", "Folded", "classes", "fold", "folded", "is_word", "token_spans"]
