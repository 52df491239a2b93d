"""Pulling a pass: what its annotators submitted, as the rows of its file; all of it sound, or every problem listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from khabar.annotations.label_studio.configuration import Configuration
from khabar.annotations.label_studio.merging import merged
from khabar.annotations.label_studio.projects import Project, Reading, Server, Task
from khabar.annotations.label_studio.reading import DocumentRead, StoryRead, read_document, read_story
from khabar.annotations.label_studio.registry import registered
from khabar.annotations.label_studio.rounds import DOCUMENTS, STORIES, Articles, Pass, in_order
from khabar.annotations.label_studio.sanity import edited, repeated
from khabar.reading.incidents import Incident, InputError, errors
from khabar.reading.row_checks import check
from khabar.reading.rows import Located, read_rows
from khabar.records import Claim, Conflict, Row, Zones


@dataclass(frozen=True, slots=True)
class Pulled:
    """The rows of a pass's finished documents and stories, all its tasks, and what is to be warned of."""

    rows: list[Row]
    documents: list[Task]
    stories: list[Task]
    warnings: list[Incident]


def pull(server: Server, which: Pass, articles: Articles, configurations: Mapping[str, Configuration]) -> Pulled:
    """Read a pass from the server.

    Raises InputError with every problem: no such pass, a configuration or a text that was changed, an offset that is
    not where the surface is, an attribute no row can hold, rows that do not fit each other.
    """
    projects: dict[str, Project] = {}
    for kind in (DOCUMENTS, STORIES):
        project = server.find(which.title(kind))
        if project is None:
            fix = f"push it first: khabar annotate push {which.round} {which.name}"
            message = f"the server has no project {which.title(kind)!r}"
            raise InputError([Incident("project-wrong", message, fix=fix)])
        projects[kind] = project
    tasks = {kind: server.tasks(project) for kind, project in projects.items()}
    incidents = [problem for kind, project in projects.items() for problem in edited(project, configurations[kind])]
    rows = read_pass(tasks[DOCUMENTS], tasks[STORIES], articles, incidents)
    if errors(incidents):
        raise InputError(incidents)
    return Pulled(rows, tasks[DOCUMENTS], tasks[STORIES], incidents)


def read_pass(
    documents: Sequence[Task], stories: Sequence[Task], articles: Articles, incidents: list[Incident]
) -> list[Row]:
    """Read the rows of a pass from its tasks, in the order of its file; problems are added to `incidents`.

    A document without a submitted annotation gives no rows. The claims of a story need its own page submitted.
    """
    incidents += repeated([*documents, *stories])
    read: dict[str, DocumentRead] = {}
    rows: list[Row] = []
    for task in documents:
        text = articles.texts.get(task.key)
        if text is None:
            incidents.append(Incident("document-unknown", f"no document {task.key!r} in the seeds", task.address))
        elif _has_one(task, incidents):
            read[task.key] = read_document(task, task.annotations[0], text)
            incidents += read[task.key].incidents
            rows += read[task.key].rows
    for task in stories:
        texts = articles.of(task.key)
        if not texts:
            incidents.append(Incident("story-unknown", f"no story {task.key!r} in the seeds", task.address))
            continue
        done = _has_one(task, incidents)
        story = read_story(task, task.annotations[0], texts) if done else read_story(task, Reading(0, (), ""), texts)
        incidents += story.incidents
        mine = [row for row in rows if getattr(row, "doc_id", None) in texts]
        claims = _claims(story, texts, read, task, incidents) if done else []
        speaks_for = story.speaks_for if done else None
        rows += [*claims, *(story.issues if done else ())]
        if mine or done:
            rows += registered([*mine, *claims], task.key, story.registry, speaks_for)
    rows = in_order(rows)
    if not errors(incidents):
        incidents += _checked(rows, {task.key: task.address for task in (*documents, *stories)}, articles)
    return rows


def _has_one(task: Task, incidents: list[Incident]) -> bool:
    if len(task.annotations) > 1:
        by = ", ".join(reading.by for reading in task.annotations)
        message = f"{task.key} has {len(task.annotations)} annotations, where a pass has one: {by}"
        incidents.append(Incident("task-wrong", message, task.address, fix="delete all but one"))
    return len(task.annotations) == 1


def _claims(
    story: StoryRead,
    texts: Mapping[str, str],
    read: Mapping[str, DocumentRead],
    task: Task,
    incidents: list[Incident],
) -> list[Claim]:
    """The claims of a finished story. A document that is not submitted says of its claims what was given."""
    own = [claim for doc_id in texts if doc_id in read for claim in read[doc_id].claims]
    own += [claim for claim in story.given if claim.doc_id not in read]

    def problem(message: str, claim: Claim) -> None:
        place = {"doc_id": claim.doc_id, "offset": claim.start}
        incidents.append(Incident("claim-unplaced", message, task.address, **place))  # type: ignore[arg-type]

    return merged(own, story.given, story.claims, problem)


def _checked(rows: Sequence[Row], addresses: Mapping[str, str], articles: Articles) -> list[Incident]:
    """Check rows as those of any pass; each problem is placed in the page where it can be mended."""

    def address(row: Row) -> str:
        keys = [str(getattr(row, name, "")) for name in ("doc_id", "story")]
        return next((addresses[key] for key in keys if key in addresses), "")

    located = [Located(row, address(row), at) for at, row in enumerate(rows, start=1)]
    return [replace(incident, line=None) for incident in check(located, articles.texts, articles.stories)]


def shrinks(path: Path, rows: Sequence[Row]) -> list[Incident]:
    """What the file of the pass holds of documents and stories that `rows` say nothing of: writing would lose it."""
    if not path.exists():
        return []
    incidents: list[Incident] = []
    before = [located.row for located in read_rows(path, incidents)]
    if errors(incidents):
        return incidents
    documents = {row.doc_id for row in before if isinstance(row, Zones)}
    issues = {row.story for row in before if isinstance(row, Conflict)}
    lost = sorted(documents - {row.doc_id for row in rows if isinstance(row, Zones)})
    incidents = [Incident("pass-shrinks", "it is not submitted on the server", str(path), doc_id=key) for key in lost]
    unasked = sorted(issues - {row.story for row in rows if isinstance(row, Conflict)})
    message = "story {} is not submitted on the server"
    return incidents + [Incident("pass-shrinks", message.format(key), str(path)) for key in unasked]
