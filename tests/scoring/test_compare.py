"""Comparing systems: the same units for both, corrected p values, what could be detected, and when b is worse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import khabar
from khabar import api
from khabar.reading.reference import Reference
from khabar.records import Dispute, Side, StorySpan
from khabar.scoring.compare import Difference, compare, compare_with_first, holm
from khabar.scoring.counts import SamplingFrame, Table, prf
from khabar.scoring.scorer import Evaluation
from khabar.scoring.tally import LayerTally, Tally
from tests import released


@pytest.mark.parametrize(
    ("ps", "wanted"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),  # 3·0.01; then 2·0.03; then 1·0.04, but never less than before
        ([0.5, 0.9], [1.0, 1.0]),
        ([None, 0.02, 0.03], [None, 0.04, 0.04]),  # an undefined p is no comparison
    ],
)
def test_holm(ps: list[float | None], wanted: list[float | None]) -> None:
    assert holm(ps) == pytest.approx(wanted)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_raises_and_keeps_the_order(ps: list[float | None]) -> None:
    corrected = holm(ps)
    assert all(p is not None and q is not None and p <= q <= 1 for p, q in zip(ps, corrected, strict=True))
    assert [q for _, q in sorted(zip(ps, corrected, strict=True))] == sorted(q for q in corrected if q is not None)
    assert holm(ps[::-1]) == corrected[::-1]


@pytest.mark.parametrize(
    ("low", "high", "error", "detectable", "worse"),
    [
        (-0.3, -0.1, 0.05, 0.14, True),
        (-0.2, 0.0, 0.05, 0.14, False),
        (0.1, 0.3, 0.05, 0.14, False),
        (0.0, 0.0, 0.0, None, False),
        (None, None, None, None, False),
    ],
)
def test_interval(
    low: float | None, high: float | None, error: float | None, detectable: float | None, worse: bool
) -> None:
    difference = Difference(0.5, 0.3, -0.2, low, high, 0.01, standard_error=error)
    assert difference.smallest_detectable == pytest.approx(detectable)
    assert difference.b_is_worse is worse
    assert set(difference.to_dict()) == {"a", "b", "difference", "low", "high", "p"}


@pytest.fixture(scope="module")
def runs() -> list[Tally]:
    return [Evaluation(released.gold(), *released.predicted(name)).tally for name in ("rules", "empty", "oracle")]


def test_one_comparison_is_what_it_was(runs: list[Tally]) -> None:
    assert compare_with_first(runs[0], runs[1:2]) == [compare(*runs[:2])]


def test_several_differ_in_p_alone(runs: list[Tally]) -> None:
    several = compare_with_first(runs[0], runs[1:])
    for other, each in zip(runs[1:], several, strict=True):
        alone = compare(runs[0], other)
        for layer, difference in each.items():
            full = difference.to_dict_of_several()
            assert full["p_raw"] == alone[layer].p
            assert {**full, "p": full["p_raw"]}.items() >= alone[layer].to_dict().items()
            assert full["p"] is None or alone[layer].p is None or full["p"] >= alone[layer].p


def test_a_system_against_itself(runs: list[Tally]) -> None:
    """No difference on any layer, whatever is drawn; so none that could be detected either."""
    for layer, same in compare(runs[0], runs[0]).items():
        assert (same.difference, same.low, same.high, same.p, same.smallest_detectable) == (0, 0, 0, 1, None), layer


def disputes(found: int, false: list[Dispute], hard: int = 20) -> Tally:
    """Some of the hard disputes of a story found, and false records beside them."""
    gold = [dispute(100 * at, 100 * at + 50) for at in range(hard)]
    return Evaluation(Reference.build([], gold), [], [*gold[:found], *false], layers=["conflicts"]).tally


def dispute(*starts: int, turned: bool = False) -> Dispute:
    sides = [Side(spans=(StorySpan(doc_id="d", start=start, end=start + 20),)) for start in starts]
    return Dispute(story="s", type="numeric", sides=tuple(sides[::-1] if turned else sides))


def test_equal_false_records_are_paired() -> None:
    """A sign test: of the 8 disputes that only one finds, all go one way in 2 of 2⁸ swaps. Nothing else can move."""
    shared = [dispute(5000 + 100 * at, 5050 + 100 * at) for at in range(60)]
    turned = [dispute(5000 + 100 * at, 5050 + 100 * at, turned=True) for at in range(60)]
    better = compare(disputes(8, shared), disputes(0, turned[::-1]))["conflicts"]
    assert better.p == pytest.approx(2 / 2**8, abs=0.002)
    # Repetitions are false records each: one that only one system has is a unit of its own.
    more = compare(disputes(8, shared), disputes(8, [*shared, shared[0]]))["conflicts"]
    assert (more.p, more.difference) == (1, pytest.approx(16 / 89 - 16 / 88))


def test_a_record_of_other_spans_is_another_unit() -> None:
    one, other = [dispute(5000, 5050)], [dispute(5000, 5051)]
    apart = compare(disputes(8, one), disputes(8, other))["conflicts"]
    assert apart.difference == 0
    assert apart.low is not None
    assert apart.high is not None
    assert apart.low < 0 < apart.high


def test_no_two_tables_move_together() -> None:
    """Text layers and conflicts of equal counts: as random as each other, and no copy of each other."""
    chance = np.random.default_rng(7)
    frame = SamplingFrame({"": range(60)})

    def run(right: list[int]) -> Tally:
        def layer(name: str, right: list[int]) -> LayerTally:
            missed = [4 - units for units in right]
            return LayerTally(
                [*prf("", name)],
                Table(frame, [f"{name}.tp", f"{name}.fn"], [np.array(right), np.array(missed)]),
                stream="conflicts" if name == "dispute" else "text",
            )

        same = [2] * len(frame)
        return Tally(
            {
                "entities": layer("exact", right),
                "numbers": layer("full", same),
                "quotes": layer("said", same),
                "conflicts": layer("dispute", right),
            },
            "document",
            "-",
            "-",
        )

    a, b = (run(chance.integers(0, 5, len(frame)).tolist()) for _ in range(2))
    differences = compare(a, b, resamples=4000)
    one, other = differences["entities"].standard_error, differences["conflicts"].standard_error
    both = differences["overall"].standard_error
    assert one is not None
    assert other is not None
    assert one == pytest.approx(other, rel=0.05)
    assert one != other
    assert both == pytest.approx((one**2 + other**2) ** 0.5 / 4, rel=0.05)
    assert differences["overall"].p != pytest.approx(differences["entities"].p, rel=0.1)


def test_a_system_is_not_worse_than_itself(runs: list[Tally]) -> None:
    assert not any(difference.b_is_worse for difference in compare(runs[0], runs[0]).values())


def test_from_python() -> None:
    """`khabar.compare_several` names each system; with one it is `khabar.compare`."""
    nothing = [{"doc_id": document.doc_id} for document in api.load()]
    every = [
        {"doc_id": document.doc_id, "entities": [{"start": 0, "end": 1, "label": "PERS"}]} for document in api.load()
    ]
    found = khabar.compare_several(nothing, {"same": nothing, "every": every}, layers=["entities"])
    assert list(found) == ["same", "every"]
    assert found["same"]["entities"].p_raw == 1
    alone = khabar.compare(nothing, every, layers=["entities"])["entities"]
    assert alone.p_raw is None
    assert (alone.p, alone.difference) == (found["every"]["entities"].p_raw, found["every"]["entities"].difference)
