"""The steps of a pass together are the pass: claims marked in articles, and placed by the questions of their story."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from khabar.annotations.label_studio.configuration import QUESTIONS, kinds_of
from khabar.annotations.label_studio.projects import Answer, Task
from khabar.annotations.label_studio.pull import read_pass, shrinks
from khabar.annotations.rounds import Articles, read_articles
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.page import Page, to_results
from khabar.formats.label_studio.question_page import question_page
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, Registered, Row

ROOT = Path(__file__).parents[3]
GOLD = [located.row for located in read_rows(ROOT / "annotations" / "gold" / "kursk.jsonl", Incidents())]


@pytest.fixture(scope="module")
def articles(own_sources: tuple[Path, Path]) -> Articles:
    return read_articles(own_sources[0])


def submitted(kind: str, articles: Articles) -> list[Task]:
    """The tasks of a kind as somebody submitted gold in them."""
    if kind == QUESTIONS:
        claims, issues, registry = (
            [row for row in GOLD if isinstance(row, of)] for of in (Claim, Conflict, Registered)
        )
        asked = [
            task(number, {"key": issue.issue_id, "story": "kursk"}, question_page(issue, claims))
            for number, issue in enumerate(issues)
        ]
        data = {"key": "kursk-another-1", "story": "kursk", "registry": msgspec.to_builtins(registry)}
        return [*asked, task(len(asked), data, question_page(None, (), registry))]
    return [
        task(
            number,
            {"key": doc_id, "text": text, "story": "kursk"},
            document_page(of_document(doc_id), text).only(seen(kind)),
        )
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
    kinds = ("claims", QUESTIONS) if step == "claims" else (step,)
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


def without(tasks: list[Task], key: str) -> list[Task]:
    """Tasks of which one is not submitted."""
    return [unsubmitted(task) if task.key == key else task for task in tasks]


def test_a_question_that_is_not_submitted_gives_no_issue_and_no_claim(articles: Articles) -> None:
    issue = next(row for row in GOLD if isinstance(row, Conflict))
    tasks = {
        "claims": submitted("claims", articles),
        QUESTIONS: without(submitted(QUESTIONS, articles), issue.issue_id),
    }
    incidents = Incidents()
    rows = read_pass(tasks, articles, GOLD, incidents)
    assert not incidents, "nor is any claim missed before all questions are submitted"
    gone = [row for row in GOLD if row not in rows]
    assert issue in gone
    assert all(getattr(row, "issue_id", None) == issue.issue_id for row in gone)
    [incident] = shrinks(Path("pass.jsonl"), GOLD, tasks)
    assert incident.message == f"question {issue.issue_id} is not submitted on the server"


def test_questions_wait_for_the_claims_of_all_articles(articles: Articles) -> None:
    tasks = {kind: submitted(kind, articles) for kind in ("claims", QUESTIONS)}
    doc_id = tasks["claims"][0].key
    incidents = Incidents()
    rows = read_pass({**tasks, "claims": without(tasks["claims"], doc_id)}, articles, (), incidents)
    assert not incidents
    assert not [row for row in rows if isinstance(row, (Claim, Conflict))]
