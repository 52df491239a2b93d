"""Ranks, and how much of them is chance: which systems a paired test separates, and where one dispute moves a rank.

Each pair of systems is compared on each column by the paired randomization test of `khabar.scoring.compare`; p is
Holm-corrected for all pairs of the column. From what is separated follow a range of ranks for each system, and sets of
systems of which no two are separated: the compact letter display of Piepho (2004), a set a letter. With a handful of
hard disputes a rank on the conflicts layer, and with it overall, may hang on one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import msgspec

from khabar.progress import Progress, logged, steps
from khabar.records.labels import LAYERS
from khabar.scoring.compare import TRIALS, compare, holm
from khabar.scoring.tally import LayerTally, Tally

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


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The rank a system would have in one column, had it found one dispute more, or one fewer.

    None: there is none to win, or to lose.
    """

    rank: int
    if_won: int | None
    if_lost: int | None

    @property
    def moves(self) -> bool:
        """Whether either is another rank."""
        return any(other not in (None, self.rank) for other in (self.if_won, self.if_lost))


def sensitivity(
    headlines: Mapping[str, Mapping[str, float | None]], counted: Mapping[str, Tally]
) -> dict[str, dict[str, Sensitivity]]:
    """For `conflicts` and `overall`, how each ranked system's rank hangs on one dispute. Empty without such units."""
    conflicts = {name: layer for name, each in counted.items() if (layer := _with_disputes(each)) is not None}
    result: dict[str, dict[str, Sensitivity]] = {}
    for column in ("conflicts", "overall"):
        values = {name: headline[column] for name, headline in headlines.items()}
        places = ranks(values)
        result[column] = {}
        for name in sorted(set(places) & set(conflicts)):
            if_won, if_lost = (
                None if f1 is None else ranks({**values, name: _with(column, headlines[name], f1)})[name]
                for f1 in (_dispute_f1(conflicts[name], more=1), _dispute_f1(conflicts[name], more=-1))
            )
            result[column][name] = Sensitivity(places[name], if_won, if_lost)
    return result


def _with_disputes(counted: Tally) -> LayerTally | None:
    """The conflicts of a run; None where disputes are no units: there are none, or whole stories are drawn."""
    layer = counted.layers.get("conflicts")
    return None if layer is None or not layer.disputes or counted.unit == "story" else layer


def _dispute_f1(conflicts: LayerTally, more: int) -> float | None:
    """Dispute F1 with `more` disputes found than were; None where there are not so many to win, or to lose."""
    disputes = len(conflicts.disputes)
    tp = sum(conflicts.disputes.values()) + more
    if not 0 <= tp <= disputes:
        return None
    return 2 * tp / (tp + disputes + conflicts.table.totals().get("dispute.fp", 0))  # TP + FN are all disputes


def _with(column: str, headline: Mapping[str, float | None], conflicts: float | None) -> float | None:
    """The figure of a column if that of conflicts were another."""
    if column == "conflicts":
        return conflicts
    values = [conflicts if layer == "conflicts" else headline[layer] for layer in LAYERS]
    known = [value for value in values if value is not None]
    return sum(known) / len(values) if len(known) == len(values) else None
