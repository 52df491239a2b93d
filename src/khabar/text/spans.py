"""Lists of spans as the scorer works with them, and the flat tags that are left of nested ones."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

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


def at_least_half(fraction: tuple[int, int]) -> bool:
    """Tell whether an intersection over union is 0.5 or more, in integers."""
    shared, union = fraction
    return shared > 0 and 2 * shared >= union


def overlapping(left: Sequence[Spans], right: Sequence[Spans]) -> Iterator[tuple[int, int]]:
    """Find all pairs of span lists whose extents share a code point, by one sweep over the starts."""
    events = [(spans[0][0], 0, at, spans[-1][1]) for at, spans in enumerate(left) if spans]
    events += [(spans[0][0], 1, at, spans[-1][1]) for at, spans in enumerate(right) if spans]
    events.sort()
    still_open: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    for start, side, at, end in events:
        others = still_open[1 - side]
        if others:
            others[:] = [entry for entry in others if entry[0] > start]
        for _, other in others:
            yield (at, other) if side == 0 else (other, at)
        still_open[side].append((end, at))


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
