"""Errors as lines: what each layer's says, and that nothing in a file of errors can break out of its place."""

from __future__ import annotations

from typing import Any

import pytest

from khabar.cli.show import errors_under, paragraphs
from khabar.records import Document
from khabar.records.errors import Context, Error
from khabar.records.labels import Layer
from khabar.scoring.errors import error_line
from khabar.text.terminal import ISOLATE, NOTHING, POP


def error(layer: Layer, gold: Any, predicted: Any, *context: Context, doc_id: str | None = "d") -> Error:
    return Error(
        layer=layer,
        doc_id=doc_id,
        story="s",
        outcome="wrong",
        cause="boundary",
        gold=gold,
        predicted=predicted,
        context=context,
    )


@pytest.mark.parametrize(
    ("layer", "row", "words"),
    [
        ("entities", {"text": "كييف", "label": "GPE"}, "كييف GPE"),
        ("numbers", {"text": "١٤", "kind": "count", "low": "14", "high": "14", "unit": "جندي"}, "١٤ count 14 جندي"),
        ("numbers", {"text": "١٤", "kind": "count", "low": "14", "high": None}, "١٤ count 14"),
        ("numbers", {"text": "١٤", "kind": "count", "low": 0, "high": "5.5"}, "١٤ count 0–5.5"),
        ("numbers", {"text": "أمس", "kind": "date", "edtf": "2025-04-24"}, "أمس date 2025-04-24"),
        ("quotes", {"text": "نعم", "speaker": {"name": "بوتين"}}, "«نعم» بوتين"),
        ("quotes", {"text": "نعم", "speaker": "putin"}, "«نعم» putin"),
        ("conflicts", {"issue_id": "how_many", "type": "numeric"}, "how_many numeric"),
        ("conflicts", {"type": "numeric", "sides": [{"value": "1"}, {"value": "2"}]}, "numeric 1 / 2"),
        ("entities", {"text": "\u202eكييف\x1b[2J\n", "label": "GPE"}, "\\u202eكييف\\x1b[2J\\n GPE"),
        ("quotes", {"text": 7, "speaker": []}, "«7» ?"),
    ],
)
def test_a_row_in_words(layer: Layer, row: dict[str, Any], words: str) -> None:
    line = error_line(error(layer, row, None))
    assert (line.gold, line.predicted) == (words, NOTHING)
    assert str(line) == f"{layer}: boundary\n  gold   {ISOLATE}{words}{POP}"


def test_gold_and_prediction_have_a_line_each() -> None:
    """Each begins with Latin, and nothing of one reaches into the other."""
    line = error_line(error("entities", {"text": "كييف", "label": "GPE"}, {"text": "كييف", "label": "LOC"}))
    assert str(line).splitlines() == [
        "entities: boundary", f"  gold   {ISOLATE}كييف GPE{POP}", f"  yours  {ISOLATE}كييف LOC{POP}"
    ]  # fmt: skip


def test_errors_stand_under_their_paragraphs() -> None:
    document = Document(doc_id="d", story="s", text="واحد\n\nاثنان\nثلاثة", sha256="")
    here = [
        error("entities", {"start": 0, "end": 2, "text": "وا", "label": "PERS"}, None),
        error("entities", None, {"start": 7, "end": 9, "text": "ثن", "label": "PERS"}),
        error("entities", None, {"start": None, "text": "لا", "label": "PERS"}),
        error("entities", None, {"start": 999, "text": "بعيد", "label": "PERS"}),
        error("entities", {"start": 0, "text": "غيره", "label": "PERS"}, None, doc_id="other"),
        error("conflicts", {"issue_id": "i"}, None, Context("d", 6, 11, ""), Context("e", 0, 2, ""), doc_id=None),
    ]
    under = errors_under(document, here, paragraphs(document, {}, ()))
    assert {number: [line.gold + line.predicted for line in lines] for number, lines in under.items()} == {
        1: ["وا PERS∅"],
        3: ["∅ثن PERS", "i∅"],
        0: ["∅لا PERS", "∅بعيد PERS"],
    }
