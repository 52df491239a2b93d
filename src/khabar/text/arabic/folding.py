"""Folding: what counts as the same letter when strings are matched. It never touches a stored offset."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from khabar.text.arabic.classes import TATWEEL

FOLDING = "fold2"
"""Name and version of the folding, as it stands in signatures. `fold2` drops format characters, and what is composed
and what is decomposed (NFC, NFD) fold alike."""

_ALEF = dict.fromkeys("أإآٱٲٳ", "ا")
_YA = dict.fromkeys("ىیے", "ي")
_MARKS_OF_QUOTATION = dict.fromkeys("“”„‟«»‹›″＂", '"') | dict.fromkeys("‘’‚‛′", "'")
_LETTERS = _ALEF | _YA | {"ة": "ه"} | _MARKS_OF_QUOTATION
_HAMZA = "\u0654"
"""Hamza above, as a mark: with waw or ya it is a letter of its own, elsewhere it is dropped like any mark."""
_SEATED = {"و": "ؤ", "ي": "ئ"}


class _FoldTable(dict[int, str]):
    """Maps a code point to what it is matched as: mostly one character, nothing for marks, tatweel and formats."""

    def __missing__(self, code_point: int) -> str:
        # Hamza alone is kept here, for `_seat` to look at what it stands on.
        parts = [_folded_part(part) for part in unicodedata.normalize("NFD", chr(code_point))]
        self[code_point] = folded = _HAMZA if parts == [_HAMZA] else _seat("".join(parts))
        return folded


def _folded_part(character: str) -> str:
    """Fold a character that is not composed of others."""
    category = unicodedata.category(character)
    if character == _HAMZA:
        return character
    if character == TATWEEL or category in ("Mn", "Cf"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return " " if category == "Zs" else _LETTERS.get(character, character)


def _seat(text: str) -> str:
    """Join each hamza with the waw or ya it stands on, and drop the others."""
    if _HAMZA in text:
        for letter, seated in _SEATED.items():
            text = text.replace(letter + _HAMZA, seated)
        text = text.replace(_HAMZA, "")
    return text


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Fold a string for matching: spaces, tatweel, diacritics, formats, alef, ya, ta marbuta, digits, quote marks."""
    return _seat(text.translate(_FOLD))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the way back: `raw[i]` is the offset in the text of folded character `i`,
    and the last entry the length of the text, so that folded `[i:j]` is the text's `[raw[i]:raw[j]]`."""

    text: str
    raw: list[int]


@lru_cache(maxsize=256)
def folded(text: str) -> Folded:
    """Fold a text and keep, for each folded character, its offset (code points); one more entry holds the length."""
    parts: list[str] = []
    raw: list[int] = []
    others = "".join(c for c in set(text) if len(_FOLD[ord(c)]) != 1 or _FOLD[ord(c)] == _HAMZA)
    # Runs of characters of which each becomes one; each of the others alone.
    for match in re.finditer(f"[^{re.escape(others)}]+|." if others else ".+", text, re.DOTALL):
        kept, (start, end) = match.group().translate(_FOLD), match.span()
        if kept == _HAMZA:
            if parts and parts[-1][-1] in _SEATED:
                parts[-1] = parts[-1][:-1] + _SEATED[parts[-1][-1]]
        elif kept:
            parts.append(kept)
            raw.extend(range(start, end) if len(kept) == end - start else [start] * len(kept))
    raw.append(len(text))
    return Folded("".join(parts), raw)
