"""Pulling a pass: what its annotators submitted, as the rows of its file; all of it sound, or every problem listed.

A claim stands in its article's page, which says all of it but the question it answers and how; that is in the page of
the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from khabar.annotations.label_studio.configuration import QUESTIONS, edited, kinds_of, read_configuration
from khabar.annotations.label_studio.projects import Server, Task, Tasks, each_task, repeated, submitted
from khabar.annotations.label_studio.tasks import (
    read_document,
    read_questions,
    read_speakers,
    registered,
    registry_of,
    submitted_pages,
)
from khabar.annotations.rounds import Articles, PassName, in_file_order
from khabar.formats.label_studio.document_page import STEPS
from khabar.formats.label_studio.page import Page
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.rows import Located, check
from khabar.records import Claim, Conflict, Entity, Registered, Row, groups_of, only

STEP_OF = {"zones": "claims", "entities": "entities", "numbers": "numbers", "quotes": "quotes", "claims": "claims"}
"""Layer of a row → the step in which it is annotated. Issues are annotated question by question."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """The rows of a pass's finished documents and questions, all its tasks by kind, and what is to be warned of."""

    rows: list[Row]
    tasks: dict[str, list[Task]]
    warnings: list[Incident]


def pull(server: Server, which: PassName, articles: Articles, before: Sequence[Row] = ()) -> Pulled:
    """Read a pass from the server. `before` are the rows of its file: layers that were not pushed stay as they are.

    Raises InputError with every problem: no such pass, a configuration or a text that was changed, an offset that is
    not where the surface is, an attribute no row can hold, rows that do not fit each other.
    """
    incidents = Incidents()
    tasks = fetch(server, which, incidents)
    rows = read_pass(tasks, articles, before, incidents)
    incidents.refuse()
    return Pulled(rows, tasks, list(incidents))


def fetch(server: Server, which: PassName, incidents: Incidents) -> dict[str, list[Task]]:
    """Fetch all tasks of a pass, by kind. What was changed in a project's configuration goes to `incidents`.

    Raises InputError if the server has no project of the pass.
    """
    tasks: dict[str, list[Task]] = {}
    projects = server.projects(which.title(""))
    for kind in kinds_of():
        project = projects.get(which.title(kind))
        if project is not None:
            incidents.extend(edited(project.label_config, project.address, read_configuration(kind)))
            tasks[kind] = server.tasks(project)
    if not tasks:
        fix = f"push it first: khabar annotate push {which.round} {which.name}"
        message = f"the server has no project of the pass {which.round}/{which.name}"
        raise InputError.of("project-wrong", message, fix=fix)
    return tasks


def read_pass(tasks: Tasks, articles: Articles, before: Sequence[Row], incidents: Incidents) -> list[Row]:
    """Read the rows of a pass from its tasks by kind, in the order of its file.

    A document without a submitted annotation in a step gives no rows of it. A question that is submitted gives an
    issue and its claims once the claims of all articles of its story are submitted. Rows of layers that no task is of
    are those of `before`. Rows are checked but those of an article with a page that cannot be read, and the issues of
    its story.
    """
    for of_kind in tasks.values():
        incidents.extend(repeated(of_kind))
    done = {kind: {task.key: task for task in tasks[kind] if _has_one(task, incidents)} for kind in tasks}
    rows = [row for row in before if _kind(row) not in tasks and not isinstance(row, Registered)]
    for step in (step for step in STEPS if step in tasks):
        for doc_id, task in done[step].items():
            text = articles.texts.get(doc_id)
            if text is None:
                incidents.report("document-unknown", f"no document {doc_id!r} in the seeds", file=task.address)
            else:
                entities = [row for row in rows if isinstance(row, Entity) and row.doc_id == doc_id]
                rows += read_document(task, step, text, incidents, entities)
    claims = [row for row in rows if isinstance(row, Claim)]
    rows = [row for row in rows if not isinstance(row, Claim)]
    if QUESTIONS not in tasks:
        rows += [claim for claim in claims if claim.issue_id]
    for story in sorted(set(articles.stories.values())):
        questions = [task for task in tasks.get(QUESTIONS, ()) if task.story == story]
        is_marked = set(articles.of(story)) <= {*done.get("claims", {})}
        pages = submitted_pages(questions, incidents if is_marked else Incidents())
        if is_marked:
            of_story = [claim for claim in claims if claim.doc_id in articles.of(story)]
            rows += _of_questions(questions, pages, of_story, incidents)
        mine = [row for row in rows if row.story_key(articles.stories) == story]
        registry = registry_of(questions, incidents)
        if registry is None:
            registry = [row for row in before if isinstance(row, Registered) and row.story == story]
        told = any("registry" in task.data for task, _ in pages)
        if mine:
            rows += registered(mine, story, registry, read_speakers(pages, incidents) if told else None)
    for task in tasks.get(QUESTIONS, ()):
        if not articles.of(task.story):
            incidents.report("story-unknown", f"no story {task.story!r} in the seeds", file=task.address)
    rows = in_file_order(rows)
    addresses = {(kind, owner): task.address for kind, task in each_task(tasks) for owner in (task.story, task.key)}
    incidents.extend(_checked(_readable(rows, tasks, articles, incidents), addresses, articles))
    return rows


