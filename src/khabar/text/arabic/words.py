"""Arabic words: the tokens of a text with their folded forms, its lines and sentences, and proclitics."""

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
    r"|[A-Za-z\u00c0-\u024f]+|\d+|\n|[^\s\u200b-\u200f\u2060\ufeff]"
)
"""Words of one script, digits, and any other character alone. Words run together come apart at digits and ة."""
_FOREIGN = str.maketrans("ڤپچگک", "فبجغك")
_STOPS = frozenset(".؟?!…")
QUOTES = frozenset('"«»“”„')
"""Quote marks, as folded or as written."""


@lru_cache(maxsize=1 << 16)
def form(word: str) -> str:
    """What a word is matched by: folded, letters of foreign sounds as the nearest Arabic ones."""
    return fold(word).translate(_FOREIGN)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: token `i` is `text[starts[i]:ends[i]]`, folded `forms[i]`.

    `sentences` and `lines` hold the tokens that begin one, the first of the text left out.
    """

    text: str
    starts: list[int]
    ends: list[int]
    forms: list[str]
    sentences: set[int]
    lines: set[int]

    def form(self, token: int) -> str:
        """The form of a token, empty outside the text."""
        return self.forms[token] if 0 <= token < len(self.forms) else ""

    def inside(self, token: int, skip: int) -> int:
        """The offset in the text behind the first `skip` folded letters of a token, and the marks on them."""
        offset, end = self.starts[token], self.ends[token] - 1
        if not skip:
            return offset
        while offset < end and (skip or not fold(self.text[offset])):
            skip -= bool(skip and fold(self.text[offset]))
            offset += 1
        return offset

    def at(self, offset: int) -> int:
        """The first token that ends behind an offset."""
        return bisect_right(self.ends, offset)


@lru_cache(maxsize=64)
def tokenize(text: str) -> Tokens:
    """Split a text into tokens. Sentences end with . ؟ ! … and with the line, not inside numbers and addresses."""
    tokens = Tokens(text, [], [], [], set(), set())
    starts, ends, forms = tokens.starts, tokens.ends, tokens.forms
    base, breaks, stops = 0, False, False
    for word in text.split(" "):
        for token, start, end in _tokens(word):
            if token == "\n":
                breaks = True
                continue
            if breaks and forms:
                tokens.lines.add(len(forms))
                tokens.sentences.add(len(forms))
            elif stops and token not in QUOTES | _STOPS and (ends[-1] < base + start or not token.isascii()):
                tokens.sentences.add(len(forms))
            starts.append(base + start)
            ends.append(base + end)
            forms.append(token)
            breaks, stops = False, token in _STOPS
        base += len(word) + 1
    return tokens


@lru_cache(maxsize=1 << 16)
def _tokens(word: str) -> tuple[tuple[str, int, int], ...]:
    """The tokens of what lies between two spaces, line feeds among them: form, start and end."""
    spans = ((form(match[0]), *match.span()) for match in _TOKEN.finditer(word))
    return tuple(token for token in spans if token[0])


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> dict[str, int]:
    """What a folded word may be without proclitics, and how many letters those take; `لل` leaves the article."""
    taken = int(len(word) > 3 and word[0] in "وف")
    rest = word[taken:]
    without = {word: 0} | {rest: taken}
    if len(rest) > 3 and rest[0] in "بلك":
        without |= {"ا" + rest[1:]: taken + 1} if rest.startswith("لل") else {}
        without |= {rest[1:]: taken + 1}
    return without


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A folded word without conjunction, preposition and article."""
    for rest in reversed(stems(word)):
        if rest.startswith("ال") and len(rest) > 4:
            return rest[2:]
    return word[1:] if len(word) > 4 and word[0] == "و" else word
