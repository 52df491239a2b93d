"""Folding: what counts as the same letter when strings are matched. It never touches a stored offset."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from khabar.text.arabic.classes import TATWEEL

FOLDING = "fold1"
"""Name and version of the folding, as it stands in signatures."""

_ALEF = dict.fromkeys(map(ord, "أإآٱٲٳ"), "ا")
_YA = dict.fromkeys(map(ord, "ىیے"), "ي")
_TA_MARBUTA = {ord("ة"): "ه"}
_MARKS_OF_QUOTATION = dict.fromkeys(map(ord, "“”„‟«»‹›″＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛′"), "'")


class _FoldTable(dict[int, str]):
    """Maps a code point to what it is matched as: one character, or nothing for marks and tatweel."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        if character == TATWEEL or unicodedata.category(character) == "Mn":
            folded = ""
        elif unicodedata.category(character) == "Nd":
            folded = str(unicodedata.decimal(character))
        elif unicodedata.category(character) == "Zs":
            folded = " "
        else:
            folded = character
        self[code_point] = folded
        return folded


_FOLD = _FoldTable(_ALEF | _YA | _TA_MARBUTA | _MARKS_OF_QUOTATION)


def fold(text: str) -> str:
    """Fold a string for matching: spaces, tatweel, diacritics, alef, ya and ta marbuta, digits and quote marks."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the way back: `raw[i]` is the offset in the text of folded character `i`,
    and the last entry the length of the text, so that folded `[i:j]` is the text's `[raw[i]:raw[j]]`."""

    text: str
    raw: list[int]


@lru_cache(maxsize=256)
def folded(text: str) -> Folded:
    """Fold a text and keep, for each folded character, its offset (code points); one more entry holds the length."""
    characters: list[str] = []
    raw: list[int] = []
    for offset, character in enumerate(text):
        kept = _FOLD[ord(character)]
        if kept:
            characters.append(kept)
            raw.append(offset)
    raw.append(len(text))
    return Folded("".join(characters), raw)
