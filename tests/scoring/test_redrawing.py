"""Figures made anew on resamples: drawn once each they are the figure itself, drawn twice they are that of two copies.

What they are quotients of adds over parts, in whole numbers of any size.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.scale.redrawing import add_share
from khabar.scoring import identity
from khabar.scoring.alignment import Tangle
from khabar.scoring.cells import cells_of
from khabar.scoring.counting import Frame
from khabar.scoring.grouping import Grouped, Grouping
from khabar.scoring.identity_draws import figures, sums
from khabar.scoring.members import Members
from khabar.scoring.ranking import Ranked, Ranking, average_precision
from khabar.scoring.redrawing import times_drawn

METRICS: dict[str, Callable[..., identity.Pair]] = {
    "lea": identity.lea,
    "b_cubed": identity.b_cubed,
    "ceaf_e": identity.ceaf_e,
    "muc": identity.muc,
}
UNITS = 4


def clusterings(chance: random.Random) -> tuple[dict[int, str], dict[int, str], list[int]]:
    """Two random clusterings of overlapping sets of mentions, and the unit of each mention."""
    places = range(chance.randint(1, 12))
    sides = [{p: str(chance.randrange(4)) for p in places if chance.random() < 0.8} for _ in range(2)]
    sides[0].setdefault(0, "0")
    return sides[0], sides[1], [chance.randrange(UNITS) for _ in places]


def copied(side: dict[int, str], unit: list[int], times: list[int]) -> dict[tuple[int, int], str]:
    """The clustering where each mention stands as often as its unit was drawn."""
    return {(place, copy): key for place, key in side.items() for copy in range(times[unit[place]])}


@pytest.mark.parametrize("seed", range(60))
def test_identity(seed: int) -> None:
    chance = random.Random(seed)
    gold, ours, unit = clusterings(chance)
    variants = {place for place in gold if chance.random() < 0.4}
    draws = [[1] * UNITS, *([chance.randint(0, 3) for _ in range(UNITS)] for _ in range(5))]
    cells = cells_of(gold, ours, unit, variants)
    found = figures(sums(cells, np.array(draws, np.uint8).T, aligned=True))
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
    found = Ranking.of(ranked, disputes, index).drawn(np.array(draws, np.uint8))
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
    grouping = Grouping.of(items)
    found = grouping.sums(np.array(draws, np.uint8).T, grouping.summary)
    for at, times in enumerate(draws):
        copies = [item for item in items for _ in range(times[item.unit])]
        pairs = [(p, q) for index, p in enumerate(copies) for q in copies[:index]]
        ours = [p.gold is not None and p.gold == q.gold for p, q in pairs]
        theirs = [p.predicted is not None and p.predicted == q.predicted for p, q in pairs]
        both = sum(map(bool.__and__, ours, theirs))
        counts = {"tp": both, "fp": sum(theirs) - both, "fn": sum(ours) - both}
        assert {name: values[at] for name, values in found.items()} == counts


Stories = list[list[tuple[int, int, int]]]
"""Of each story its mentions: gold's cluster and the system's (-1: none), and the unit."""
STORIES = st.lists(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(0, UNITS - 1)), min_size=1, max_size=8),
    min_size=1,
    max_size=6,
)
DRAWS = st.lists(st.lists(st.integers(0, 255), min_size=UNITS, max_size=UNITS), min_size=1, max_size=4)


def identity_sums(stories: Stories, draws: list[list[int]]) -> dict[str, list[int]]:
    mentions = [(story, each) for story, found in enumerate(stories) for each in found]
    gold, ours = (
        {at: f"{story} {each[side]}" for at, (story, each) in enumerate(mentions) if each[side] >= 0} for side in (0, 1)
    )
    unit = [each[2] for _, each in mentions]
    variants = {at for at in gold if (unit[at] + mentions[at][1][1]) % 2}
    found = sums(cells_of(gold, ours, unit, variants), np.array(draws, np.uint8).T, aligned=True)
    return {name: values.tolist() for name, values in found.items()}


@settings(deadline=None)
@given(STORIES, DRAWS, st.integers(0, 6))
def test_identity_adds_over_parts(stories: Stories, draws: list[list[int]], cut: int) -> None:
    """However often units are drawn, and wherever stories are cut apart."""
    whole = identity_sums(stories, draws)
    parts = [identity_sums(part, draws) for part in (stories[cut:], stories[:cut])]
    for name, values in whole.items():
        assert values == [sum(each) for each in zip(*(part[name] for part in parts if part), strict=True)]


@settings(deadline=None)
@given(STORIES, DRAWS, st.integers(0, 6))
def test_grouping_adds_over_parts(stories: Stories, draws: list[list[int]], cut: int) -> None:
    def grouping(part: Stories, first: int) -> Grouping:
        return Grouping.of(
            [
                Grouped(*(None if group < 0 else (story, group) for group in groups), unit)
                for story, found in enumerate(part, first)
                for *groups, unit in found
            ]
        )

    times = np.array(draws, np.uint8).T
    whole, parts = grouping(stories, 0), [grouping(stories[:cut], 0), grouping(stories[cut:], cut)]
    assert parts[0].summary + parts[1].summary == whole.summary
    shares = [each.sums(times, each.summary) for each in parts]
    for name, values in whole.sums(times, whole.summary).items():
        assert values.tolist() == (shares[0][name] + shares[1][name]).tolist()


def test_sums_that_single_numbers_do_not_hold() -> None:
    """Steps of 2**-36 beyond 2**17: a double would round, differently in every order."""
    third = [(0, 0, 0), (0, 0, 0), (0, 1, 0)]
    found = identity_sums([third] * 700, [[255] * UNITS])["b_cubed.recall"][0]
    cluster = Fraction((2 * 255) ** 2 + 255**2, 3 * 255)
    assert found == 700 * round(cluster * 2**36) > 2**53
    totals: dict[str, np.ndarray] = {}
    for _ in range(5):
        add_share(totals, {"mentions": np.array([2**62 + 1])})
    assert totals["mentions"].tolist() == [5 * (2**62 + 1)]


@settings(deadline=None)
@given(st.lists(st.integers(-1, 3), max_size=300), st.integers(1, 255))
def test_members_are_added_up(group: list[int], times: int) -> None:
    """Small groups in rounds, large ones each alone, and some at a time as all at once."""
    values = np.arange(len(group) * 3).reshape(-1, 3) % 7 * times
    members = Members.of(np.array(group, np.int32))
    found = members.sums(values, np.int64)
    for at, name in enumerate(members.groups.tolist()):
        rows = [row for row, each in enumerate(group) if each == name]
        assert found[at].tolist() == values[rows].sum(axis=0).tolist()
    assert set(members.groups.tolist()) == set(group) - {-1}
    assert members.sizes.tolist() == sorted((group.count(name) for name in set(group) - {-1}), reverse=True)
    assert members.most == max(members.sizes, default=0)
    blocks = [each.sums(values, np.int64) for each in members.some()]
    assert np.concatenate([*blocks, np.zeros((0, 3))]).tolist() == found.tolist()


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 3)), min_size=2), st.randoms())
def test_trying_all_combinations_aligns_as_well_as_solving_each_draw(
    cells: set[tuple[int, int]], chance: random.Random
) -> None:
    key, response = np.array(sorted(cells)).T
    tangle = Tangle.of(np.arange(len(cells)), key, response)
    similar = np.array([[chance.choice([0, 1, chance.random()]) for _ in range(5)] for _ in cells])
    assert tangle._all_at_once(similar) == pytest.approx(tangle._one_by_one(similar))


def test_units_are_drawn_within_their_strata() -> None:
    """As many from each as it has; every draw is one, whatever their number at a time."""
    frame = Frame({"a": range(3), "b": range(5)})
    times = np.concatenate(list(times_drawn(frame, 0, 200)))
    assert times.shape == (200, 8)
    assert (times[:, :3].sum(axis=1) == 3).all()
    assert (times[:, 3:].sum(axis=1) == 5).all()
    assert abs(times.mean() - 1) < 1e-12


def test_large_strata() -> None:
    """Those of more than a thousand units are drawn in another way, to the same end."""
    times = np.concatenate(list(times_drawn(Frame({"a": range(3), "b": range(20_000)}), 0, 900)))
    assert (times[:, :3].sum(axis=1) == 3).all()
    assert (times[:, 3:].sum(axis=1) == 20_000).all()
    assert times[:, 3:].std() == pytest.approx(1, abs=0.01)
