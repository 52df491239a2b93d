"""Matching on letters: which rows and predictions overlap, how much, and which row a prediction overlaps most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khabar.text.passages import Passage
from khabar.text.spans import Spans, length, overlapping, shared_length

Iou = tuple[int, int]
"""Intersection over union in letters, as the integers of a fraction."""


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
