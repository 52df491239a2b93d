"""Search: where a string stands in a text, compared folded, whole words first; or what is nearest to it there."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from khabar.text.arabic import fold, folded, is_word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CLITICS = re.compile(r"[وف]?[بلكس]?")
"""Proclitics that stay outside a span: a conjunction, then a preposition or the future particle."""
LONGEST_CLITICS = 8
"""Characters of two proclitics with their marks: no look for the beginning of their word goes further."""
_LONG = 1 << 16
"""Characters from which a text is searched by an index of its trigrams: each string costs as much as it has places of
its rarest trigram, and not a look at the whole text."""
_WORD = re.compile(r"\S+")
_ALIKE = 0.6
"""The least share of letters (difflib's ratio) that a place has in common with a string."""
_FEW = 5
"""Words up to which a string is compared with every place of as many words, and not only where words are the same."""

Match = tuple[int, int]
"""Half-open code points of the text."""


class Searchable:
    """A text in which strings are looked up. What was found once is kept."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._hay = folded(text)
        self._lines = [0, *(offset + 1 for offset, character in enumerate(text) if character == "\n")]
        self._known: dict[str, tuple[tuple[Match, ...], tuple[Match, ...] | None]] = {}

    def matches(self, surface: str, line: int | None = None) -> tuple[Match, ...]:
        """Find all matches of a string, left to right, in the text or in one line of it (counted from 1).

        A match ends at a word end and begins at a word start or after a clitic (و ف ب ل ك س). Where there is no such
        match, those inside words count. Overlapping matches all count. A match holds the marks on its last letter.
        """
        needle = fold(surface).strip()
        if not needle or (line is not None and not 1 <= line <= len(self._lines)):
            return ()
        words, inside = self._known.get(needle, (None, None))
        if words is None:
            words = tuple(map(self._raw, self._words(needle)))
        if inside is None and not self._within(words, line):
            inside = tuple(self._raw((at, at + len(needle))) for at in self._places(needle))
        self._known[needle] = words, inside
        return self._within(words, line) or self._within(inside or (), line)

    def _within(self, matches: tuple[Match, ...], line: int | None) -> tuple[Match, ...]:
        if line is None:
            return matches
        start = self._lines[line - 1]
        end = self._lines[line] if line < len(self._lines) else len(self._text) + 1
        first, last = bisect_left(matches, (start,)), bisect_left(matches, (end,))
        return tuple(match for match in matches[first:last] if match[1] < end)

    def _words(self, needle: str) -> Iterator[Match]:
        """Matches in the folded text that keep to the bounds of words."""
        text = self._hay.text
        behind = 0  # no place before it can begin after the clitics of its word
        for start in self._places(needle):
            if start < behind:
                continue
            if not begins_word(text, start):
                behind = start + 1
                while behind < len(text) and is_word(text[behind]):
                    behind += 1
            elif ends_word(text, start + len(needle)):
                yield start, start + len(needle)

    def _places(self, needle: str) -> Iterator[int]:
        """All places of a string in the folded text, bounds of words aside."""
        text = self._hay.text
        if len(text) < _LONG or len(needle) < 3:
            start = text.find(needle)
            while start >= 0:
                yield start
                start = text.find(needle, start + 1)
            return
        codes, places = self._trigrams
        sizes = []
        for shift, code in enumerate(_trigram_codes(needle).tolist()):
            first, last = (int(codes.searchsorted(code, side)) for side in ("left", "right"))
            sizes.append((last - first, first, shift))
        size, first, shift = min(sizes)
        for start in places[first : first + size].tolist():
            if text.startswith(needle, start - shift) and start >= shift:
                yield start - shift

    @cached_property
    def _trigrams(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The trigrams of the folded text in order, as numbers, and where each stands."""
        import numpy as np

        codes = _trigram_codes(self._hay.text)
        order = np.argsort(codes, kind="stable")
        return codes[order], order

    def _raw(self, match: Match) -> Match:
        """Map a match back to the text, without format characters at its end."""
        start, end, last = self._hay.raw[match[0]], self._hay.raw[match[1]], self._hay.raw[match[1] - 1] + 1
        while end > last and unicodedata.category(self._text[end - 1]) == "Cf":
            end -= 1
        return start, max(end, last)


@lru_cache(maxsize=64)
def searchable(text: str) -> Searchable:
    """A text to look strings up in; the last ones are kept."""
    return Searchable(text)


def is_clitic_before(text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]` is a run of proclitics that opens a word and is glued to what follows."""
    opens = start == 0 or not is_word(text[start - 1])
    return opens and start < end < len(text) and is_word(text[end]) and _CLITICS.fullmatch(text, start, end) is not None


def ends_word(text: str, end: int) -> bool:
    """Tell whether no word goes on at an offset."""
    return end == len(text) or not is_word(text[end]) or not is_word(text[end - 1])


def begins_word(text: str, start: int) -> bool:
    """Tell whether a word begins at an offset, or goes on there after proclitics alone."""
    if start == 0 or not is_word(text[start - 1]) or not is_word(text[start]):
        return True
    word = start
    while word > 0 and start - word < LONGEST_CLITICS and is_word(text[word - 1]):
        word -= 1
    return _CLITICS.fullmatch(fold(text[word:start])) is not None


def _trigram_codes(text: str) -> NDArray[np.int64]:
    """Give the trigram that begins at each place as a number."""
    import numpy as np

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    codes: NDArray[np.int64] = (points[:-2] << 42) | (points[1:-1] << 21) | points[2:]
    return codes


def nearest(text: str, surface: str) -> Match | None:
    """Find the words of a text most like a string, compared folded: its offsets, or None where nothing is like it.

    A place where half of the string's words stand in a row is taken at once; else, of a short string, the first of the
    places whose letters are most like its own.
    """
    from difflib import SequenceMatcher

    places = [match.span() for match in _WORD.finditer(text)]
    words = [fold(text[start:end]) for start, end in places]
    sought = fold(surface).split()
    if not sought or not words:
        return None
    size = min(len(sought), len(words))
    run = SequenceMatcher(None, sought, words, autojunk=False).find_longest_match()
    if 2 * run.size >= len(sought):
        first = min(max(run.b - run.a, 0), len(words) - size)
        return places[first][0], places[first + size - 1][1]
    if len(sought) > _FEW:
        return None
    best, place = _ALIKE, None
    letters = SequenceMatcher(autojunk=False)
    letters.set_seq2(" ".join(sought))
    for first in range(len(words) - size + 1):
        letters.set_seq1(" ".join(words[first : first + size]))
        if letters.real_quick_ratio() > best and letters.quick_ratio() > best and letters.ratio() > best:
            best, place = letters.ratio(), (places[first][0], places[first + size - 1][1])
    return place
