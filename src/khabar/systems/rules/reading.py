"""A text as the rules read it: tokens with their folded forms, the line and sentence of each, and their clitics."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from khabar.text.arabic import fold

_LETTER = r"[^\W\d_\u0640A-Za-z\u00c0-\u024f]"
_WITHIN = r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u2060\ufeff]"
_TOKEN = re.compile(
    rf"{_LETTER}(?:{_LETTER[:-1]}ةى]|{_WITHIN})*(?:[ةى]{_WITHIN}*)?"
    r"|[A-Za-z\u00c0-\u024f]+|\d+|[^\s\u200b-\u200f\u2060\ufeff]"
)
"""Words of one script, digits, and any other character alone. Words run together come apart at digits and ة."""
_FOREIGN = str.maketrans("ڤپچگک", "فبجغك")
QUOTES = frozenset('"«»“”„')
"""Quote marks, as folded or as written."""


@lru_cache(maxsize=1 << 16)
def form(word: str) -> str:
    """What a word is matched by: folded, letters of foreign sounds as the nearest Arabic ones."""
    return fold(word).translate(_FOREIGN)


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens of a text: token `i` is `text[starts[i]:ends[i]]`, folded `forms[i]`, in sentence and line `…s[i]`."""

    text: str
    starts: list[int]
    ends: list[int]
    forms: list[str]
    sentences: list[int]
    lines: list[int]

    def form(self, token: int) -> str:
        """The form of a token, empty outside the text."""
        return self.forms[token] if 0 <= token < len(self.forms) else ""

    def inside(self, token: int, skip: int) -> int:
        """The offset in the text behind the first `skip` folded letters of a token, and the marks on them."""
        offset, end = self.starts[token], self.ends[token] - 1
        while offset < end and (skip or not fold(self.text[offset])):
            skip -= bool(skip and fold(self.text[offset]))
            offset += 1
        return offset

    def at(self, offset: int) -> int:
        """The first token that ends behind an offset."""
        return bisect_right(self.ends, offset)


@lru_cache(maxsize=64)
def read(text: str) -> Reading:
    """Split a text into tokens. Sentences end with . ؟ ! … and with the line, not inside numbers and addresses."""
    reading = Reading(text, [], [], [], [], [])
    sentence = line = last = 0
    for match in _TOKEN.finditer(text):
        word, start = form(match[0]), match.start()
        if not word:
            continue
        breaks = text.count("\n", last, start)
        stopped = bool(reading.forms) and reading.forms[-1] in ".؟?!…" and not (start == last and word.isascii())
        sentence += bool(breaks or (stopped and word not in QUOTES and word not in ".؟?!…"))
        line, last = line + breaks, match.end()
        reading.starts.append(start)
        reading.ends.append(last)
        reading.forms.append(word)
        reading.sentences.append(sentence)
        reading.lines.append(line)
    return reading


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> list[tuple[int, str]]:
    """The ways to take proclitics off a folded word: letters taken off and rest; `لل` leaves the article."""
    taken = int(len(word) > 3 and word[0] in "وف")
    rest = word[taken:]
    found = [(0, word)] + [(1, rest)] * taken
    if len(rest) > 3 and rest[0] in "بلك":
        found += [(taken + 1, "ا" + rest[1:])] * rest.startswith("لل") + [(taken + 1, rest[1:])]
    return found


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A folded word without conjunction, preposition and article."""
    for _, rest in reversed(stems(word)):
        if rest.startswith("ال") and len(rest) > 4:
            return rest[2:]
    return word[1:] if len(word) > 4 and word[0] == "و" else word
