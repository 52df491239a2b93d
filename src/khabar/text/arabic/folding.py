"""Character classes of a text, and folding: what counts as the same letter when strings are matched.

Neither ever touches an offset: those stay of the text as it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

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
    words: list[str] = []
    raw: list[int] = []
    start = mapped = 0  # all before `mapped` is in `raw`
    for word in text.split(" "):
        folded_word, offsets = _folded_word(word)
        words.append(folded_word)
        if offsets is not None:
            raw += range(mapped, start)
            raw += [start + offset for offset in offsets]
            mapped = start + len(word)
        start += len(word) + 1
    raw += range(mapped, len(text) + 1)
    return Folded(" ".join(words), raw)


@lru_cache(maxsize=1 << 15)
def _folded_word(word: str) -> tuple[str, tuple[int, ...] | None]:
    """What lies between two spaces, folded, and the offset of each folded character; None where each becomes one."""
    parts = [_FOLD[ord(character)] for character in word]
    if _HAMZA not in parts and {*map(len, parts)} <= {1}:
        return "".join(parts), None
    kept = ""
    offsets: list[int] = []
    for offset, part in enumerate(parts):
        if part == _HAMZA:
            kept = kept[:-1] + _SEATED.get(kept[-1:], kept[-1:])
        else:
            kept += part
            offsets += [offset] * len(part)
    return kept, tuple(offsets)