def _kind(row: Row) -> str:
    """The kind of project a row is annotated in."""
    return STEP_OF.get(row.layer, QUESTIONS)


def _owner(row: Row) -> str:
    """What a task is of that has the row: its article, its issue, or, of a row of the registry, the story."""
    return str(row.article or getattr(row, "issue_id", None) or getattr(row, "story", ""))


def _of_questions(
    questions: Sequence[Task], submitted: Sequence[tuple[Task, Page]], claims: Sequence[Claim], incidents: Incidents
) -> list[Row]:
    """The issues of a story and their claims. Warns of claims that no question has placed, once all are submitted."""
    placed, issues = read_questions(submitted, {claim.id: claim for claim in claims}, incidents)
    if questions and len(submitted) == len(questions):
        in_piles = {key for _, page in submitted for key in page.placed}
        for claim in (claim for claim in claims if claim.id not in in_piles):
            message, place = f"claim {claim.text!r:.60} is in no pile of any question", questions[-1].address
            incidents.report("claim-unplaced", message, file=place, doc_id=claim.doc_id, offset=claim.start)
    return [*placed, *issues]


def _has_one(task: Task, incidents: Incidents) -> bool:
    if len(task.annotations) > 1:
        by = ", ".join(answer.by for answer in task.annotations)
        message = f"{task.key} has {len(task.annotations)} annotations, where a pass has one: {by}"
        incidents.report("task-wrong", message, file=task.address, fix="delete all but one")
    return len(task.annotations) == 1


def _readable(rows: Sequence[Row], tasks: Tasks, articles: Articles, incidents: Incidents) -> list[Row]:
    """The rows without those of articles with a page that could not be read, and the issues of their stories: they are
    not all there."""
    wrong = {incident.file for incident in incidents.errors}
    unread = {task.key for _, task in each_task(tasks) if task.address in wrong}
    stories = {articles.stories[key] for key in unread if key in articles.stories}

    def is_whole(row: Row) -> bool:
        doc_id = row.article
        story = articles.stories.get(str(doc_id), getattr(row, "story", None))
        return story not in stories if isinstance(row, (Claim, Conflict)) else doc_id not in unread

    return [row for row in rows if is_whole(row)]


def _checked(rows: Sequence[Row], addresses: Mapping[tuple[str, str], str], articles: Articles) -> list[Incident]:
    """Check rows as those of any pass; each problem is placed in the page where it can be mended."""

    located = [
        Located(row, addresses.get((_kind(row), _owner(row)), ""), number) for number, row in enumerate(rows, start=1)
    ]
    return [replace(incident, line=None) for incident in check(located, articles.texts, articles.stories)]


def shrinks(path: Path, before: Sequence[Row], tasks: Tasks) -> list[Incident]:
    """What the file of the pass holds that was pushed and is not submitted: writing would lose it."""
    done = submitted(tasks)
    unsubmitted = [
        row
        for row in before
        if not isinstance(row, Registered) and (kind := _kind(row)) in tasks and (kind, _owner(row)) not in done
    ]
    incidents = Incidents()
    layers = groups_of((row.article, row.layer) for row in unsubmitted if row.article is not None)
    for doc_id in sorted(layers):
        message = f"its {', '.join(sorted({*layers[doc_id]}))} are not submitted on the server"
        incidents.report("pass-shrinks", message, file=path, doc_id=doc_id)
    for issue in only(unsubmitted, Conflict):
        incidents.report("pass-shrinks", f"question {issue.issue_id} is not submitted on the server", file=path)
    return list(incidents)
