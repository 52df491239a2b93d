"""Ranks, and how much of them is chance: which systems a paired test separates, and which ones it cannot.

Each pair of systems is compared on each column by the paired randomization test of `khabar.scoring.compare`; p is
Holm-corrected for all pairs of the column. From what is separated follow a range of ranks for each system, and sets of
systems of which no two are separated: the compact letter display of Piepho (2004), a set a letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

from khabar.progress import Progress, logged, steps
from khabar.records.labels import LAYERS
from khabar.scoring.compare import TRIALS, compare, holm
from khabar.scoring.tally import Tally

ALPHA = 0.05
COLUMNS = ("overall", *LAYERS)
"""What a board ranks by."""


class Standing(msgspec.Struct, frozen=True):
    """Rank by the figure alone (from 1, ties share one), and the best and worst rank the tests allow."""

    rank: int
    best: int
    worst: int


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """b − a on a column, with its 95% interval; `p` is Holm-corrected for all pairs of the column."""

    a: str
    b: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_raw: float | None


class ColumnRanking(msgspec.Struct, frozen=True, kw_only=True):
    """A column: systems best first, the largest sets of which no two are separated, and every pair's difference."""

    order: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    differences: tuple[Compared, ...]


def compared_pairs(
    headlines: Mapping[str, Mapping[str, float | None]], counted: Mapping[str, Tally], progress: Progress = logged
) -> dict[str, list[Compared]]:
    """Test every pair of systems on every column that both have a figure of."""
    pairs = list(combinations(sorted(counted), 2))
    trials = trials_for(len(counted))
    tests = {(a, b): compare(counted[a], counted[b], trials=trials) for a, b in steps(pairs, "comparing", progress)}
    compared: dict[str, list[Compared]] = {}
    for column in COLUMNS:
        tested = [
            (pair, test[column])
            for pair, test in tests.items()
            if column in test and all(headlines[system][column] is not None for system in pair)
        ]
        corrected = holm([difference.p for _, difference in tested])
        compared[column] = [
            Compared(a=a, b=b, difference=d.difference, low=d.low, high=d.high, p=p, p_raw=d.p)
            for ((a, b), d), p in zip(tested, corrected, strict=True)
        ]
    return compared


def trials_for(systems: int) -> int:
    """Trials of each test: as many as `khabar compare` makes, and so many that the least p, corrected, is α / 2."""
    return max(TRIALS, round(2 / ALPHA) * (systems * (systems - 1) // 2))


def ranks(values: Mapping[str, float | None]) -> dict[str, int]:
    """Rank of each defined figure: 1 and the number of larger ones. Figures that print alike to 12 places are equal."""
    known = {name: round(value, 12) for name, value in values.items() if value is not None}
    return {name: 1 + sum(other > value for other in known.values()) for name, value in known.items()}


def rank(
    values: Mapping[str, float | None], differences: Sequence[Compared]
) -> tuple[ColumnRanking, dict[str, Standing]]:
    """Rank the systems that have a figure, with the range of ranks that the tests allow each."""
    places = ranks(values)
    order = tuple(sorted(places, key=lambda name: (places[name], name)))
    above = separated(differences)
    standings = {
        name: Standing(
            places[name],
            1 + sum((other, name) in above for other in order),
            len(order) - sum((name, other) in above for other in order),
        )
        for name in order
    }
    return ColumnRanking(order=order, groups=inseparable(order, above), differences=tuple(differences)), standings


def separated(differences: Iterable[Compared], alpha: float = ALPHA) -> set[tuple[str, str]]:
    """The pairs (better, worse) that the tests tell apart."""
    return {
        (each.b, each.a) if each.difference > 0 else (each.a, each.b)
        for each in differences
        if each.p is not None and each.p <= alpha and each.difference
    }


def inseparable(order: Sequence[str], above: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The largest sets of systems of which no two are told apart, in the order of their best systems.

    Insert and absorb (Piepho 2004): each separated pair splits every set that holds both into one without the first
    and one without the second; a set within another is dropped.
    """
    sets = {frozenset(order)} if order else set()
    for pair in sorted(above):
        split = {held for held in sets if held.issuperset(pair)}
        parts = {held - {member} for held in split for member in pair}
        sets -= split
        sets |= {part for part in parts if not any(part < other for other in (sets | parts))}
    listed = [tuple(name for name in order if name in held) for held in sets]
    return tuple(sorted(listed, key=lambda members: [order.index(name) for name in members]))


def letters(groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """The letters of each system, one for each set it is in: systems that share a letter are not told apart."""
    shown: dict[str, str] = {}
    for number, group in enumerate(groups):
        letter = chr(ord("a") + number) if number < 26 else f"({number + 1})"
        for name in group:
            shown[name] = shown.get(name, "") + letter
    return shown
