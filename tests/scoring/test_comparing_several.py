"""Several systems against one baseline: corrected p values, what could be detected, and when b is worse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import khabar
from khabar import api
from khabar.corpus.gold import load_gold
from khabar.scoring.compare import Difference, compare, compare_with_first, holm
from khabar.scoring.scorer import count
from khabar.scoring.tally import Tally
from khabar.systems.registry import find_system
from khabar.systems.running import run_system


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
    ("low", "high", "detectable", "worse"),
    [(0.1, 0.3, 0.1, True), (0.0, 0.2, 0.1, False), (-0.3, -0.1, 0.1, False), (None, None, None, False)],
)
def test_interval(low: float | None, high: float | None, detectable: float | None, worse: bool) -> None:
    difference = Difference(0.5, 0.3, 0.2, low, high, 0.01)
    assert difference.smallest_detectable == pytest.approx(detectable)
    assert difference.b_is_worse is worse
    assert set(difference.to_dict()) == {"a", "b", "difference", "low", "high", "p"}


@pytest.fixture(scope="module")
def runs() -> list[Tally]:
    gold, _ = load_gold()
    documents = api.load()
    return [count(gold, *run_system(find_system(name, gold), documents)) for name in ("rules", "empty", "oracle")]


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
