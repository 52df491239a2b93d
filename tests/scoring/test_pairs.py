"""Pairs of contrast sets: cases are data (conformance/pairs.json), and how such a set is scored.

A case has one story in two variants, of two documents each. Every issue has a claim at `left` in the first, and claims
at `right` and `far` in the second; `away` is a sentence without any. A record cites one of these a side, in a variant.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from khabar.reading.issues import ContrastPair, Issue, Member
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Side, StorySpan
from khabar.records.repository import DocSpan
from khabar.scoring.cases import Cases
from khabar.scoring.compare import compare
from khabar.scoring.layers.contrast_pairs import ContrastConflicts
from khabar.scoring.scorer import Evaluation, score

CASES = json.loads((Path(__file__).parent / "conformance" / "pairs.json").read_text("utf-8"))
PLACES = {"left": ("one", 0, 20), "right": ("two", 0, 20), "far": ("two", 100, 120), "away": ("one", 200, 220)}


def _span(place: str, variant: str) -> DocSpan:
    doc_id, start, end = PLACES[place]
    return DocSpan(f"{doc_id}.{variant}", start, end)


def _issue(issue_id: str, status: Any) -> Issue:
    variant = issue_id[-1]
    left, right, far = (_span(place, variant) for place in ("left", "right", "far"))
    positions = ((left, right, far),) if status == "corroborated" else ((left,), (right, far))
    return Issue(issue_id, f"s.{variant}", status, "numeric" if status == "conflict" else None, positions)


def _pair(flip: str, direction: Any, statuses: dict[str, str]) -> ContrastPair:
    members = tuple(
        Member(
            f"s.{v}", f"{flip}.{v}", statuses[f"{flip}.{v}"] == "conflict", ((_span("left", v),), (_span("right", v),))
        )
        for v in ("a", "b")
    )
    return ContrastPair(flip, "s", direction, "numeric", None, "lead", None, "a", members)


def _reference(case: dict[str, Any]) -> Reference:
    documents = [Annotations(doc_id=f"{name}.{v}", story=f"s.{v}") for name in ("one", "two") for v in ("a", "b")]
    return Reference.build(
        documents,
        issues=[_issue(*item) for item in case["issues"].items()],
        pairs=[_pair(*item, case["issues"]) for item in case["pairs"].items()],
    )


def _records(case: dict[str, Any]) -> list[Dispute]:
    def side(place: str, variant: str) -> Side:
        span = _span(place, variant)
        return Side(spans=(StorySpan(doc_id=span.doc_id, start=span.start, end=span.end),))

    return [
        Dispute(story=f"s.{variant}", type="numeric", sides=tuple(side(place, variant) for place in places))
        for variant, *places in case["records"]
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    known, records = _reference(case), _records(case)
    called = {answer.pair.flip: list(answer.called) for answer in ContrastConflicts(Cases(known, (), records)).answers}
    assert called == case["called"]
    figures = score(known, (), records, layers=["conflicts"], resamples=50).layers["conflicts"]
    for name, value in case["expect"].items():
        assert figures[name].value == (None if value is None else pytest.approx(value, abs=1e-6)), name


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_order_does_not_matter(case: dict[str, Any]) -> None:
    known, records = _reference(case), _records(case)
    turned = _reference({**case, "issues": dict(reversed(case["issues"].items()))})
    assert score(known, (), records, layers=["conflicts"], resamples=50).to_json() == (
        score(turned, (), records[::-1], layers=["conflicts"], resamples=50).to_json()
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_errors_list_the_pairs_that_are_wrong(case: dict[str, Any]) -> None:
    known, records = _reference(case), _records(case)
    listed = Evaluation(known, (), records, layers=["conflicts"]).errors
    errors = [error for error in listed if "flip" in (error.gold or {})]
    hard = {pair.flip: [member.is_hard for member in pair.members] for pair in known.pairs}
    wrong = {flip: called for flip, called in case["called"].items() if called != hard[flip]}
    assert {error.gold["flip"]: [member["called"] for member in error.gold["members"]] for error in errors} == wrong  # type: ignore[index]
    for error in errors:
        called = wrong[error.gold["flip"]]  # type: ignore[index]
        assert error.cause == ("called_in_neither", "called_in_the_wrong_one", "called_in_both")[sum(called)]
        assert (error.story, error.doc_id, error.costs) == ("s", None, (0, 0))
        assert (error.predicted is None) == (not any(called))


def test_the_headline_of_a_contrast_set_is_its_pairs_and_there_is_no_overall() -> None:
    known, records = _reference(CASES[2]), _records(CASES[2])
    assert known.scored_layers == ("conflicts",)
    result = score(known, (), records)
    assert result.headline["conflicts"] == 0
    assert result.layers["conflicts"]["f1"].value == pytest.approx(2 / 3)
    assert result.overall is None


def test_systems_are_compared_pair_by_pair() -> None:
    """Eight pairs, of which one system has six right and the other none: each pair is a unit of both."""
    names = [f"f{number}" for number in range(8)]
    issues = {f"{name}.{v}": "conflict" if v == "a" else "apparent" for name in names for v in ("a", "b")}

    def spans(name: str, variant: str) -> list[DocSpan]:
        start = 100 * names.index(name)
        return [DocSpan(f"{document}.{variant}", start, start + 20) for document in ("one", "two")]

    def member(name: str, variant: str) -> Member:
        left, right = spans(name, variant)
        return Member(f"s.{variant}", f"{name}.{variant}", variant == "a", ((left,), (right,)))

    known = Reference.build(
        [Annotations(doc_id=f"{name}.{v}", story=f"s.{v}") for name in ("one", "two") for v in ("a", "b")],
        issues=[
            Issue(key, f"s.{key[-1]}", status, "numeric" if status == "conflict" else None, tuple((span,) for span in spans(*key.split("."))))  # type: ignore[arg-type]
            for key, status in issues.items()
        ],
        pairs=[
            ContrastPair(name, "s", "trap_to_dispute", "numeric", None, "lead", None, "a", (member(name, "a"), member(name, "b")))
            for name in names
        ],
    )  # fmt: skip

    def calls(*places: tuple[str, str]) -> list[Dispute]:
        return [
            Dispute(
                story=f"s.{variant}",
                type="numeric",
                sides=tuple(Side(spans=(StorySpan(doc_id=s.doc_id, start=s.start, end=s.end),)) for s in spans(name, variant)),
            )
            for name, variant in places
        ]  # fmt: skip

    some = Evaluation(known, (), calls(*((name, "a") for name in names[:6])), layers=["conflicts"]).tally
    every = calls(*((name, v) for name in names for v in ("a", "b")))
    all_alike = Evaluation(known, (), every, layers=["conflicts"]).tally
    difference = compare(all_alike, some)["conflicts"]
    assert (difference.a, difference.b, difference.difference) == (0, 0.75, 0.75)
    assert difference.low is not None
    assert 0.3 < difference.low < 0.75
    assert compare(some, some)["conflicts"].to_dict() | {"p": None} == {
        "a": 0.75, "b": 0.75, "difference": 0, "low": 0, "high": 0, "p": None,
    }  # fmt: skip
