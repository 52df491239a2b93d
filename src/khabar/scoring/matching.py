"""Matching and counting: from eligible pairs to what is right, missed, false and set aside, alike on all layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from khabar.scoring.assignment import Pair, assign
from khabar.scoring.bootstrap import Resampled
from khabar.scoring.counting import Counts, Table, Unit
from khabar.scoring.metrics import Figure
from khabar.text.grounding import Grounded, Item
from khabar.text.passages import Passage
from khabar.text.spans import Spans, length, overlapping, shared_length

UnitOf = Callable[[Passage, int], Unit]
"""Which unit an offset of a document belongs to."""


@dataclass(frozen=True, slots=True)
class Settled:
    """One figure's verdict on one document, by index into its gold rows and predictions."""

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]
    aside: tuple[int, ...]


@dataclass(slots=True)
class Layer:
    """A layer's counts and the figures they make."""

    counts: Counts = field(default_factory=Counts)
    """What layers that count one by one gather; `table` is made of it in the end."""
    table: Table | None = None
    figures: list[Figure] = field(default_factory=list)
    resampled: list[Resampled] = field(default_factory=list)
    """Figures that are no formula over the table's sums, and are made anew on each draw."""
    set_aside: int = 0
    ungrounded: int = 0


def settle(scored: Iterable[int], edges: Iterable[Pair], aside: Sequence[bool]) -> Settled:
    """Assign predictions to scored rows one to one, then judge the rest.

    `edges` are the eligible pairs with their weights; `aside` says of each prediction whether it would be set aside
    if it stays without a partner. A prediction with a partner is never set aside; of equally good assignments, one
    is taken that leaves as few as possible to be false.
    """
    base = len(aside) + 1
    pairs = assign((gold, predicted, weight * base + (not aside[predicted])) for gold, predicted, weight in edges)
    found, used = {gold for gold, _ in pairs}, {predicted for _, predicted in pairs}
    rest = [at for at in range(len(aside)) if at not in used]
    return Settled(
        tuple(pairs),
        tuple(at for at in scored if at not in found),
        tuple(at for at in rest if not aside[at]),
        tuple(at for at in rest if aside[at]),
    )


def never_right(aside: Sequence[bool], edges: Iterable[Pair]) -> list[bool]:
    """Take out of `aside` what the headline's pairs call right: an extra copy of it is false, not set aside."""
    right = {predicted for _, predicted, _ in edges}
    return [out and at not in right for at, out in enumerate(aside)]


def tally(counts: Counts, prefix: str, settled: Settled, gold: Sequence[Unit], predicted: Sequence[Unit]) -> None:
    """Count a verdict: a pair where its gold row starts, a false alarm where it starts itself."""
    for at, _ in settled.pairs:
        counts.add(gold[at], f"{prefix}.tp")
    for at in settled.missed:
        counts.add(gold[at], f"{prefix}.fn")
    for at in settled.false:
        counts.add(predicted[at], f"{prefix}.fp")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document on one layer: which rows count, what stays out, and where each row and prediction is counted."""

    counts: Counts
    scored: Sequence[int]
    aside: Sequence[bool]
    gold_units: Sequence[Unit]
    predicted_units: Sequence[Unit]
    _settled: dict[tuple[Pair, ...], Settled] = field(default_factory=dict)

    def settle(self, edges: Iterable[Pair]) -> Settled:
        """Assign and judge; the same pairs, which several figures often have, are assigned once."""
        pairs = tuple(edges)
        if pairs not in self._settled:
            self._settled[pairs] = settle(self.scored, pairs, self.aside)
        return self._settled[pairs]

    def tally(self, prefix: str, edges: Iterable[Pair]) -> Settled:
        """Assign, judge, and count under `prefix`."""
        settled = self.settle(edges)
        tally(self.counts, prefix, settled, self.gold_units, self.predicted_units)
        return settled

    def only(self, scored: Sequence[int], out: Sequence[bool]) -> Sheet:
        """The same document with fewer rows scored and other predictions staying out."""
        return Sheet(self.counts, scored, out, self.gold_units, self.predicted_units)


def units(items: Sequence[Grounded[Item]], passage: Passage, unit_of: UnitOf) -> list[Unit]:
    """Give the unit each item counts to."""
    return [unit_of(passage, item.start) for item in items]


def overlaps(passage: Passage, left: Sequence[Spans], right: Sequence[Spans]) -> Iterator[tuple[int, int, int, int]]:
    """All pairs whose extents share a code point, with the letters they share and the letters of both together."""
    ours, theirs = [passage.in_letters(spans) for spans in left], [passage.in_letters(spans) for spans in right]
    our_sizes, their_sizes = list(map(length, ours)), list(map(length, theirs))
    for at, other in overlapping(left, right):
        shared = shared_length(ours[at], theirs[other])
        yield at, other, shared, our_sizes[at] + their_sizes[other] - shared


def best_covered(
    passage: Passage, gold: Sequence[Sequence[Spans]], predicted: Sequence[Spans | None], rank: Sequence[int]
) -> list[tuple[int, tuple[int, int]] | None]:
    """For each prediction the gold row it overlaps most (IoU on letters, any overlap), a tie going to the higher rank.

    `gold` gives each row's readings. Of equally good rows of one rank the first is taken. Returns (row, (shared,
    union)), or None for a prediction that overlaps no row.
    """
    best: list[tuple[int, tuple[int, int]] | None] = [None] * len(predicted)
    flat = [(row, reading) for row, readings in enumerate(gold) for reading in readings]
    found = overlaps(passage, [spans for _, spans in flat], [spans or () for spans in predicted])
    for at, guess, shared, union in found:
        if not shared:
            continue
        row, before = flat[at][0], best[guess]
        if before is not None:
            ahead = shared * before[1][1] - before[1][0] * union
            if ahead < 0 or (ahead == 0 and (rank[row], -row) <= (rank[before[0]], -before[0])):
                continue
        best[guess] = (row, (shared, union))
    return best
