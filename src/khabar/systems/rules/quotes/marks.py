"""Quotation marks: which marks make a pair. Outlets mix “ ” « » and ", and turn or forget some."""

from __future__ import annotations

import msgspec

from khabar.systems.rules.reading import Reading

_ONLY_OPENING = frozenset("«„")
_ONLY_CLOSING = frozenset("»")


class Marked(msgspec.Struct, frozen=True):
    """A stretch in marks: tokens `(opening, closing)`; one that is never closed ends with its sentence."""

    opening: int
    closing: int
    closed: bool = True


def marked_spans(reading: Reading) -> list[Marked]:
    """The stretches in marks, left to right. A pair does not reach over a line break."""
    found: list[Marked] = []
    opening = -1
    for token, form in enumerate(reading.forms):
        if form != '"':
            continue
        if opening >= 0 and reading.lines[token] != reading.lines[opening]:
            found.append(_unclosed(reading, opening))
            opening = -1
        if opening < 0:
            if not _closes(reading, token):
                opening = token
        elif _opens(reading, token):
            found.append(_unclosed(reading, opening))
            opening = token
        else:
            found.append(Marked(opening, token))
            opening = -1
    if opening >= 0:
        found.append(_unclosed(reading, opening))
    return [one for one in found if one.closing > one.opening + 1]


def _opens(reading: Reading, token: int) -> bool:
    """Whether a mark can only open: a space before it and none after."""
    if reading.raw(token) in _ONLY_OPENING:
        return True
    before = token > 0 and not reading.glued(token)
    return before and token + 1 < len(reading) and reading.glued(token + 1) and reading.forms[token + 1].isalnum()


def _closes(reading: Reading, token: int) -> bool:
    """Whether a mark can only close."""
    if reading.raw(token) in _ONLY_CLOSING:
        return True
    after = token + 1 >= len(reading) or not reading.glued(token + 1)
    return after and reading.glued(token) and reading.forms[token - 1].isalnum()


def _unclosed(reading: Reading, opening: int) -> Marked:
    end = reading.sentence_end(opening)
    while end - 1 > opening and not reading.forms[end - 1].isalnum():
        end -= 1
    return Marked(opening, end, closed=False)
