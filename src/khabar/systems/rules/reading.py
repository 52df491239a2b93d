"""A text as the rules read it: tokens with their folded forms, and the sentence and line each stands in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from khabar.text.arabic import fold, token_spans

_FOREIGN = {ord("ڤ"): "ف", ord("پ"): "ب", ord("چ"): "ج", ord("گ"): "غ", ord("ک"): "ك"}
_NEW_LINE = re.compile("\n")
_SENTENCE_END = frozenset(".؟?!…")
OPENING = frozenset('"“”„«»‟″＂')
"""Everything that opens or closes a quotation in some outlet; which of the two it does is decided in place."""


@lru_cache(maxsize=1 << 16)
def form(token: str) -> str:
    """The form a token is matched by: folded, letters of foreign sounds as the nearest Arabic ones; never empty."""
    return fold(token).translate(_FOREIGN) or token


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens of a text. `forms[i]` is token `i` folded; `sentences[i]` and `lines[i]` number its sentence and line."""

    text: str
    starts: list[int]
    ends: list[int]
    forms: list[str]
    sentences: list[int]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.forms)

    def raw(self, token: int) -> str:
        """A token as written."""
        return self.text[self.starts[token] : self.ends[token]]

    def start_after(self, token: int, letters: int) -> int:
        """The offset in the text after the first folded `letters` of a token: where a word begins after clitics."""
        if not letters:
            return self.starts[token]
        offset = self.starts[token]
        seen = 0
        while offset < self.ends[token]:
            seen += len(fold(self.text[offset]))
            if seen > letters:
                return offset
            offset += 1
        return self.starts[token]

    def glued(self, token: int) -> bool:
        """Whether a token follows its predecessor without a space."""
        return 0 < token < len(self.ends) and self.ends[token - 1] == self.starts[token]

    def form_at(self, token: int) -> str:
        """The form of a token, empty before the first and after the last."""
        if token < 0:
            return ""
        try:
            return self.forms[token]
        except IndexError:
            return ""

    def sentence_end(self, token: int) -> int:
        """The first token after the sentence of `token`."""
        return bisect_right(self.sentences, self.sentences[token])

    def sentence_start(self, token: int) -> int:
        """The first token of the sentence of `token`."""
        return bisect_left(self.sentences, self.sentences[token])


@lru_cache(maxsize=64)
def read(text: str) -> Reading:
    """Split a text into tokens and number its sentences: they end with . ؟ ! … and with the line."""
    spans = token_spans(text)
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    forms = [form(text[start:end]) for start, end in spans]
    line_starts = [bisect_left(starts, end) for end in _line_ends(text)]
    stops = [
        token + 1
        for token, word in enumerate(forms)
        if word in _SENTENCE_END and not _inside_number(forms, starts, ends, token)
    ]
    sentences = _numbered({*line_starts, *stops}, len(forms))
    return Reading(text, starts, ends, forms, sentences, _numbered(set(line_starts), len(forms)))


def _numbered(cuts: set[int], count: int) -> list[int]:
    """The number of the stretch each of `count` tokens stands in, where `cuts` are the tokens that begin a new one."""
    found: list[int] = []
    begin = 0
    for number, cut in enumerate(sorted(cut for cut in cuts if 0 < cut < count)):
        found += [number] * (cut - begin)
        begin = cut
    return found + [found[-1] + 1 if found else 0] * (count - begin)


def _line_ends(text: str) -> list[int]:
    return [match.start() for match in _NEW_LINE.finditer(text)]


def _inside_number(forms: list[str], starts: list[int], ends: list[int], token: int) -> bool:
    """Whether a full stop stands between two digits or within an address (3.5, example.com)."""
    if forms[token] != "." or token + 1 >= len(forms) or token == 0:
        return False
    glued = ends[token] == starts[token + 1] and ends[token - 1] == starts[token]
    return glued and (forms[token + 1][0].isascii() or forms[token - 1][-1].isascii())
