"""`--labels`: a system of a few labels is scored on what it can express."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

import khabar
from khabar.reading.incidents import Incidents, InputError
from khabar.records import Annotations
from khabar.records.labels import ENTITY_LABELS, LAYERS, EntityLabel, Layer
from khabar.scale import scoring, workers
from khabar.scoring.result import Signature
from khabar.scoring.scorer import measure
from tests import released
from tests.cli.conftest import run
from tests.scale.corpora import corpus, write

FOUR: tuple[EntityLabel, ...] = ("PERS", "ORG", "GPE", "LOC")


def only(records: list[Annotations], labels: tuple[EntityLabel, ...] = FOUR) -> list[Annotations]:
    return [
        msgspec.structs.replace(record, entities=tuple(item for item in record.entities if item.label in labels))
        for record in records
    ]


def test_rows_and_predictions_of_other_labels_take_no_part() -> None:
    """As if neither gold nor the system had ever spoken of them; the other layers see all of them."""
    annotations, _ = released.predicted("rules")
    some = khabar.score(annotations, labels=FOUR)
    gold = released.gold()
    bare = replace(gold, tokens=())
    scored = {doc.doc_id: {item.label for item in doc.entities} for doc in gold.annotations}
    assert any(labels - set(FOUR) for labels in scored.values())
    whole = khabar.score(annotations, gold=bare)
    assert some.headline["quotes"] == whole.headline["quotes"]
    figures, all_figures = some.layers["entities"], whole.layers["entities"]
    for label in ENTITY_LABELS:
        measured = figures[f"label.{label}.f1"]
        assert measured.value == (all_figures[f"label.{label}.f1"].value if label in FOUR else None)
    of_four = [figures[f"label.{label}.f1"].value for label in FOUR]
    assert figures["macro_f1"].value == pytest.approx(sum(map(float, of_four)) / 4)  # type: ignore[arg-type]
    assert figures["seqeval.strict_iob2.f1"].value is None
    counts = figures["f1"].counts
    assert counts["exact.tp"] + counts["exact.fn"] == sum(
        item.label in FOUR and item.scored for doc in gold.annotations for item in doc.entities
    )


def test_a_part_of_the_labels_has_no_overall() -> None:
    """The mean of the four layers is of the four whole layers, as with `--layers`."""
    annotations, disputes = released.predicted("oracle")
    said = [*annotations, *disputes]
    some = khabar.score(said, labels=FOUR, resamples=10)
    assert (some.headline["overall"], some.overall_interval) == (None, None)
    assert None not in [some.headline[layer] for layer in LAYERS]
    assert set(khabar.compare(said, said, labels=FOUR)) == set(LAYERS)


def test_a_perfect_model_of_four_labels() -> None:
    annotations, _ = released.predicted("oracle")
    assert khabar.score(only(annotations), labels=FOUR, layers=["entities"]).headline["entities"] == 1
    assert khabar.score(annotations, labels=FOUR, layers=["entities"]).headline["entities"] == 1
    assert float(khabar.score(only(annotations), layers=["entities"]).headline["entities"] or 0) < 1


def test_the_signature_names_them_and_parses_back() -> None:
    annotations, _ = released.predicted("empty")
    signature = khabar.score(annotations, labels=["LOC", "GPE", "ORG", "PERS"]).signature
    assert signature.labels == ("PERS", "ORG", "GPE", "LOC")
    assert str(signature).endswith("|labels:PERS+ORG+GPE+LOC")
    assert Signature.parse(str(signature)) == signature
    assert khabar.score(annotations, labels=ENTITY_LABELS).signature == khabar.score(annotations).signature


def test_compare_and_errors() -> None:
    annotations, _ = released.predicted("oracle")
    some = khabar.compare(annotations, only(annotations), labels=FOUR, layers=["entities"])["entities"]
    assert (some.a, some.b, some.difference) == (1, 1, 0)
    assert khabar.compare(annotations, only(annotations), layers=["entities"])["entities"].difference != 0


def test_on_the_command_line(tmp_path: Path) -> None:
    rows = [{"start": 0, "end": 5, "label": "PERS"}, {"start": 6, "end": 9, "label": "OCC"}]
    gold: dict[str, Any] = {"doc_id": "d", "text": "بوتين قال نعم", "entities": rows}
    said = {"doc_id": "d", "entities": [rows[0], {"start": 10, "end": 13, "label": "LAW"}]}
    for name, line in (("gold", gold), ("said", said)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(line), "utf-8")
    (tmp_path / "module.py").write_text(f"def system(document):\n    return {said!r}\n", "utf-8")
    options = ("--gold", "gold.jsonl", "--labels", "PERS,GPE")
    for command in (
        ("score", "said.jsonl", "--errors", "errors.jsonl"),
        ("run", "module:system", "--layers", "entities", "--errors", "errors.jsonl"),
    ):
        answer = run(*command, *options, "--json", cwd=tmp_path)
        assert answer.code == 0, answer.err
        assert json.loads(answer.out)["headline"]["entities"] == 1
        assert (tmp_path / "errors.jsonl").read_text() == ""
    answer = run("compare", "said.jsonl", "said.jsonl", *options, "--json", cwd=tmp_path)
    assert json.loads(answer.out)["entities"]["a"] == 1
    assert "1 of 2 entities take no part (--labels)" in run("validate", "said.jsonl", *options, cwd=tmp_path).out


@pytest.mark.parametrize(
    ("labels", "layers", "says"),
    [
        ("PERS", None, "labels is 'PERS', where a list of names is asked for"),
        (["PERSON", "GPE"], None, "no label 'PERSON'; there is: PERS"),
        ([], None, "labels is [], where a list"),
        (5, None, "labels is 5, where a list"),
        (["PERS"], ["quotes"], "labels are those of entities"),
    ],
)
def test_labels_there_are_not(labels: Any, layers: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        khabar.score([], labels=labels, layers=layers)
    assert says in str(caught.value)


def test_in_parts_it_is_the_same(tmp_path: Path) -> None:
    gold, said = corpus(3, documents=120)
    paths = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    layers: list[Layer] = ["entities", "quotes"]
    counted = scoring.count_in_parts(
        *paths, layers, partial(workers.cores, 1), Incidents(), labels=("PERS",), part_bytes=6000
    )
    at_once = khabar.score(paths[0], gold=paths[1], layers=layers, labels=["PERS"])
    assert measure(counted).to_json() == at_once.to_json()
    assert at_once.headline["entities"] != khabar.score(paths[0], gold=paths[1], layers=layers).headline["entities"]
