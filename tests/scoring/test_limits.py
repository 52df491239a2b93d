"""What is crowded on purpose is scored in the end, or refused with the limit it breaks; no case hangs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import khabar
from khabar.reading.incidents import InputError
from khabar.reading.limits import MOST_OF_RARE_DATES, MOST_PAIRS, MOST_PAIRS_OF_DISPUTES, overlapping_pairs
from khabar.records.labels import Layer

Line = dict[str, Any]
Lines = list[Line]
MANY = 300
"""Items that all overlap each other: 90,000 pairs."""
TOO_MANY = 708
"""Just over the limit: 708² pairs."""


def score(gold: Lines, predictions: Lines, layer: Layer, folder: Path) -> float | None:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in gold), "utf-8")
    return khabar.score(predictions, gold=path, layers=[layer], resamples=20).headline[layer]


def spans(count: int) -> list[dict[str, int]]:
    """Distinct spans that all share the middle."""
    return [{"start": at, "end": 2 * count - at} for at in range(count)]


def crowd(layer: str, count: int) -> Lines:
    """One document whose items all overlap."""
    rows: dict[str, list[Line]] = {
        "entities": [{**span, "label": "PERS"} for span in spans(count)],
        "numbers": [{**span, "kind": "count", "low": "1"} for span in spans(count)],
        "quotes": [{"content": [span], "speaker": "e1"} for span in spans(count)],
    }
    return [{"doc_id": "d", layer: rows[layer]}]


@pytest.mark.parametrize("layer", ["entities", "numbers", "quotes"])
def test_a_crowd_is_scored(layer: Layer, tmp_path: Path) -> None:
    assert score(crowd(layer, MANY), crowd(layer, MANY), layer, tmp_path) == 1


@pytest.mark.parametrize("layer", ["entities", "numbers", "quotes"])
def test_a_larger_crowd_is_refused(layer: Layer, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        score(crowd(layer, TOO_MANY), crowd(layer, TOO_MANY), layer, tmp_path)
    errors = [incident for incident in caught.value.incidents if incident.level == "error"]
    assert [(error.id, error.doc_id) for error in errors] == [("pairs-many", "d")]
    assert f"{TOO_MANY**2:,}" in errors[0].message
    assert f"{MOST_PAIRS:,}" in errors[0].message


def test_many_items_side_by_side_are_no_crowd(tmp_path: Path) -> None:
    apart = [{"doc_id": "d", "numbers": [{"start": 3 * at, "end": 3 * at + 2, "kind": "count"} for at in range(2000)]}]
    assert score(apart, apart, "numbers", tmp_path) == 1


def test_three_hundred_predictions_on_one_sentence(tmp_path: Path) -> None:
    """Ten nested names, and every sub-span of the sentence as a prediction: ten are right."""
    gold = [{"doc_id": "d", "entities": [{"start": at, "end": 24 - at, "label": "ORG"} for at in range(10)]}]
    every = [{"start": s, "end": e, "label": "ORG"} for s in range(25) for e in range(s + 1, 26)][:300]
    found = score(gold, [{"doc_id": "d", "entities": every}], "entities", tmp_path)
    right = sum({"start": at, "end": 24 - at, "label": "ORG"} in every for at in range(10))
    assert found == pytest.approx(2 * right / 310)


def dispute(at: int, **more: object) -> Line:
    sides = [{"spans": [{"doc_id": "d", "start": 40 * at + shift, "end": 40 * at + shift + 10}]} for shift in (0, 20)]
    return {"story": "s", "sides": sides, **more}


def test_a_story_of_ten_thousand_disputes(tmp_path: Path) -> None:
    """Half are found, and as many records are about nothing."""
    gold = [{"doc_id": "d", "story": "s"}, *(dispute(at) for at in range(10_000))]
    said = [dispute(at, confidence=0.5) for at in range(5_000, 15_000)]
    assert score(gold, said, "conflicts", tmp_path) == 0.5


def test_one_dispute_of_many_spans(tmp_path: Path) -> None:
    def sides(count: int) -> Lines:
        places = [
            [{"doc_id": "d", "start": 20 * at, "end": 20 * at + 9} for at in range(side, 2 * count, 2)]
            for side in (0, 1)
        ]
        return [{"story": "s", "sides": [{"spans": each} for each in places]}]

    document: Lines = [{"doc_id": "d", "story": "s"}]
    assert score(document + sides(MANY), sides(MANY), "conflicts", tmp_path) == 1
    with pytest.raises(InputError, match="spans from different sides"):
        score(document + sides(MANY), sides(TOO_MANY), "conflicts", tmp_path)


def test_many_disputes_on_one_sentence(tmp_path: Path) -> None:
    """Each record has a valid pair in every dispute, and each finds one."""

    def stacked(count: int) -> Lines:
        return [
            {**dispute(0), "type": None, "sides": [{**side, "value": at} for side in dispute(0)["sides"]]}
            for at in range(count)
        ]

    document: Lines = [{"doc_id": "d", "story": "s"}]
    assert score(document + stacked(150), stacked(150), "conflicts", tmp_path) == 1
    with pytest.raises(InputError, match="gold claim"):
        score(document + stacked(MANY), stacked(3 * MANY), "conflicts", tmp_path)


def test_thousands_of_speakers_by_span(tmp_path: Path) -> None:
    """Mentions that overlap their neighbours, each the speaker of a quote."""
    count = 2000
    people = [{"start": at, "end": at + 3, "label": "PERS", "entity_id": f"e{at}"} for at in range(count)]
    content = [{"content": [{"start": count + 9 + at, "end": count + 10 + at}]} for at in range(count)]
    gold = [{**each, "speaker": f"e{at}"} for at, each in enumerate(content)]
    said = [{**each, "speaker": {"start": at, "end": at + 3}} for at, each in enumerate(content)]
    lines = [{"doc_id": "d", "entities": people, "quotes": gold}], [{"doc_id": "d", "quotes": said}]
    assert score(*lines, "quotes", tmp_path) == 1


def test_overlapping_pairs() -> None:
    """Pairs of extents that share a code point; items of several parts weigh as many."""
    assert overlapping_pairs([((0, 5),)], [((5, 9),)]) == 0
    assert overlapping_pairs([((0, 5),), ((4, 9),)], [((4, 5),), ((8, 12),)]) == 3
    assert overlapping_pairs([((0, 1), (2, 3), (4, 5))], [((0, 5),)]) == 2
    assert overlapping_pairs([], [((0, 5),)]) == 0


def test_all_disputes_of_a_file_have_a_bound_together() -> None:
    """Each is below its own, and none meets a claim: what would take minutes is refused."""
    document = khabar.load()[0].doc_id
    sides = [{"spans": [{"doc_id": document, "start": at, "end": at + 2} for at in range(700)]} for _ in range(2)]
    said = [{"story": "kursk", "type": "numeric", "sides": sides}] * 5
    with pytest.raises(InputError) as caught:
        khabar.score(said, layers=["conflicts"])
    [error] = [incident for incident in caught.value.incidents if incident.level == "error"]
    assert error.id == "pairs-many"
    assert f"{5 * 700**2:,} pairs of spans from different sides, all disputes together" in error.message
    assert f"{MOST_PAIRS_OF_DISPUTES:,}" in error.message


def dated(edtf: Iterator[str]) -> Lines:
    """A document of nothing but dates, each in a place of its own."""
    return [
        {
            "doc_id": "d",
            "numbers": [{"start": at, "end": at + 1, "kind": "date", "edtf": e} for at, e in enumerate(edtf)],
        }
    ]


def test_dates_of_rare_forms_have_a_bound(tmp_path: Path) -> None:
    """Each takes the parser milliseconds; of the common forms there may be as many as a file holds."""
    common = dated(f"{year}-06~/{year + 1}" for year in range(1000, 6000))
    assert score(common, common, "numbers", tmp_path) == 1
    rare = dated(f"{year}-06-24T10:{minute}:00" for year in range(1000, 1060) for minute in range(10, 20))
    some = dated(edtf for edtf in ["2024"])
    for gold, said in ((some, rare), (rare, some)):
        with pytest.raises(InputError) as caught:
            score(gold, said, "numbers", tmp_path)
        [error] = caught.value.incidents
        assert error.id == "dates-many"
        assert "600 dates" in error.message
        assert f"{MOST_OF_RARE_DATES:,}" in error.message
