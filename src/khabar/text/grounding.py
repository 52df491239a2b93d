"""Grounding: finding in a text the span a string stands for."""

from __future__ import annotations

import re
from functools import lru_cache

from khabar.text.arabic.classes import is_word
from khabar.text.arabic.folding import fold, folded

_CLITICS = re.compile(r"[وف]?[بلكس]?")
"""Proclitics that stay outside a span: a conjunction, then a preposition or the future particle."""
_LONGEST_CLITICS = 2


@lru_cache(maxsize=4096)
def ground(text: str, surface: str) -> tuple[tuple[int, int], ...]:
    """Find all places of `surface` in `text`, left to right, comparing folded.

    A place ends at a word end and begins at a word start or after a clitic (و ف ب ل ك س). Overlapping places all
    count. Returns half-open code-point spans of `text`, the marks on the last letter included.
    """
    needle = fold(surface.strip())
    if not needle:
        return ()
    hay = folded(text)
    spans = []
    at = hay.text.find(needle)
    while at >= 0:
        end, following = at + len(needle), at + 1
        if not _at_word_start(hay.text, at):
            # No later place in this word can begin after its clitics: go on behind it.
            while following < len(hay.text) and is_word(hay.text[following]):
                following += 1
        elif _at_word_end(hay.text, end):
            spans.append((hay.raw[at], hay.raw[end]))
        at = hay.text.find(needle, following)
    return tuple(spans)


def _at_word_end(text: str, end: int) -> bool:
    return end == len(text) or not is_word(text[end]) or not is_word(text[end - 1])


def _at_word_start(text: str, start: int) -> bool:
    if start == 0 or not is_word(text[start - 1]) or not is_word(text[start]):
        return True
    word = start
    while word > 0 and start - word <= _LONGEST_CLITICS and is_word(text[word - 1]):
        word -= 1
    return _CLITICS.fullmatch(text, word, start) is not None


def is_clitic_before(text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]` is a run of proclitics that opens a word and is glued to what follows."""
    opens = start == 0 or not is_word(text[start - 1])
    return opens and start < end < len(text) and is_word(text[end]) and _CLITICS.fullmatch(text, start, end) is not None
