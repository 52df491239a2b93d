"""Spans of a document, and the document as the scorer measures it: letters, overlaps, zones, paragraphs, flat tags.

All offsets are code points of the raw text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from khabar.records import Span, ZoneSpan
from khabar.records.labels import QuoteType, Zone
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


def at_least_half(fraction: tuple[int, int]) -> bool:
    """Tell whether an intersection over union is 0.5 or more, in integers."""
    shared, union = fraction
    return shared > 0 and 2 * shared >= union


def overlapping(left: Sequence[Spans], right: Sequence[Spans]) -> Iterator[tuple[int, int]]:
    """Find all pairs of span lists whose extents share a code point, by one sweep over the starts."""
    events = [(spans[0][0], 0, index, spans[-1][1]) for index, spans in enumerate(left) if spans]
    events += [(spans[0][0], 1, index, spans[-1][1]) for index, spans in enumerate(right) if spans]
    events.sort()
    still_open: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for start, side, index, end in events:
        others = still_open[1 - side]
        if others:
            others[:] = [entry for entry in others if entry[0] > start]
        for _, other in others:
            yield (index, other) if side == 0 else (other, index)
        still_open[side].append((end, index))


def last_letter(token: str) -> int:
    """Index of a token's last letter or digit (tatweel aside); of its last character if it has none."""
    kinds = classes(token)
    letters = (at for at in range(len(token) - 1, -1, -1) if kinds[at] in "LN" and token[at] != TATWEEL)
    return next(letters, len(token) - 1)


def iob2(anchors: Sequence[int], spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Tag tokens in IOB2: each takes the tag of the outermost (longest) span that holds its last letter.

    `anchors` are the offsets of the tokens' last letters, ascending; `spans` are (start, end, label) in any order.
    """
    holder: list[tuple[int, int, str] | None] = [None] * len(anchors)
    for span in sorted(set(spans), key=lambda entry: (entry[0] - entry[1], entry)):
        for at in range(bisect_left(anchors, span[0]), bisect_left(anchors, span[1])):
            if holder[at] is None:
                holder[at] = span
    return [
        "O" if span is None else ("I-" if at and holder[at - 1] == span else "B-") + span[2]
        for at, span in enumerate(holder)
    ]


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
        return [start for start, _ in lines_of(self.text or "")]

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
        return bool(spans and self.boilerplate) and shared_length(spans, self.boilerplate) == length(spans)


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
