"""A decision of "other", field by field: what is offered, and the rows that what was picked or typed makes."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from khabar.annotations.adjudication.decisions import plain
from khabar.annotations.adjudication.disagreements import Disagreement, disagreements
from khabar.annotations.adjudication.page import correctable, corrected
from khabar.annotations.agreement.alignment import align
from khabar.records import Conflict, Entity, Number, Quote, Row
from tests.annotations.story import STORIES, TEXTS, a_pass


def other(kind: type[Row], text: str, **columns: Any) -> Disagreement:
    """The second pass reads one row otherwise."""
    b = [replace(row, **columns) if isinstance(row, kind) and text in str(row) else row for row in a_pass()]
    (asked,) = (each for each in disagreements(align(a_pass(), b, TEXTS, STORIES), TEXTS) if not each.cosmetic)
    return asked


def change(asked: Disagreement, **said: str) -> tuple[list[dict[str, Any]], list[str]]:
    problems: list[str] = []
    names = [each.name for each in correctable(asked)]
    words = {names.index(name): (value,) for name, value in said.items()}
    rows = corrected(asked, words, TEXTS, lambda _, message, **__: problems.append(message))
    return rows, problems


LABEL = other(Entity, "الكرملين", label="FAC")
MODALITY = other(Number, "700", modality="approx")


def test_what_differs_comes_first_with_both_readings_and_the_whole_list() -> None:
    first, *_ = correctable(LABEL)
    assert first.name == "label"
    assert first.options[:2] == ("ORG", "FAC")
    assert set(first.options) > {"PERS", "GPE"}


def test_nothing_changed_is_the_first_pass() -> None:
    assert change(LABEL) == (plain(LABEL.a), [])


@pytest.mark.parametrize(
    ("asked", "said", "columns"),
    [
        (LABEL, {"label": "GPE"}, {"label": "GPE"}),
        (LABEL, {"scored": "no"}, {"scored": False}),
        (LABEL, {"span": "كرملين"}, {"start": TEXTS["one"].index("كرملين"), "text": "كرملين"}),
        (LABEL, {"phenomena": "spelling_variant … broken_marks"}, {"phenomena": ["spelling_variant", "broken_marks"]}),
        (MODALITY, {"low": "650"}, {"low": "650", "high": "700"}),
        (MODALITY, {"low_incl": "no"}, {"low_incl": False}),
        (MODALITY, {"unit": "∅"}, {"unit": None}),
        (MODALITY, {"core": "جندي"}, {"core": {"start": TEXTS["two"].index("جندي"), "end": TEXTS["two"].index("جندي") + 4, "text": "جندي"}}),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_a_field_changed(asked: Disagreement, said: dict[str, str], columns: dict[str, Any]) -> None:
    (row,), problems = change(asked, **said)
    assert not problems
    assert {name: row[name] for name in columns} == columns


def test_the_spans_of_a_quote() -> None:
    """Words as they stand in the article, pieces with … between."""
    asked = other(Quote, "", act="denial") if sum(isinstance(row, Quote) for row in a_pass()) == 1 else None
    quote = next(row for row in a_pass() if isinstance(row, Quote))
    asked = asked or other(Quote, quote.id, act="denial")
    first, second = quote.content[0].text.split(" ")[:2]
    (row,), problems = change(asked, content=f"{first} … {second}")
    assert not problems
    assert [part["text"] for part in row["content"]] == [first, second]


def test_an_issue_with_its_claims() -> None:
    """Rows that only one pass has: each field says of which row it is."""
    b = [row for row in a_pass() if not isinstance(row, Conflict) and not getattr(row, "issue_id", None)]
    (asked,) = (each for each in disagreements(align(a_pass(), b, TEXTS, STORIES), TEXTS) if each.layer == "conflicts")
    shown = [each.shown for each in correctable(asked)]
    assert len(shown) == len(set(shown))
    assert any(name.endswith("· status") for name in shown)


@pytest.mark.parametrize(
    ("said", "problem"), [({"span": "Kremlin"}, "does not stand"), ({"scored": "maybe"}, "neither yes nor no")]
)
def test_what_is_no_value_is_said(said: dict[str, str], problem: str) -> None:
    _, (message,) = change(LABEL, **said)
    assert problem in message
