"""Text that somebody else wrote, on a terminal: it neither moves the cursor nor turns its neighbours around."""

from __future__ import annotations

from unicodedata import category

RIGHT_TO_LEFT, ISOLATE, POP = "\u200f", "\u2068", "\u2069"
NOTHING = "∅"
"""Stands for what is missing."""
_CONTROLS = ("Cc", "Cs", "Zl", "Zp")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates."""


def one_line(text: str) -> str:
    """Escape control characters and line separators, so that a text makes up no line of its own."""
    return "".join(repr(character)[1:-1] if category(character) in _CONTROLS else character for character in text)


def harmless(text: str) -> str:
    """Escape what `one_line` does, and the marks of direction that would break out of an isolate."""
    return "".join(repr(character)[1:-1] if character in _TURNS else character for character in one_line(text))


def isolated(text: str) -> str:
    """A text whose direction does not reach beyond it."""
    return ISOLATE + text + POP


def shortened(text: str, longest: int) -> str:
    """The beginning and the end of a text of more than `longest` characters."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half].rstrip()} … {text[-half:].lstrip()}"
