"""Ranks, and how much of them is chance: which systems a paired test separates, and which ones it cannot.

Each pair of systems is compared on each layer by the paired randomization test of `khabar.scoring.compare`; p is
Holm-corrected for all pairs of the layer. From what is separated follow a range of ranks for each system and groups:
a group ends where everybody above is separated from everybody below, as in the WMT campaigns' clusters (Bojar et al.,
2016).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from khabar.progress import Progress, quiet, steps
from khabar.records.labels import LAYERS
from khabar.scoring.compare import TRIALS, Difference, compare, holm
from khabar.scoring.scorer import Counted

ALPHA = 0.05
COLUMNS = ("overall", *LAYERS)
"""What a board ranks by."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Rank by the figure alone (from 1, ties share one); best and worst rank the tests allow; the group, from 1."""

    rank: int
    best: int
    worst: int
    group: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """One column of a board: systems in order, where each stands, and all differences. Undefined figures have none."""

    order: tuple[str, ...]
    standings: dict[str, Standing]
    differences: dict[Pair, Difference]

    @property
    def groups(self) -> list[list[str]]:
        """Systems that cannot be told apart from one another as a group, best first."""
        found: dict[int, list[str]] = {}
        for system in self.order:
            found.setdefault(self.standings[system].group, []).append(system)
        return list(found.values())


def rankings(
    headlines: Mapping[str, Mapping[str, float | None]],
    counted: Mapping[str, Counted],
    progress: Progress = quiet,
) -> dict[str, Ranking]:
    """Rank systems on every column and test every pair."""
    pairs = list(combinations(sorted(counted), 2))
    trials = trials_for(len(counted))
    found = {
        pair: compare(counted[pair[0]], counted[pair[1]], trials=trials) for pair in steps(pairs, "comparing", progress)
    }
    made = {}
    for column in COLUMNS:
        values = {name: value for name, line in headlines.items() if (value := line[column]) is not None}
        tested = [pair for pair in pairs if column in found[pair] and set(pair) <= set(values)]
        corrected = holm([found[pair][column].p for pair in tested])
        differences = {
            pair: replace(found[pair][column], p=p, p_raw=found[pair][column].p)
            for pair, p in zip(tested, corrected, strict=True)
        }
        made[column] = _ranking(values, differences)
    return made


def trials_for(systems: int) -> int:
    """Trials of each test: as many as `khabar compare` makes, and so many that the least p, corrected, is α / 2."""
    return max(TRIALS, round(2 / ALPHA) * (systems * (systems - 1) // 2))


def ranks(values: Mapping[str, float | None]) -> dict[str, int]:
    """Rank of each defined figure: 1 and the number of larger ones. Figures that print alike to 12 places are equal."""
    known = {name: round(value, 12) for name, value in values.items() if value is not None}
    return {name: 1 + sum(other > value for other in known.values()) for name, value in known.items()}


def _ranking(values: Mapping[str, float], differences: dict[Pair, Difference]) -> Ranking:
    place = ranks(values)
    order = tuple(sorted(values, key=lambda name: (place[name], name)))
    above: set[Pair] = set()
    """(better, worse), where the test separates them."""
    for (a, b), each in differences.items():
        if each.p is not None and each.p <= ALPHA and each.difference:
            above.add((a, b) if each.difference > 0 else (b, a))
    groups = _groups(order, above)
    standings = {
        name: Standing(
            place[name],
            1 + sum((other, name) in above for other in order),
            len(order) - sum((name, other) in above for other in order),
            groups[name],
        )
        for name in order
    }
    return Ranking(order, standings, differences)


def _groups(order: Sequence[str], above: set[Pair]) -> dict[str, int]:
    found: dict[str, int] = {}
    group = 1
    for at, name in enumerate(order):
        if at and all((better, worse) in above for better in order[:at] for worse in order[at:]):
            group += 1
        found[name] = group
    return found
