"""Figures made anew on resamples: drawn once each they are the figure itself, drawn twice they are that of two copies."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from khabar.scoring import identity
from khabar.scoring.counting import Frame
from khabar.scoring.grouping import Grouped, Grouping, pair_counts
from khabar.scoring.identity_draws import cells_of, redraw
from khabar.scoring.ranking import Ranked, Ranking, average_precision
from khabar.scoring.redrawing import times_drawn

Place = tuple[str, int]
METRICS: dict[str, Callable[..., identity.Pair]] = {
    "lea": identity.lea,
    "b_cubed": identity.b_cubed,
    "ceaf_e": identity.ceaf_e,
    "muc": identity.muc,
}
UNITS = 4


def clusterings(chance: random.Random) -> tuple[dict[Place, str], dict[Place, str], dict[Place, int]]:
    """Two random clusterings of overlapping sets of mentions, and the unit of each mention."""
    places = [("d", at) for at in range(chance.randint(1, 12))]
    sides = [{p: str(chance.randrange(4)) for p in places if chance.random() < 0.8} for _ in range(2)]
    sides[0].setdefault(places[0], "0")
    return sides[0], sides[1], {place: chance.randrange(UNITS) for place in places}


def copied(side: dict[Place, str], unit: dict[Place, int], times: list[int]) -> dict[tuple[Place, int], str]:
    """The clustering where each mention stands as often as its unit was drawn."""
    return {(place, copy): key for place, key in side.items() for copy in range(times[unit[place]])}


@pytest.mark.parametrize("seed", range(60))
def test_identity(seed: int) -> None:
    chance = random.Random(seed)
    gold, ours, unit = clusterings(chance)
    variants = {place for place in gold if chance.random() < 0.4}
    draws = [[1] * UNITS, *([chance.randint(0, 3) for _ in range(UNITS)] for _ in range(5))]
    found = redraw(cells_of(gold, ours, unit, variants), np.array(draws, float))
    for at, times in enumerate(draws):
        one, other = copied(gold, unit, times), copied(ours, unit, times)
        for name, metric in METRICS.items():
            expected = identity.f_score(metric, identity.clusters_of(one), identity.clusters_of(other))
            value = found[f"identity.{name}.f1"][at]
            assert (None if np.isnan(value) else value) == (
                None if expected is None else pytest.approx(float(expected))
            ), f"{name}, drawn {times}"
        links = [(p, q) for p in one if p[0] in variants for q in one if q != p and one[q] == one[p]]
        kept = [(p, q) for p, q in links if p in other and other.get(q) == other[p]]
        value = found["identity.variants.recall"][at]
        assert (None if np.isnan(value) else value) == (pytest.approx(len(kept) / len(links)) if links else None)


@pytest.mark.parametrize("seed", range(30))
def test_average_precision(seed: int) -> None:
    chance = random.Random(seed)
    ranked = [
        Ranked(("s", at), chance.choice([0.1, 0.5, 0.5, 0.9, 1.0]), chance.random() < 0.5)
        for at in range(chance.randint(0, 8))
    ]
    right = [at for at, each in enumerate(ranked) if each.right]
    disputes = [*right, *range(len(ranked), len(ranked) + chance.randint(0, 3))]  # those found, then those missed
    draws = [[1] * 12, *([chance.randint(0, 2) for _ in range(12)] for _ in range(5))]
    index = {("s", at): at for at in range(len(ranked))}
    found = Ranking.of(ranked, disputes, index).redraw(np.array(draws, float))["average_precision"]
    for at, times in enumerate(draws):
        copies = [(each.confidence, each.right) for index, each in enumerate(ranked) for _ in range(times[index])]
        expected = average_precision(copies, sum(times[unit] for unit in disputes))
        assert (None if np.isnan(found[at]) else found[at]) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("seed", range(30))
def test_grouping(seed: int) -> None:
    chance = random.Random(seed)
    items = [
        Grouped(chance.choice([None, "a", "b"]), chance.choice([None, "x", "y"]), chance.randrange(UNITS))
        for _ in range(chance.randint(0, 10))
    ]
    draws = [[1] * UNITS, *([chance.randint(0, 3) for _ in range(UNITS)] for _ in range(5))]
    found = pair_counts(Grouping.of(items), np.array(draws, float))
    for at, times in enumerate(draws):
        copies = [item for item in items for _ in range(times[item.unit])]
        pairs = [(p, q) for index, p in enumerate(copies) for q in copies[:index]]
        ours = [p.gold is not None and p.gold == q.gold for p, q in pairs]
        theirs = [p.predicted is not None and p.predicted == q.predicted for p, q in pairs]
        both = sum(map(bool.__and__, ours, theirs))
        counts = {"tp": both, "fp": sum(theirs) - both, "fn": sum(ours) - both}
        assert {name: values[at] for name, values in found.items()} == counts


def test_units_are_drawn_within_their_strata() -> None:
    """As many from each as it has; every draw is one, whatever their number at a time."""
    frame = Frame({"a": range(3), "b": range(5)})
    times = np.concatenate(list(times_drawn(frame, 0, 200)))
    assert times.shape == (200, 8)
    assert (times[:, :3].sum(axis=1) == 3).all()
    assert (times[:, 3:].sum(axis=1) == 5).all()
    assert abs(times.mean() - 1) < 1e-12
