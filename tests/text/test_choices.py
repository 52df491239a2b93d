"""A name that is not known: the nearest is offered, else all are."""

from __future__ import annotations

import pytest

from khabar.reading.incidents import fix_of
from khabar.records.labels import LAYERS


@pytest.mark.parametrize(
    ("written", "known", "fix"),
    [
        ("entites", ["doc_id", *LAYERS], "write entities"),
        ("lable", ["label", "entity_id", "start"], "write label"),
        ("strat", ["label", "entity_id", "start"], "write start"),
        ("quote", LAYERS, "write quotes"),
        ("nosuch", ["test", "news"], "write one of test, news"),
        ("nosuch", ["bridge"], "write bridge"),
    ],
)
def test_the_nearest_is_offered_else_all(written: str, known: list[str], fix: str) -> None:
    assert fix_of(written, known) == fix


def test_what_stands_before_it_is_said() -> None:
    assert fix_of("newz", ["test", "news"], before="--split ") == "write --split news"
