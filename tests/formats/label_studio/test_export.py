"""An export of a round's project is read by `khabar convert` as the round itself is: row by row, column by column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from khabar.formats.context import Conversion
from khabar.formats.label_studio.document_page import document_page
from khabar.formats.label_studio.export import read
from khabar.formats.label_studio.page import to_results
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Claim, Row
from khabar.seeds.store import read_manifest, read_texts
from tests.formats.conftest import corpus, ids

ROOT = Path(__file__).parents[3]
SEEDS = [seed for seed in read_manifest(ROOT / "seeds") if not seed.source]
TEXTS = read_texts(ROOT / "seeds", SEEDS)
ROWS = [located.row for located in read_rows(ROOT / "annotations" / "gold" / "kursk.jsonl", Incidents())]


def task(doc_id: str, text: str) -> dict[str, Any]:
    """A submitted document, as Label Studio exports it."""
    results = to_results(document_page(of_document(doc_id), text))
    data = {"key": doc_id, "annotator": "amal", "story": "kursk", "text": text}
    return {"id": 1, "data": data, "annotations": [{"was_cancelled": False, "result": results}], "predictions": []}


def of_document(doc_id: str) -> list[Row]:
    return [row for row in ROWS if getattr(row, "doc_id", None) == doc_id]


def exported(tmp_path: Path, *tasks: dict[str, Any]) -> Conversion:
    (tmp_path / "export.json").write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")
    work = Conversion(corpus(**TEXTS))
    given[:] = read(tmp_path / "export.json", work)
    return work


given: list[Any] = []
"""What the last `exported` gave."""


def without_nulls(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, (list, tuple)) else value


def test_every_row_of_a_round_is_a_prediction(tmp_path: Path) -> None:
    work = exported(tmp_path, *(task(doc_id, text) for doc_id, text in TEXTS.items()))
    assert not work.incidents
    assert dict(work.lost) == {"claims": sum(isinstance(row, Claim) for row in ROWS)}
    for record in given:
        for layer in ("entities", "numbers", "quotes"):
            wanted = {row.key: without_nulls(row) for row in of_document(record.doc_id) if row.layer == layer}
            predicted = {item.id: without_nulls(item) | {"layer": layer} for item in getattr(record, layer)}
            assert predicted == wanted


def test_a_region_that_is_not_where_it_says(tmp_path: Path) -> None:
    doc_id, text = next(iter(TEXTS.items()))
    moved = task(doc_id, text)
    moved["annotations"][0]["result"][0]["value"]["start"] += 1
    work = exported(tmp_path, moved)
    assert ids(work.incidents) == ["span-surface"]
    assert not given


def test_the_page_of_a_question_holds_no_predictions(tmp_path: Path) -> None:
    question = {"id": 1, "data": {"key": "over", "annotator": "amal", "story": "s", "cards": []}, "annotations": []}
    work = exported(tmp_path, question)
    assert not work.incidents
    assert dict(work.lost) == {"tasks of questions": 1}
