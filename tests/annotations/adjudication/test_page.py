"""A disagreement as a page: both readings in their context, and nothing of a text or row taken for markup."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from khabar.annotations.adjudication.disagreements import disagreements
from khabar.annotations.adjudication.page import CHAPTERS, KEY, KEYS, REASONS, readings, reasons, task_data
from khabar.annotations.agreement.alignment import align
from khabar.records import Claim, Conflict, Entity, Row
from tests.annotations.story import STORIES, TEXTS, a_pass, issue


class Parts(HTMLParser):
    """Tags and text by class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._classes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._classes.append(dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        self._classes.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((self._classes[-1], data))


def made(b: list[Row]) -> dict[str, Any]:
    (found,) = disagreements(align(a_pass(), b, TEXTS, STORIES), TEXTS)
    return task_data(found, TEXTS, {"over": issue({"A": ["c1"], "B": ["c2"]})}, ("amal", "badr"))


def test_the_context_marks_what_each_reads() -> None:
    def change(row: Row) -> Row:
        return (
            replace(row, start=row.start + 8, text=row.text[8:]) if isinstance(row, Claim) and row.id == "c1" else row
        )

    found = made([change(row) for row in a_pass()])
    parts = Parts(found["context"])
    assert ("khabar-a", "المعركة ") in parts.texts
    assert ("khabar-ab", "انتهت") in parts.texts
    assert found["question"] == "هل انتهت؟ (Is it over?)"


def test_what_differs_is_marked_on_both_sides() -> None:
    found = made(
        [replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row for row in a_pass()]
    )
    assert '<tr class="khabar-differs"><th>label</th><td dir="auto"><mark>ORG</mark></td>' in found["a"]
    assert '<tr class="khabar-differs"><th>label</th><td dir="auto"><mark>FAC</mark></td>' in found["b"]
    assert found["a"].index("khabar-differs") < found["a"].index("<details>"), "what is alike comes after, folded"
    assert found[KEY].startswith("entities-")


def test_of_a_longer_value_only_what_differs_is_marked() -> None:
    b = [replace(row, question="Is it really over?") if isinstance(row, Conflict) else row for row in a_pass()]
    (found,) = disagreements(align(a_pass(), b, TEXTS, STORIES), TEXTS)
    sides = task_data(found, TEXTS, {})
    assert "Is it over?" in sides["a"]
    assert "Is it <mark>really</mark> over?" in sides["b"]


def test_passes_go_by_their_names() -> None:
    found = made(
        [replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row for row in a_pass()]
    )
    assert (found["a_name"], found["b_name"]) == ("1 · amal", "2 · badr")
    assert [each["html"] for each in found["decisions"]][:2] == ["amal", "badr"]
    assert [each["value"] for each in found["decisions"]] == ["a", "b", "both", "neither", "other"]


def headings(page: str, chapter: int) -> list[str]:
    """The headings of a chapter of the guidelines."""
    text = (Path(__file__).parents[3] / "annotations" / page).read_text("utf-8")
    lines = text.split(f"\n## {chapter}. ")[1].split("\n## ")[0].splitlines()
    return [line.removeprefix("### ") for line in lines if line.startswith("### ")]


@pytest.mark.parametrize("layer", REASONS)
def test_every_reason_is_a_section_of_the_guidelines(layer: str) -> None:
    """In English and under the same heading in Arabic; and has a key of its own."""
    pages = (headings(page, CHAPTERS[layer]) for page in ("guidelines.md", "guidelines.ar.md"))
    in_arabic = dict(zip(*pages, strict=True))
    assert REASONS[layer] == {title: in_arabic.get(title) for title in REASONS[layer]}
    assert len(reasons(layer)) <= len(KEYS)


def test_reasons_are_shown_in_both_languages_and_kept_in_english() -> None:
    found = made(
        [replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row for row in a_pass()]
    )
    first = found["reasons"][0]
    assert first["value"] == "section 2: Persons and roles"
    assert first["html"] == "القسم 2: الأشخاص والمناصب <small>section 2: Persons and roles</small>"


def test_nothing_is_taken_for_markup() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    found = made(
        [replace(row, name=hostile) if isinstance(row, Entity) and row.label == "ORG" else row for row in a_pass()]
    )
    assert "img" not in Parts(found["b"]).tags
    assert ("", hostile) in Parts(found["b"]).texts


def test_in_words() -> None:
    b = [replace(row, status="contested") if isinstance(row, Conflict) else row for row in a_pass()]
    (found,) = disagreements(align(a_pass(), b, TEXTS, STORIES), TEXTS)
    assert readings(found) == ("status=conflict", "status=contested")
