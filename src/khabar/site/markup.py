"""Inline markup of a text: spans that nest, cross and split, as a flat run of openings, words and closings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from khabar.records.labels import Layer

MarkKind = Layer | Literal["altered"]
"""What a mark is of: a layer, or an edit."""
_OUTSIDE: tuple[MarkKind, ...] = ("conflicts", "altered", "quotes", "entities", "numbers")
"""Of equal stretches, whose mark holds the other."""
_HIGHEST = 3


@dataclass(frozen=True, slots=True)
class TextMark:
    """A stretch of a text of which a layer says something: `label` in a word or code, `about` at more length.

    An edit is marked too, in the articles of a contrast set.
    """

    start: int
    end: int
    layer: MarkKind
    label: str = ""
    about: str = ""
    anchor: str = ""
    aside: bool = False
    """Whether gold does not score it."""


@dataclass(frozen=True, slots=True)
class MarkupToken:
    """One step of a text with marks: words, a mark that opens or closes, or a reference to an error by its number."""

    text: str = ""
    opens: TextMark | None = None
    height: int = 0
    """How many entities stand within, so that their lines stand one under the other."""
    first: bool = False
    last: bool = False
    """Whether a mark that was split begins, or ends, here."""
    closes: bool = False
    error: int = 0


def markup(
    text: str, start: int, end: int, marks: Iterable[TextMark], errors: Mapping[int, Sequence[int]] | None = None
) -> list[MarkupToken]:
    """Lay marks over `text[start:end]`, clipped to it. `errors` gives, by offset, the numbers of errors told there.

    Where two marks cross, the inner one is closed and opened again, so that what comes out nests.
    """
    errors = errors or {}
    here = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    heights = _heights(here)
    bounds = {start, end, *(at for at in errors if start < at <= end)}
    bounds |= {min(max(at, start), end) for mark in here for at in (mark.start, mark.end)}
    order = sorted(bounds)
    tokens: list[MarkupToken] = []
    opened: list[TextMark] = []
    for index, offset in enumerate(order):
        again: list[TextMark] = []
        while any(min(mark.end, end) <= offset for mark in opened):
            mark = opened.pop()
            tokens.append(MarkupToken(closes=True))
            if min(mark.end, end) > offset:
                again.append(mark)
        if offset > start:  # an error told at the very start is of what ends there, in the paragraph before
            tokens += [MarkupToken(error=number) for number in errors.get(offset, ())]
        if offset == end:
            break
        fresh = [mark for mark in here if max(mark.start, start) == offset]
        following = order[index + 1]
        for mark in (*reversed(again), *sorted(fresh, key=_outer_first)):
            last = not _splits(opened, mark, end)
            opened.append(mark)
            tokens.append(MarkupToken(opens=mark, height=heights[mark], first=mark in fresh, last=last))
        tokens.append(MarkupToken(text[offset:following]))
    return tokens


def _outer_first(mark: TextMark) -> tuple[int, int, str, str]:
    return -mark.end, _OUTSIDE.index(mark.layer), mark.label, mark.anchor


def _splits(holders: Sequence[TextMark], mark: TextMark, end: int) -> bool:
    """Whether a mark will be closed and opened again, since one that holds it ends first."""
    return any(min(holder.end, end) < min(mark.end, end) for holder in holders)


def _heights(marks: Sequence[TextMark]) -> dict[TextMark, int]:
    """For each entity, how many entities stand within one another inside it."""
    heights: dict[TextMark, int] = {}
    for mark in sorted(marks, key=lambda each: (each.end - each.start, each.label)):
        within = [
            height + 1
            for other, height in heights.items()
            if mark.layer == other.layer == "entities" and mark.start <= other.start and other.end <= mark.end
        ]
        heights[mark] = min(max(within, default=0), _HIGHEST)
    return heights
