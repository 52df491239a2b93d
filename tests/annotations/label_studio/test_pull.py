"""The steps of a pass together are the pass; a claim stands in two pages, and what changes in either changes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from khabar.annotations.label_studio.configuration import STORIES, kinds_of
from khabar.annotations.label_studio.projects import Answer, Task
from khabar.annotations.label_studio.pull import merged, read_pass, shrinks
from khabar.annotations.label_studio.tasks import unplaced
from khabar.annotations.rounds import Articles, read_articles
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.page import Page, to_results
from khabar.formats.label_studio.story_page import story_page, story_text
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, Registered, Row

ROOT = Path(__file__).parents[3]
GOLD = [located.row for located in read_rows(ROOT / "annotations" / "gold" / "kursk.jsonl", Incidents())]

CLAIM = Claim(
    id="c1", doc_id="d", issue_id="when", position="A", start=0, end=4, text="قالت", source="putin", stance="asserted", value="1"
)  # fmt: skip
SHORT = replace(CLAIM, end=3, text="قال")
OTHER = replace(CLAIM, value="2")


def outcome(here: list[Claim], was: list[Claim], there: list[Claim]) -> tuple[list[Claim], list[str]]:
    problems: list[str] = []
    found = merged(map(unplaced, here), map(unplaced, was), there, lambda message, **_: problems.append(message))
    return found, problems


def test_nobody_changed_it() -> None:
    assert outcome([CLAIM], [CLAIM], [CLAIM]) == ([CLAIM], [])


def test_changed_in_one_page() -> None:
    assert outcome([SHORT], [CLAIM], [CLAIM]) == ([SHORT], [])
    assert outcome([CLAIM], [CLAIM], [SHORT]) == ([SHORT], [])
    moved = replace(CLAIM, issue_id="where", position="B")
    assert outcome([SHORT], [CLAIM], [moved]) == ([replace(SHORT, issue_id="where", position="B")], [])


def test_changed_in_both() -> None:
    assert outcome([SHORT], [CLAIM], [SHORT]) == ([SHORT], []), "alike"
    claims, [problem] = outcome([SHORT], [CLAIM], [OTHER])
    assert (claims, "differently" in problem) == ([], True)


def test_removed_and_added() -> None:
    assert outcome([], [CLAIM], [CLAIM]) == ([], [])
    assert outcome([CLAIM], [CLAIM], []) == ([], [])
    assert outcome([], [], [CLAIM]) == ([CLAIM], [])
    claims, [problem] = outcome([CLAIM], [], [])
    assert (claims, "not in the story's" in problem) == ([], True)


@pytest.fixture(scope="module")
def articles(own_sources: tuple[Path, Path]) -> Articles:
    return read_articles(own_sources[0])


def submitted(kind: str, articles: Articles) -> list[Task]:
    """The tasks of a kind as somebody submitted gold in them."""
    if kind == STORIES:
        claims, issues, registry = (
            [row for row in GOLD if isinstance(row, of)] for of in (Claim, Conflict, Registered)
        )
        given = {"claims": [msgspec.to_builtins(unplaced(claim)) for claim in claims], "registry": registry}
        data = {"key": "kursk", "text": story_text(articles.texts)[0], **msgspec.to_builtins(given)}
        return [task(1, data, story_page(claims, issues, registry, articles.texts))]
    return [
        task(number, {"key": doc_id, "text": text}, document_page(of_document(doc_id), text).only(seen(kind)))
        for number, (doc_id, text) in enumerate(articles.texts.items())
    ]


def task(number: int, data: dict[str, object], page: Page) -> Task:
    return Task(number, data, f"http://127.0.0.1/{number}", (Answer(number, tuple(to_results(page)), "amal"),))


def of_document(doc_id: str) -> list[Row]:
    return [row for row in GOLD if getattr(row, "doc_id", None) == doc_id]


def seen(step: str) -> set[str]:
    return {*STEPS[step], *ZONE_LABELS}


def test_the_steps_together_are_the_pass(articles: Articles) -> None:
    incidents = Incidents()
    tasks = {kind: submitted(kind, articles) for kind in kinds_of()}
    assert read_pass(tasks, articles, (), incidents) == GOLD
    assert not incidents


@pytest.mark.parametrize("step", STEPS)
def test_layers_that_were_not_pushed_stay(articles: Articles, step: str) -> None:
    kinds = ("claims", STORIES) if step == "claims" else (step,)
    incidents = Incidents()
    tasks = {kind: submitted(kind, articles) for kind in kinds}
    assert read_pass(tasks, articles, GOLD, incidents) == GOLD
    assert not incidents
    assert not shrinks(Path("pass.jsonl"), GOLD, tasks)


def test_what_was_pushed_and_is_not_submitted_would_be_lost(articles: Articles) -> None:
    tasks = {"numbers": [unsubmitted(task) for task in submitted("numbers", articles)]}
    told = [incident.message for incident in shrinks(Path("pass.jsonl"), GOLD, tasks)]
    assert told == ["its numbers are not submitted on the server"] * len(articles.texts)


def unsubmitted(task: Task) -> Task:
    return Task(task.id, task.data, task.address)
