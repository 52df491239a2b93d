"""Predictions handed over in Python are refused like those of a file."""

from __future__ import annotations

from typing import Any

import pytest

import khabar
from khabar.reading.incidents import InputError


@pytest.mark.parametrize("item", [None, 1, "000_a.jsonl", ["doc_id", "d"]])
def test_what_is_no_object_is_named_by_its_turn(item: Any) -> None:
    with pytest.raises(InputError) as caught:
        khabar.score([{"doc_id": "d"}, item], layers=["entities"])
    found = [(each.id, each.line) for each in caught.value.incidents if each.id == "json-not-object"]
    assert found == [("json-not-object", 2)]
