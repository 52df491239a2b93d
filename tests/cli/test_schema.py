"""khabar schema: what a pip user needs to check a file, whatever folder it is in."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from khabar.schemas import RECORDS
from tests.cli.conftest import Khabar

SCHEMAS = Path(__file__).parents[2] / "schemas"


def test_all_names_are_listed(khabar: Khabar) -> None:
    answer = khabar("schema")
    assert (answer.code, answer.err) == (0, "")
    assert [line.split()[0] for line in answer.out.splitlines()] == list(RECORDS)
    assert list(json.loads(khabar("schema", "--json").out)) == list(RECORDS)


@pytest.mark.parametrize("name", RECORDS)
def test_each_is_printed_as_it_stands_in_the_repository(khabar: Khabar, name: str) -> None:
    answer = khabar("schema", name)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == (SCHEMAS / f"{name}.schema.json").read_text("utf-8")


def test_it_validates_a_line_of_predictions(khabar: Khabar) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(khabar("schema", "prediction-document").out))
    validator.validate({"doc_id": "d", "entities": [{"text": "القاهرة", "label": "GPE"}]})
    with pytest.raises(jsonschema.ValidationError, match="CITY"):
        validator.validate({"doc_id": "d", "entities": [{"text": "القاهرة", "label": "CITY"}]})


def test_a_name_that_is_none(khabar: Khabar) -> None:
    answer = khabar("schema", "quote")
    assert (answer.code, answer.out) == (2, "")
    assert "Fix: write quotes." in answer.err
    assert "Fix: write one of " in khabar("schema", "nosuch").err
