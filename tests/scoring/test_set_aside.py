"""What the headline sets aside takes no part in any other figure of its layer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import Reference
from khabar.records import Annotations, TokenRow
from khabar.records.labels import Layer
from khabar.scoring.cases import Cases
from khabar.scoring.scorer import judge_of, score

TEXT = "قال بوتين 14 ألف جندي اليوم\nوأضاف نعم إن كييف تنفي\nنشر في موسكو"
ZONES = [{"start": 0, "end": 52, "zone": "body"}, {"start": 52, "end": len(TEXT), "zone": "boilerplate"}]
EDGES = [0, 4, 9, 10, 12, 16, 21, 27, 28, 33, 41, 47, 52, 55, len(TEXT)]


@st.composite
def rows(draw: st.DrawFn, layer: str, *, gold: bool) -> list[dict[str, Any]]:
    """Rows between few offsets, so that many overlap, and many of gold are don't-care."""
    found: dict[str, dict[str, Any]] = {}
    for number in range(draw(st.integers(0, 7))):
        first, last = sorted(draw(st.lists(st.integers(0, len(EDGES) - 1), min_size=2, max_size=2, unique=True)))
        span: dict[str, Any] = {"start": EDGES[first], "end": EDGES[last]}
        row: dict[str, Any] = span
        if layer == "entities":
            row = {**span, "label": draw(st.sampled_from(["PERS", "GPE"])), "entity_id": draw(st.sampled_from("ab"))}
        elif layer == "numbers":
            kind = draw(st.sampled_from(["count", "date", "ident"]))
            value = {"count": {"low": "14", "high": "14"}, "date": {"edtf": "2025"}, "ident": {}}[kind]
            row = {**span, "kind": kind, **value}
        else:
            row = {"content": [span], "cue": [{"start": 0, "end": 3}], "speaker": {"name": "بوتين"}, "utterance": "u"}
        if gold:
            row["scored"] = draw(st.booleans())
        key = json.dumps([row.get(name) for name in ("start", "end", "label", "content")])
        found.setdefault(key if gold else str(number), row)
    return list(found.values())


def known(layer: str, items: list[dict[str, Any]]) -> Reference:
    line = {"doc_id": "d", "story": "s", "text": TEXT, "zones": ZONES, layer: items}
    tokens = []
    if layer == "entities":
        starts = (0, 4, 10, 13, 17, 22)
        words = tuple(TEXT[start : start + 3].strip() for start in starts)
        ends = tuple(start + len(word) for start, word in zip(starts, words, strict=True))
        tags = ("O",) * len(words)
        tokens = [TokenRow(doc_id="d", paragraph=0, tokens=words, starts=starts, ends=ends, tags=tags)]
    return Reference.build(*split(given_predictions([line], Incidents())), tokens=tokens)


@pytest.mark.parametrize("layer", ["entities", "numbers", "quotes"])
@given(st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
def test_without_what_is_set_aside_every_figure_is_the_same(layer: Layer, data: st.DataObject) -> None:
    gold = known(layer, data.draw(rows(layer, gold=True)))
    line = {"doc_id": "d", layer: data.draw(rows(layer, gold=False))}
    predicted = split(given_predictions([line], Incidents()))[0]
    cases = Cases(gold, predicted)
    kept: tuple[Any, ...] = ()
    for verdict in judge_of(layer, cases).verdicts:
        aside = set(verdict.headline.aside)
        kept = tuple(item.item for index, item in enumerate(verdict.predicted) if index not in aside)
    fewer = [Annotations(doc_id="d", **{layer: kept})]
    whole, part = (
        {name: figure.value for name, figure in score(gold, said, layers=[layer], resamples=2).layers[layer].items()}
        for said in (predicted, fewer)
    )
    named = [item for item in kept if layer == "entities"]
    if not named:  # without any key nothing is said of identity
        whole, part = ({k: v for k, v in each.items() if not k.startswith("identity.")} for each in (whole, part))
    assert whole == part


def test_a_dont_care_mention_costs_nothing() -> None:
    row = {"start": 4, "end": 9, "label": "PERS"}
    other = {"start": 10, "end": 16, "label": "PERS", "scored": False}
    overlapping = {"start": 10, "end": 12, "label": "PERS"}
    gold = known("entities", [row, other])
    said = split(given_predictions([{"doc_id": "d", "entities": [row, {**other, "label": "GPE"}]}], Incidents()))[0]
    figures = score(gold, said, layers=["entities"], resamples=2).layers["entities"]
    assert {figures[f"semeval.{scheme}.f1"].value for scheme in ("strict", "exact", "partial", "type")} == {1.0}
    # What overlaps a don't-care row without being its span is an ordinary false alarm.
    said = split(given_predictions([{"doc_id": "d", "entities": [row, overlapping]}], Incidents()))[0]
    assert score(gold, said, layers=["entities"], resamples=2).layers["entities"]["f1"].value == pytest.approx(2 / 3)


def test_a_dont_care_quote_costs_nothing_in_soft_f1() -> None:
    def said(start: int, end: int) -> dict[str, Any]:
        return {"content": [{"start": start, "end": end}], "speaker": {"name": "بوتين"}}

    gold = known("quotes", [said(10, 27), {**said(33, 52), "scored": False}])
    predicted = split(given_predictions([{"doc_id": "d", "quotes": [said(10, 27), said(33, 47)]}], Incidents()))[0]
    figures = score(gold, predicted, layers=["quotes"], resamples=2).layers["quotes"]
    assert (figures["f1"].value, figures["soft.f1"].value, figures["detection_exact.f1"].value) == (1.0, 1.0, 1.0)
