"""The nearest text: where a string that stands nowhere in a text may have been meant to stand."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from khabar.text.arabic import fold
from khabar.text.search import Match

_WORD = re.compile(r"\S+")
_ALIKE = 0.6
"""The least share of letters (difflib's ratio) that a place has in common with a string."""
_FEW = 5
"""Words up to which a string is compared with every place of as many words, and not only where words are the same."""


def nearest(text: str, surface: str) -> Match | None:
    """Find the words of a text most like a string, compared folded: its offsets, or None where nothing is like it.

    A place where half of the string's words stand in a row is taken at once; else, of a short string, the first of the
    places whose letters are most like its own.
    """
    places = [match.span() for match in _WORD.finditer(text)]
    words = [fold(text[start:end]) for start, end in places]
    wanted = fold(surface).split()
    if not wanted or not words:
        return None
    size = min(len(wanted), len(words))
    run = SequenceMatcher(None, wanted, words, autojunk=False).find_longest_match()
    if 2 * run.size >= len(wanted):
        first = min(max(run.b - run.a, 0), len(words) - size)
        return places[first][0], places[first + size - 1][1]
    if len(wanted) > _FEW:
        return None
    best, found = _ALIKE, None
    letters = SequenceMatcher(autojunk=False)
    letters.set_seq2(" ".join(wanted))
    for first in range(len(words) - size + 1):
        letters.set_seq1(" ".join(words[first : first + size]))
        if letters.real_quick_ratio() > best and letters.quick_ratio() > best and letters.ratio() > best:
            best, found = letters.ratio(), (places[first][0], places[first + size - 1][1])
    return found
