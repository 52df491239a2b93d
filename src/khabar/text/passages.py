"""A document as the scorer measures it: letters, overlaps, zones and paragraphs, all in raw code-point offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from khabar.records import Span, ZoneSpan
from khabar.records.labels import QuoteType, Zone
from khabar.text.arabic import TATWEEL, classes
from khabar.text.spans import Spans, intersection, length, normal, overlapping, shared_length

Iou = tuple[int, int]
"""Intersection over union in letters, as the integers of a fraction."""


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text, the first code point of each with it. Its index counts blank lines too."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def zone_at(zones: Iterable[ZoneSpan], offset: int) -> Zone | None:
    """The zone that holds an offset; None where none does."""
    return next((zone.zone for zone in zones if zone.start <= offset < zone.end), None)


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

    def quote_type(self, content: Spans, marked: Spans) -> QuoteType:
        """Direct when every letter of the content stands inside marks, indirect when none does, else mixed."""
        quoted = self.shared(content, marked)
        if not quoted:
            return "indirect"
        return "direct" if quoted == self.letters(content) else "mixed"

    def in_boilerplate(self, spans: Spans) -> bool:
        """Tell whether spans lie wholly in boilerplate."""
        return bool(spans and self.boilerplate) and intersection(spans, self.boilerplate) == spans


def quote_type(content: Sequence[Span], marked: Sequence[Span], text: str) -> QuoteType:
    """The type of a quote of one text."""
    spans, marks = (normal((span.start, span.end) for span in part) for part in (content, marked))
    return Passage("", text).quote_type(spans, marks)


def overlaps(passage: Passage, left: Sequence[Spans], right: Sequence[Spans]) -> Iterator[tuple[int, int, int, int]]:
    """Find all pairs whose extents share a code point, with their intersection and union in letters."""
    ours, theirs = [passage.in_letters(spans) for spans in left], [passage.in_letters(spans) for spans in right]
    our_sizes, their_sizes = list(map(length, ours)), list(map(length, theirs))
    for index, other in overlapping(left, right):
        shared = shared_length(ours[index], theirs[other])
        yield index, other, shared, our_sizes[index] + their_sizes[other] - shared


def best_covered(
    passage: Passage, gold: Sequence[Sequence[Spans]], predicted: Sequence[Spans | None], rank: Sequence[int]
) -> list[tuple[int, Iou] | None]:
    """Find for each prediction the gold row it overlaps most (IoU on letters), a tie going to the higher rank.

    `gold` gives each row's readings. Of equally good rows of one rank the first is taken. Gives the row and the IoU,
    or None for a prediction that shares no letter with any row.
    """
    best: list[tuple[int, Iou] | None] = [None] * len(predicted)
    readings = [(row, spans) for row, of_row in enumerate(gold) for spans in of_row]
    pairs = overlaps(passage, [spans for _, spans in readings], [spans or () for spans in predicted])
    for reading, guess, shared, union in pairs:
        if not shared:
            continue
        row, before = readings[reading][0], best[guess]
        if before is not None:
            ahead = shared * before[1][1] - before[1][0] * union
            if ahead < 0 or (ahead == 0 and (rank[row], -row) <= (rank[before[0]], -before[0])):
                continue
        best[guess] = (row, (shared, union))
    return best


def permille(iou: Iou) -> int:
    """Give an IoU in thousandths, and one more, so that any overlap weighs something."""
    shared, union = iou
    return 1 + (1000 * shared // union if union else 0)
