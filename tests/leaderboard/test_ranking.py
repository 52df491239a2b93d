"""Ranks, ranges and groups from hand-made differences; and on what one dispute decides."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.leaderboard.ranking import (
    ALPHA,
    ColumnRanking,
    Compared,
    Sensitivity,
    Standing,
    letters,
    rank,
    ranks,
    sensitivity,
    trials_for,
)
from khabar.scoring.counts import SamplingFrame, Table
from khabar.scoring.tally import LayerTally, Tally


def ranking(values: Mapping[str, float], apart: set[tuple[str, str]]) -> tuple[ColumnRanking, dict[str, Standing]]:
    tests = [
        Compared(
            a=a,
            b=b,
            difference=values[b] - values[a],
            low=None,
            high=None,
            p=0.01 if {(a, b), (b, a)} & apart else 0.5,
            p_raw=None,
        )
        for a, b in combinations(sorted(values), 2)
    ]
    return rank(values, tests)


def test_ties_share_a_rank_and_undefined_has_none() -> None:
    assert ranks({"a": 0.5, "b": 0.5 + 1e-15, "c": 0.9, "d": None, "e": 0.1}) == {"a": 2, "b": 2, "c": 1, "e": 4}


def test_who_is_apart_from_all_others_stands_alone() -> None:
    made, standings = ranking({"a": 0.9, "b": 0.8, "c": 0.3}, {("a", "c"), ("b", "c")})
    assert made.groups == (("a", "b"), ("c",))
    assert letters(made.groups) == {"a": "a", "b": "a", "c": "b"}
    assert [(s.rank, s.best, s.worst) for s in standings.values()] == [(1, 1, 2), (2, 1, 2), (3, 3, 3)]


def test_being_told_apart_is_not_transitive() -> None:
    """a and c differ, b differs from neither: no group may hold both a and c."""
    made, standings = ranking({"a": 0.9, "b": 0.6, "c": 0.3}, {("a", "c")})
    assert made.groups == (("a", "b"), ("b", "c"))
    assert letters(made.groups) == {"a": "a", "b": "ab", "c": "b"}
    assert {name: (s.best, s.worst) for name, s in standings.items()} == {"a": (1, 2), "b": (1, 3), "c": (2, 3)}


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1), st.data())
def test_groups_are_the_largest_sets_that_no_test_splits(values: dict[str, float], data: st.DataObject) -> None:
    pairs = [(a, b) for a, b in combinations(sorted(values), 2) if values[a] != values[b]]
    apart = set(data.draw(st.lists(st.sampled_from(pairs)))) if pairs else set()
    made, standings = ranking(values, apart)
    for standing in standings.values():
        assert 1 <= standing.best <= standing.worst <= len(values)
    shown = letters(made.groups)
    for a, b in combinations(sorted(values), 2):
        assert bool(set(shown[a]) & set(shown[b])) is ((a, b) not in apart)
    for group in made.groups:
        others = set(values) - set(group)
        assert all(any({(a, b), (b, a)} & apart for b in group) for a in others), "a larger set would do"


def run(found: Mapping[str, bool], false: int = 0) -> Tally:
    table = Table(SamplingFrame({"story": range(1)}), ["dispute.fp"], [np.array([false])])
    layer = LayerTally([], table, stream="conflicts", disputes=found)
    return Tally({"conflicts": layer}, "paragraph", "0.1.0", "-")


def headline(conflicts: float, others: float = 0.5) -> dict[str, float | None]:
    line: dict[str, float | None] = dict.fromkeys(("entities", "numbers", "quotes"), others)
    return {**line, "conflicts": conflicts, "overall": (3 * others + conflicts) / 4}


def test_one_dispute_moves_a_rank() -> None:
    """Of two disputes a finds one (F1 2/3), b none: with the other one found, b draws level."""
    counted = {"a": run({"d1": True, "d2": False}), "b": run({"d1": False, "d2": False})}
    found = sensitivity({"a": headline(2 / 3), "b": headline(0.0)}, counted)
    assert found["conflicts"]["a"] == Sensitivity(1, 1, 1)
    assert found["conflicts"]["b"] == Sensitivity(2, 1, None)
    assert found["conflicts"]["b"].moves
    assert not found["conflicts"]["a"].moves


def test_false_records_count() -> None:
    """a: one of two found, two false: 2/(2+2+1) = .4. b: one found, none false: 2/3. One more: a 4/6 draws level."""
    counted = {"a": run({"d1": True, "d2": False}, false=2), "b": run({"d1": False, "d2": True})}
    found = sensitivity({"a": headline(0.4), "b": headline(2 / 3)}, counted)
    assert found["conflicts"]["a"] == Sensitivity(2, 1, 2)


def test_overall_moves_by_a_quarter_of_it() -> None:
    counted = {"a": run({"d1": False}), "b": run({"d1": False})}
    found = sensitivity({"a": headline(0.0, 0.6), "b": headline(0.0, 0.5)}, counted)
    assert found["overall"]["b"].if_won == 1
    assert found["overall"]["a"].if_lost is None


def test_without_disputes_nothing_hangs() -> None:
    assert sensitivity({"a": headline(0.0)}, {"a": Tally({}, "document", "-", "-")}) == {
        "conflicts": {},
        "overall": {},
    }


@pytest.mark.parametrize("systems", [2, 10, 33, 100])
def test_many_systems_can_still_be_told_apart(systems: int) -> None:
    """p of a randomization test is at least 1 / (1 + trials): corrected for all pairs, that must stay below α."""
    pairs = systems * (systems - 1) // 2
    assert pairs / (1 + trials_for(systems)) <= ALPHA / 2
