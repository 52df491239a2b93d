"""Character classes of a text, one letter a code point, so that offsets stay those of the text."""

from __future__ import annotations

import re
import unicodedata

TATWEEL = "\u0640"


class _ClassTable(dict[int, str]):
    """Maps a code point to its class: L letter, M mark, N digit, S space, X anything else; filled on demand."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        general = unicodedata.category(character)[0]
        found = general if general in "LMN" else "S" if character.isspace() else "X"
        self[code_point] = found
        return found


_CLASSES = _ClassTable()
_TOKEN = re.compile(r"[LMN]+|X")


def classes(text: str) -> str:
    """Give the class of every code point of `text`: a string of equal length over L, M, N, S and X."""
    return text.translate(_CLASSES)


def token_spans(text: str) -> list[tuple[int, int]]:
    """Split a text into tokens: runs of letters, marks and digits; every other non-space character alone.

    Offsets are half-open code points of `text`. Needs no gold, so predictions and gold meet the same tokens.
    """
    return [match.span() for match in _TOKEN.finditer(classes(text))]


def is_word(character: str) -> bool:
    """Tell whether a character belongs to a word (letter, mark or digit)."""
    return _CLASSES[ord(character)] in "LMN"
