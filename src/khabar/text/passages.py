"""A document as the scorer measures it: letters, overlaps, zones and paragraphs, all in raw code-point offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

from khabar.records import ZoneSpan
from khabar.text.arabic import TATWEEL, classes

Spans = tuple[tuple[int, int], ...]
"""Half-open code-point intervals, sorted, disjoint, none empty."""


def normal(spans: Iterable[tuple[int, int]]) -> Spans:
    """Sort intervals, join those that touch or overlap, drop empty ones."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)


def intersection(left: Spans, right: Spans) -> Spans:
    """Give what two normal lists of intervals share."""
    if len(left) == len(right) == 1:
        start, end = max(left[0][0], right[0][0]), min(left[0][1], right[0][1])
        return ((start, end),) if start < end else ()
    shared: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(shared)


def length(spans: Spans) -> int:
    """What intervals cover."""
    return sum(end - start for start, end in spans)


def shared_length(left: Spans, right: Spans) -> int:
    """How much two sorted, disjoint lists of intervals have in common; intervals may be empty."""
    if len(left) == len(right) == 1:  # nearly all are
        (start, end), (other_start, other_end) = left[0], right[0]
        shared = (end if end < other_end else other_end) - (start if start > other_start else other_start)
        return shared if shared > 0 else 0
    shared = i = j = 0
    while i < len(left) and j < len(right):
        shared += max(0, min(left[i][1], right[j][1]) - max(left[i][0], right[j][0]))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return shared


class Passage:
    """Measures spans of one document. Without a text every code point is a letter and there is one paragraph."""

    def __init__(self, doc_id: str, text: str | None = None, zones: Sequence[ZoneSpan] = ()) -> None:
        self.doc_id = doc_id
        self.text = text
        self.zones = zones

    @cached_property
    def boilerplate(self) -> Spans:
        """Where nothing counts."""
        return normal((zone.start, zone.end) for zone in self.zones if zone.zone == "boilerplate")

    @cached_property
    def _letters_before(self) -> list[int]:
        text = self.text or ""
        kinds = classes(text)
        marks = (kind in "LN" and text[at] != TATWEEL for at, kind in enumerate(kinds))
        return [0, *accumulate(marks)]

    @cached_property
    def _line_starts(self) -> list[int]:
        text = self.text or ""
        return [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]

    @property
    def paragraphs(self) -> int:
        """Number of lines of the text (1 without a text)."""
        return len(self._line_starts)

    def paragraph(self, offset: int) -> int:
        """Index of the line that holds an offset; an unknown offset (negative) counts to the first."""
        return max(0, bisect_right(self._line_starts, offset) - 1)

    def in_letters(self, spans: Spans) -> Spans:
        """The same spans counted in letters: how many of the document's stand before each begins and ends.

        Letters are code points of categories L and N except tatweel; all where there is no text. A span without any is
        empty here. What spans share is what these share, so items measured once are compared without the text.
        """
        if self.text is None:
            return spans
        before = self._letters_before
        return tuple((before[start], before[end]) for start, end in spans)

    def letters(self, spans: Spans) -> int:
        """Count the letters in spans."""
        return length(self.in_letters(spans))

    def shared(self, left: Spans, right: Spans) -> int:
        """Count the letters two lists of spans share."""
        return shared_length(self.in_letters(left), self.in_letters(right))

    def iou(self, left: Spans, right: Spans) -> tuple[int, int]:
        """Intersection and union of two lists of spans in letters, as the integers of a fraction."""
        shared = self.shared(left, right)
        return shared, self.letters(left) + self.letters(right) - shared

    def inside(self, inner: Spans, outer: Spans) -> bool:
        """Tell whether all letters of `inner` lie in `outer`."""
        return self.shared(inner, outer) == self.letters(inner)

    def in_boilerplate(self, spans: Spans) -> bool:
        """Tell whether spans lie wholly in boilerplate."""
        return bool(spans and self.boilerplate) and intersection(spans, self.boilerplate) == spans


def at_least_half(fraction: tuple[int, int]) -> bool:
    """Tell whether an intersection over union is 0.5 or more, in integers."""
    shared, union = fraction
    return shared > 0 and 2 * shared >= union
