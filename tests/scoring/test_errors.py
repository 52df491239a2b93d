"""The list of errors: it adds up to the headline figures, no order moves it, and each cause is what it says."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.api import evaluate
from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import Reference
from khabar.reading.rows import read_errors
from khabar.records import Annotations, Dispute
from khabar.records.errors import ConflictCause, EntityCause, Error, NumberCause, QuoteCause
from khabar.records.labels import LAYERS
from khabar.scoring.errors import LONGEST_CONTEXT
from khabar.scoring.layers.entities import nested
from khabar.scoring.scorer import Evaluation, score
from tests import released
from tests.cli.conftest import run
from tests.scoring.test_conflicts import C1, CONTESTED, HARD, NOWHERE, T1, T2, TRAP, A, B, record
from tests.strategies import lines

Lines = list[dict[str, Any]]
HEADLINE = {"entities": "exact", "numbers": "full", "quotes": "said", "conflicts": "dispute"}
some = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def assert_adds_up(gold: Reference, said: list[Annotations], disputes: list[Dispute], errors: list[Error]) -> None:
    result = score(gold, said, disputes, resamples=2)
    for layer, column in HEADLINE.items():
        counts = result.layers[layer]["f1"].counts
        mine = [error.costs for error in errors if error.layer == layer]
        assert sum(missed for missed, _ in mine) == counts[f"{column}.fn"], layer
        assert sum(false for _, false in mine) == counts[f"{column}.fp"], layer
    typed = result.layers["conflicts"]["typed.f1"].counts
    outcomes = Counter(error.outcome for error in errors if error.layer == "conflicts")
    assert outcomes["missed"] + outcomes["wrong"] == typed["typed.fn"]
    assert outcomes["false"] + outcomes["wrong"] == typed["typed.fp"]


def of_lines(gold: Lines, predictions: Lines) -> tuple[Reference, list[Annotations], list[Dispute], list[Error]]:
    said, disputes = split(given_predictions(predictions, Incidents()))
    known = Reference.build(*split(given_predictions(gold, Incidents())))
    return known, said, disputes, Evaluation(known, said, disputes).errors


@some
@given(lines(gold=True), lines(gold=False))
def test_errors_add_up_to_the_headline(gold: Lines, predictions: Lines) -> None:
    known, said, disputes, errors = of_lines(gold, predictions)
    assert_adds_up(known, said, disputes, errors)
    causes = {"entities": EntityCause, "numbers": NumberCause, "quotes": QuoteCause, "conflicts": ConflictCause}
    for error in errors:
        assert error.cause in get_args(causes[error.layer])
        assert (error.gold is None) <= (error.outcome == "false")
        assert (error.predicted is None) == (error.outcome == "missed")


@pytest.fixture(scope="module")
def rules() -> tuple[Reference, list[Annotations], list[Dispute]]:
    return released.gold(), *released.predicted("rules")


def test_errors_add_up_on_the_released_corpus(rules: tuple[Reference, list[Annotations], list[Dispute]]) -> None:
    errors = Evaluation(*rules).errors
    assert {error.layer for error in errors} == set(LAYERS)
    assert_adds_up(*rules, errors)


def test_every_surface_stands_where_it_says(rules: tuple[Reference, list[Annotations], list[Dispute]]) -> None:
    texts = {doc_id: document.passage.text or "" for doc_id, document in rules[0].documents.items()}

    def spans(value: Any, doc_id: str | None) -> list[tuple[str, int, int, str]]:
        if isinstance(value, list):
            return [span for each in value for span in spans(each, doc_id)]
        if not isinstance(value, dict):
            return []
        name = value.get("doc_id") or doc_id
        here = [(name, value["start"], value["end"], value["text"])] if value.get("start") is not None else []
        return [*(here if "content" not in value else []), *spans(list(value.values()), name)]

    for error in Evaluation(*rules).errors:
        raw = msgspec.to_builtins(error)
        for doc_id, start, end, text in spans([raw["gold"], raw["predicted"], list(raw["context"])], error.doc_id):
            assert texts[doc_id][start:end] == text
        assert error.context
        assert all("\n" not in paragraph.text for paragraph in error.context)


@some
@given(lines(gold=True), lines(gold=False), st.integers(0, 99))
def test_order_does_not_matter_to_the_byte(gold: Lines, predictions: Lines, seed: int) -> None:
    shuffler = random.Random(seed)

    def shuffled(rows: Lines) -> Lines:
        rows = copy.deepcopy(rows)
        for line in rows:
            for layer in LAYERS[:3]:
                shuffler.shuffle(line.get(layer, []))
        shuffler.shuffle(rows)
        return rows

    # Gold disputes are told apart by where they stand in canonical order, which shuffling leaves as it is.
    one, two = of_lines(gold, predictions)[3], of_lines(shuffled(gold), shuffled(predictions))[3]
    assert [msgspec.json.encode(error) for error in one] == [msgspec.json.encode(error) for error in two]


def test_the_file_reads_back(rules: tuple[Reference, list[Annotations], list[Dispute]], tmp_path: Path) -> None:
    errors, incidents = Evaluation(*rules).errors, Incidents()
    write_records(tmp_path / "errors.jsonl", errors)
    back = read_errors(tmp_path / "errors.jsonl", incidents)
    assert [msgspec.json.encode(error) for error in back] == [msgspec.json.encode(error) for error in errors]
    write_records(tmp_path / "none.jsonl", [])
    assert read_errors(tmp_path / "none.jsonl", incidents) == []
    assert not list(incidents)
    (tmp_path / "broken.jsonl").write_text('{"layer": "names"}\n[]\n', "utf-8")
    assert read_errors(tmp_path / "broken.jsonl", incidents) == []
    assert {"value-wrong", "key-missing", "json-not-object"} == {incident.id for incident in incidents}


# One row, one prediction, one cause. The text is the same throughout.

TEXT = "قال الرئيس فلاديمير بوتين إن نحو 14 ألف جندي وصلوا بكورسك عام 2024.\nوقال الكرملين إن ذلك كذب.\nنشر"
ZONES = [
    {"start": 0, "end": TEXT.rindex("\n") + 1, "zone": "body"},
    {"start": TEXT.rindex("\n") + 1, "end": len(TEXT), "zone": "boilerplate"},
]


def at(surface: str, **more: Any) -> dict[str, Any]:
    start = TEXT.index(surface)
    return {"start": start, "end": start + len(surface), **more}


def told(layer: str, gold: Lines, predicted: Lines) -> list[tuple[str, str]]:
    """(outcome, cause) of each error of a document."""
    line = {"doc_id": "d", "text": TEXT, "story": "s", "zones": ZONES, layer: gold}
    known, said, disputes, errors = of_lines([line], [{"doc_id": "d", layer: predicted}])
    assert_adds_up(known, said, disputes, errors)
    return [(error.outcome, error.cause) for error in errors]


PUTIN = at("فلاديمير بوتين", label="PERS")
KURSK = at("كورسك", label="GPE")
WHOLE = at("الرئيس فلاديمير بوتين", label="PERS")


@pytest.mark.parametrize(
    ("gold", "predicted", "wanted"),
    [
        ([PUTIN], [PUTIN], []),
        ([PUTIN], [at("بوتين", label="PERS")], [("wrong", "boundary")]),
        ([KURSK], [at("بكورسك", label="GPE")], [("wrong", "clitic")]),
        ([KURSK], [at("كورسك", label="LOC")], [("wrong", "label")]),
        ([KURSK], [at("بكورسك", label="LOC")], [("false", "spurious"), ("missed", "missed")]),
        ([WHOLE, at("الرئيس", label="OCC")], [WHOLE], [("missed", "nested_missed")]),
        ([PUTIN], [], [("missed", "missed")]),
        ([], [PUTIN], [("false", "spurious")]),
        ([PUTIN], [PUTIN, PUTIN, PUTIN], [("false", "duplicate")] * 2),
        ([], [{"text": "زيلينسكي", "label": "PERS"}], [("false", "spurious")]),
        ([{**PUTIN, "scored": False}], [PUTIN], []),
        ([{**PUTIN, "scored": False}], [], []),
        ([], [at("نشر", label="ORG")], []),
        # The right span decides before the larger overlap does.
        ([PUTIN], [at("فلاديمير بوتين", label="ORG"), WHOLE], [("false", "spurious"), ("wrong", "label")]),
    ],
)  # fmt: skip
def test_entities(gold: Lines, predicted: Lines, wanted: list[tuple[str, str]]) -> None:
    assert told("entities", gold, predicted) == wanted


def number(surface: str = "14 ألف", **said: Any) -> dict[str, Any]:
    usual = {"kind": "count", "low": "14000", "high": "14000", "modality": "approx", "unit": "جندي"}
    return at(surface, **(usual | said))


GUESS = number()
RANGE = number(low="5", high="9", modality="range")
YEAR = at("2024", kind="date", edtf="2024")
IDENT = at("2024", kind="ident")


@pytest.mark.parametrize(
    ("gold", "predicted", "wanted"),
    [
        ([GUESS], [GUESS], []),
        ([GUESS], [number("14", low="14", high="14")], [("wrong", "boundary")]),
        ([GUESS], [number(kind="measure")], [("wrong", "kind")]),
        ([GUESS], [number(low="14", high="14")], [("wrong", "lost_multiplier")]),
        ([RANGE], [number(low="14", high="14", modality="exact")], [("wrong", "summed_range")]),
        ([YEAR], [at("2024", kind="count", low="2024", high="2024")], [("wrong", "year_as_count")]),
        ([GUESS], [number(kind="date", edtf="1400")], [("wrong", "count_as_year")]),
        ([YEAR], [at("2024", kind="date", edtf="2023")], [("wrong", "wrong_value")]),
        ([GUESS], [number(low="15000", high="15000")], [("wrong", "wrong_value")]),
        ([GUESS], [number(low_incl=False)], [("wrong", "wrong_value")]),
        ([GUESS], [number(modality="exact")], [("wrong", "wrong_modality")]),
        ([number(modality="at_least", high=None)], [number(modality="exact")], [("wrong", "wrong_modality")]),
        ([GUESS], [number(unit="km2")], [("wrong", "wrong_unit")]),
        ([IDENT], [at("2024", kind="count", low="2024")], [("false", "trap")]),
        ([IDENT], [at("2024", kind="ident")], []),
        ([IDENT], [], []),
        ([], [GUESS], [("false", "spurious")]),
        ([GUESS], [GUESS, GUESS], [("false", "spurious")]),
        ([GUESS], [], [("missed", "missed")]),
        ([{**GUESS, "scored": False}], [number(low="1")], []),
    ],
)  # fmt: skip
def test_numbers(gold: Lines, predicted: Lines, wanted: list[tuple[str, str]]) -> None:
    assert told("numbers", gold, predicted) == wanted


def quote(surface: str, speaker: str = "putin", **said: Any) -> dict[str, Any]:
    return {"content": [at(surface)], "speaker": speaker, **said}


SAID = "14 ألف جندي وصلوا بكورسك"
NAMED = {"speaker_mention": at("بوتين")}
RELAYED = quote(SAID, source_chain=["kremlin", "putin"], **NAMED)


@pytest.mark.parametrize(
    ("gold", "predicted", "wanted"),
    [
        ([quote(SAID)], [quote(SAID)], []),
        ([quote(SAID)], [quote("14 ألف")], [("wrong", "boundary")]),
        ([quote(SAID, **NAMED)], [quote(SAID, "kremlin")], [("wrong", "wrong_speaker")]),
        ([quote(SAID)], [quote(SAID, "kremlin")], [("wrong", "wrong_implicit_speaker")]),
        ([quote(SAID)], [{"content": [at(SAID)]}], [("wrong", "wrong_implicit_speaker")]),
        ([RELAYED], [quote(SAID, "kremlin")], [("wrong", "relay_taken_as_speaker")]),
        ([RELAYED], [quote(SAID, "kyiv")], [("wrong", "wrong_speaker")]),
        ([quote(SAID)], [], [("missed", "missed")]),
        ([], [quote(SAID)], [("false", "spurious")]),
        ([], [{"content": [{"text": "لم يقل أحد"}], "speaker": "putin"}], [("false", "ungrounded")]),
        ([{**quote(SAID), "scored": False}], [quote(SAID, "kremlin")], []),
    ],
)  # fmt: skip
def test_quotes(gold: Lines, predicted: Lines, wanted: list[tuple[str, str]]) -> None:
    # Both entities are mentioned, so that the system's keys for them are known.
    known = [at("بوتين", label="PERS", entity_id="putin"), at("الكرملين", label="ORG", entity_id="kremlin")]
    line = {"doc_id": "d", "text": TEXT, "story": "s", "entities": known}
    errors = of_lines([{**line, "quotes": gold}], [{"doc_id": "d", "entities": known, "quotes": predicted}])[3]
    assert [(error.outcome, error.cause) for error in errors] == wanted


def test_a_speaker_is_shown_as_said_and_as_resolved() -> None:
    known = [at("بوتين", label="PERS", entity_id="putin"), at("الكرملين", label="ORG", entity_id="kremlin")]
    line = {"doc_id": "d", "text": TEXT, "story": "s", "entities": known, "quotes": [quote(SAID)]}
    guess = {"content": [at(SAID)], "speaker": {"name": "الكرملين"}}
    [error] = of_lines([line], [{"doc_id": "d", "entities": known, "quotes": [guess]}])[3]
    assert error.predicted is not None
    assert (error.predicted["speaker"], error.predicted["resolved"]) == ({"name": "الكرملين"}, "kremlin")
    assert error.gold is not None
    assert error.gold["speaker"] == "putin"
    assert error.context[0].text == TEXT.split("\n")[0]


@pytest.mark.parametrize(
    ("dispute", "wanted"),
    [
        (record([A], [B], type="numeric"), set()),
        (record([A], [B], type="temporal"), {("wrong", "wrong_type")}),
        (record([T1], [T2]), {("false", "trap_called_conflict"), ("missed", "missed")}),
        (record([A, NOWHERE], [B, T1]), {("false", "impure"), ("missed", "missed")}),
        (record([A]), {("false", "one_sided"), ("missed", "missed")}),
        (record([A], [NOWHERE]), {("false", "spurious"), ("missed", "missed")}),
        (record([C1], [CONTESTED.positions[1][0]]), {("missed", "missed")}),
    ],
)  # fmt: skip
def test_conflicts(dispute: Dispute, wanted: set[tuple[str, str]]) -> None:
    known = Reference.build([], issues=[HARD, CONTESTED, TRAP])
    errors = Evaluation(known, [], [dispute]).errors
    assert {(error.outcome, error.cause) for error in errors} == wanted
    assert_adds_up(known, [], [dispute], errors)
    assert all(error.doc_id is None and error.story == "s" for error in errors)
    json.loads(b"[" + b",".join(map(msgspec.json.encode, errors)) + b"]")


def test_the_context_of_an_error_in_a_very_long_paragraph_is_a_part_of_it() -> None:
    """Ten thousand errors of a paragraph of a million letters must not make a file of ten thousand paragraphs."""
    text = "كلمة " * 4_000
    for start in (0, 10_000, 19_990):
        gold = [{"doc_id": "d", "text": text, "entities": [{"start": start, "end": start + 4, "label": "ORG"}]}]
        (error,) = of_lines(gold, [{"doc_id": "d"}])[3]
        (context,) = error.context
        assert context.start <= start < start + 4 <= context.end
        assert context.end - context.start == LONGEST_CONTEXT
        assert context.text == text[context.start : context.end]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=9))
def test_nested_mentions_are_those_inside_a_longer_one(starts: list[tuple[int, int]]) -> None:
    extents = [(start, start + length) for start, length in starts]
    inside = {
        at
        for at, (start, end) in enumerate(extents)
        if any(first <= start and end <= last and last - first > end - start for first, last in extents)
    }
    assert nested(extents) == inside


@some
@given(lines(gold=True), lines(gold=False))
def test_what_is_judged_once_is_the_same(gold: Lines, predictions: Lines) -> None:
    """`--errors` lists the errors of the verdicts that were counted; the figures are those without it."""
    known, said, disputes, errors = of_lines(gold, predictions)
    evaluation = evaluate([*said, *disputes], gold=known, incidents=Incidents())
    result, listed = evaluation.score(), evaluation.errors
    assert listed == errors
    assert result == score(known, said, disputes)


def test_a_cluster_lists_no_errors(tmp_path: Path) -> None:
    answer = run("score", "x", "--cluster", "tcp://127.0.0.1:1", "--errors", "errors.jsonl", cwd=tmp_path)
    assert answer.code == 2
    assert "error[option-wrong] --errors reads all of the input here" in answer.err
