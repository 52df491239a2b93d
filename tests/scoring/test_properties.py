"""What must hold for any gold and any predictions."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.reading.gold_checks import check_gold
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import Reference
from khabar.records.labels import LAYERS
from khabar.scoring.result import Score
from khabar.scoring.scorer import score
from tests.strategies import TEXT, lines

Lines = list[dict[str, Any]]
TEXT_LAYERS = ("entities", "numbers", "quotes")
some = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def scored(gold: Lines, predictions: Lines) -> Score:
    incidents = Incidents()
    records = given_predictions(gold, incidents)
    incidents.extend(check_gold(records))
    incidents.refuse()
    return score(Reference.build(*split(records)), *split(given_predictions(predictions, incidents)), resamples=4)


def bare(gold: Lines) -> Lines:
    """Gold as predictions: what is scored in it, without what only gold may say."""
    found = []
    for line in copy.deepcopy(gold):
        for layer in TEXT_LAYERS:
            if layer in line:
                line[layer] = [row for row in line[layer] if row.pop("scored", True)]
        found.append({key: value for key, value in line.items() if key != "text"})
    return found


def countable(gold: Lines, layer: str) -> bool:
    """Whether anything in gold can be missed."""
    rows = [row for line in gold for row in line.get(layer, ())]
    return any(row["scored"] and row.get("kind") != "ident" for row in rows)


@some
@given(lines(gold=True), lines(gold=False), st.integers(0, 99))
def test_order_does_not_matter_to_the_byte(gold: Lines, predictions: Lines, seed: int) -> None:
    shuffler = random.Random(seed)

    def shuffled(rows: Lines) -> Lines:
        rows = copy.deepcopy(rows)
        for line in rows:
            for items in (*TEXT_LAYERS, "sides"):
                shuffler.shuffle(line.get(items, []))
            for side in line.get("sides", []):
                shuffler.shuffle(side["spans"])
            for quote in line.get("quotes", []):
                shuffler.shuffle(quote["content"])
                shuffler.shuffle(quote["cue"])
        shuffler.shuffle(rows)
        return rows

    assert scored(gold, predictions).to_json() == scored(shuffled(gold), shuffled(predictions)).to_json()


@some
@given(lines(gold=True))
def test_entities_and_numbers_of_gold_against_gold_are_right(gold: Lines) -> None:
    headline = scored(gold, bare(gold)).headline
    for layer in ("entities", "numbers"):
        assert headline[layer] == (1.0 if countable(gold, layer) else None)


@some
@given(lines(gold=True), lines(gold=False))
def test_figures_are_bounded_and_ordered(gold: Lines, predictions: Lines) -> None:
    result = scored(gold, predictions)
    json.loads(result.to_json())
    for layer in LAYERS:
        figures = result.layers[layer]
        f1, p, r = (figures[name].value for name in ("f1", "precision", "recall"))
        assert (f1 is None) == (p is None and r is None)
        if p is not None and r is not None and f1 is not None:
            assert min(p, r) - 1e-12 <= f1 <= max(p, r) + 1e-12
        for name, figure in figures.items():
            assert figure.value is None or 0 <= figure.value <= 1 or "per_1000" in name, name
            if figure.interval is not None:
                assert 0 <= figure.interval[0] <= figure.interval[1], name
                assert figure.interval[1] <= 1 or "per_1000" in name, name
    for stricter, laxer in (("strict", "exact"), ("strict", "type"), ("exact", "partial")):
        one, two = (result.layers["entities"][f"semeval.{scheme}.f1"].value for scheme in (stricter, laxer))
        assert (one is None) == (two is None)
        assert (one or 0) <= (two or 0) + 1e-12
    quotes = result.layers["quotes"]
    for stricter, laxer in (("f1", "detection_50.f1"), ("detection_80.f1", "detection_50.f1")):
        one, two = quotes[stricter].value, quotes[laxer].value
        assert (one or 0) <= (two or 0) + 1e-12


@some
@given(lines(gold=True), lines(gold=False))
def test_type_sums_equal_the_overall(gold: Lines, predictions: Lines) -> None:
    figures = scored(gold, predictions).layers["entities"]
    counts: dict[str, float] = {key: n for figure in figures.values() for key, n in figure.counts.items()}
    for outcome in ("tp", "fp", "fn"):
        by_label = sum(n for key, n in counts.items() if key.startswith("label.") and key.endswith(f".{outcome}"))
        assert by_label == counts[f"exact.{outcome}"]


@some
@given(lines(gold=True), lines(gold=False))
def test_an_extra_wrong_item_never_raises_precision(gold: Lines, predictions: Lines) -> None:
    more = copy.deepcopy(predictions)
    more[0]["entities"].append({"start": 0, "end": 1, "label": "WEBSITE"})
    more[0]["numbers"].append({"start": 0, "end": 1, "kind": "percent", "low": "7", "unit": "%"})
    more[0]["quotes"].append({"content": [{"start": 0, "end": len(TEXT)}], "speaker": {"name": "لا أحد"}})
    more.append({"story": "s", "type": "identity", "sides": [{"spans": []}]})
    before, after = scored(gold, predictions), scored(gold, more)
    for layer in LAYERS:
        one, two = before.layers[layer]["precision"].value, after.layers[layer]["precision"].value
        assert (two or 0) <= (one or 0) + 1e-12
        assert one is None or two is not None
        assert (after.headline[layer] or 0) <= (before.headline[layer] or 0) + 1e-12


@some
@given(lines(gold=True))
def test_fivefold_duplicates_score_a_third(gold: Lines) -> None:
    predictions = bare(gold)
    for line in predictions:
        for layer in TEXT_LAYERS:
            if layer in line:
                line[layer] = line[layer] * 5
    result = scored(gold, predictions)
    for layer in ("entities", "numbers"):
        assert result.headline[layer] == (pytest.approx(1 / 3) if countable(gold, layer) else None)


@some
@given(lines(gold=True), lines(gold=False))
def test_swapping_sides_swaps_precision_and_recall_of_entities(gold: Lines, predictions: Lines) -> None:
    def flat(rows: Lines, text: bool) -> Lines:
        kept = []
        for line in rows:
            if "doc_id" in line:
                unique = {(e["start"], e["end"], e["label"]): e for e in line["entities"]}
                plain = [{key: e[key] for key in ("start", "end", "label")} for e in unique.values()]
                kept.append({"doc_id": line["doc_id"], "entities": plain} | ({"text": TEXT} if text else {}))
        return kept

    one = scored(flat(gold, True), flat(predictions, False)).layers["entities"]
    two = scored(flat(predictions, True), flat(gold, False)).layers["entities"]
    assert one["precision"].value == two["recall"].value
    assert one["recall"].value == two["precision"].value


def test_the_hash_knows_no_order_within_rows() -> None:
    """Nor whether an empty list was written, nor 1 from 1.0."""
    span = [{"start": 0, "end": 3}, {"start": 4, "end": 9}]
    zones = [{"start": 0, "end": 20, "zone": "body"}, {"start": 20, "end": len(TEXT), "zone": "source"}]
    quote = {"content": span, "cue": span, "speaker": "a", "source_chain": ["b", "a"], "phenomena": ["chain", "clitic"]}
    reading = [{"content": span, "speaker": "c"}, {"speaker": "d"}]
    entity = {"start": 0, "end": 3, "label": "PERS", "phenomena": ["clitic", "nested"]}
    number = {"start": 4, "end": 9, "kind": "count", "low": 1, "high": 1, "flags": ["other", "source_error"]}
    sides = [{"value": 1, "spans": [{"doc_id": "d", **each} for each in span]}, {"value": "x", "spans": []}]
    line = {"doc_id": "d", "story": "s", "text": TEXT, "zones": zones, "entities": [entity], "numbers": [number]}

    def hashed(turn: Any, one: Any, chain: list[str], empty: dict[str, Any]) -> str:
        row = {key: turn(value) if isinstance(value, list) else value for key, value in quote.items()}
        document = {
            **line,
            "zones": turn(zones),
            "entities": [{**entity, "phenomena": turn(entity["phenomena"])}],
            "numbers": [{**number, **empty, "low": one, "flags": turn(number["flags"])}],
            "quotes": [{**row, "source_chain": chain, "alternatives": turn(reading)}],
        }
        dispute = {
            "story": "s",
            "sides": turn([{**side, "value": one if side["value"] == 1 else "x"} for side in sides]),
        }
        known = Reference.build(*split(given_predictions([document, dispute], Incidents())))
        return known.fingerprint

    same = hashed(list, 1, ["b", "a"], {})
    assert hashed(lambda items: items[::-1], 1.0, ["b", "a"], {"phenomena": []}) == same
    assert hashed(list, 1, ["a", "b"], {}) != same
    assert hashed(list, 2, ["b", "a"], {}) != same
