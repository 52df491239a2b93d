"""What `annotate check` and the notes say of a pass, from its tasks alone."""

from __future__ import annotations

from typing import Any

import pytest

from khabar.annotations.label_studio.checks import articles_of, check_pass
from khabar.annotations.label_studio.projects import Answer, Task
from khabar.formats.label_studio.page import Page, Region, to_results

TEXT = "قال بوتين إن بوتين في دمشق، وبوتين في حلب."
ADDRESS = "http://127.0.0.1/projects/1/data?task="


def region(key: str, label: str, surface: str, nth: int = 0, **shown: str) -> Region:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(surface, start + 1)
    words = {name: (value,) for name, value in shown.items()}
    return Region(key, label, start, start + len(surface), surface, words)


def task(number: int, *regions: Region, given: tuple[Region, ...] = (), **more: Any) -> Task:
    data = {"key": f"d{number}", "story": "s", "text": TEXT, **more}
    answers = (Answer(1, tuple(to_results(Page(regions))), "amal"),) if regions else ()
    predictions = (Answer(2, tuple(to_results(Page(given))), "rules"),) if given else ()
    return Task(number, data, f"{ADDRESS}{number}", answers, predictions)


def said(kind: str, *tasks: Task) -> list[tuple[str, str | None]]:
    pass_ = {kind: tasks}
    return [(each.id, each.file) for each in check_pass(pass_, articles_of(pass_))]


PERSON = region("a", "PERS", "بوتين", entity_id="putin")
CITY = region("c", "GPE", "دمشق", entity_id="damascus")


def test_a_sound_pass() -> None:
    assert said("entities", task(1, PERSON, CITY)) == []


def test_each_problem_opens_its_region() -> None:
    assert said("quotes", task(1, region("b", "content", "دمشق"))) == [("value-wrong", f"{ADDRESS}1&region=b")]
    crossing = region("x", "ORG", "بوتين في", entity_id="x"), region("y", "LOC", "في دمشق", entity_id="y")
    assert said("entities", task(1, *crossing)) == [("spans-cross", f"{ADDRESS}1&region=y")]


def test_a_page_that_cannot_be_read_hides_no_problem_of_another() -> None:
    undated = region("n", "date", "دمشق", edtf="some day")
    wrong = region("m", "count", "حلب", low="1", modality="exactly")
    assert said("numbers", task(1, wrong), task(2, undated)) == [
        ("value-wrong", f"{ADDRESS}1&region=m"),
        ("gold-date", f"{ADDRESS}2&region=n"),
    ]


@pytest.mark.parametrize(
    ("kind", "tasks"),
    [
        ("entities", [task(1, PERSON, region("b", "GPE", "بوتين", 1, entity_id="putin"), CITY)]),
        ("numbers", [task(1, region("b", "date", "بوتين", low="3", edtf="2024"), region("c", "date", "حلب", edtf="2024"))]),
        ("entities", [task(1, region("b", "GPE", "حلب", entity_id="aleppo"), CITY, given=(region("b", "PERS", "حلب"),))]),
    ],
    ids=["the same words elsewhere", "a field of another label", "what the task began with"],
)  # fmt: skip
def test_a_suspected_slip(kind: str, tasks: list[Task]) -> None:
    assert ("label-suspect", f"{ADDRESS}1&region=b") in said(kind, *tasks)


def test_no_suspicion_where_the_next_region_has_another_label() -> None:
    second = region("b", "GPE", "بوتين", 1, entity_id="putin")
    assert said("entities", task(1, PERSON, second, region("c", "LOC", "دمشق", entity_id="damascus"))) == []
