"""Pulling a pass: what its annotators submitted, as the rows of its file; all of it sound, or every problem listed.

Claims stand in two pages, their document's and the story's: one claim comes of both, or a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

from khabar.annotations.label_studio.configuration import DOCUMENTS, STORIES, Configuration, edited
from khabar.annotations.label_studio.projects import Project, Server, Task, repeated
from khabar.annotations.label_studio.registry import registered
from khabar.annotations.label_studio.tasks import DocumentRead, StoryRead, read_document, read_story, unplaced
from khabar.annotations.rounds import Articles, PassName, in_file_order
from khabar.reading.incidents import Incident, Incidents, InputError
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


def pull(server: Server, which: PassName, articles: Articles, configurations: Mapping[str, Configuration]) -> Pulled:
    """Read a pass from the server.

    Raises InputError with every problem: no such pass, a configuration or a text that was changed, an offset that is
    not where the surface is, an attribute no row can hold, rows that do not fit each other.
    """
    incidents = Incidents()
    tasks: list[list[Task]] = []
    for kind in (DOCUMENTS, STORIES):
        project = _project(server, which, kind)
        incidents.extend(edited(project.label_config, project.address, configurations[kind]))
        tasks.append(server.tasks(project))
    documents, stories = tasks
    rows = read_pass(documents, stories, articles, incidents)
    incidents.refuse()
    return Pulled(rows, documents, stories, list(incidents))


def _project(server: Server, which: PassName, kind: str) -> Project:
    project = server.find(which.title(kind))
    if project is None:
        fix = f"push it first: khabar annotate push {which.round} {which.name}"
        message = f"the server has no project {which.title(kind)!r}"
        raise InputError([Incident("project-wrong", message, fix=fix)])
    return project


def read_pass(
    documents: Sequence[Task], stories: Sequence[Task], articles: Articles, incidents: Incidents
) -> list[Row]:
    """Read the rows of a pass from its tasks, in the order of its file.

    A document without a submitted annotation gives no rows. The claims of a story need its own page submitted.
    """
    incidents.extend(repeated([*documents, *stories]))
    read: dict[str, DocumentRead] = {}
    rows: list[Row] = []
    for task in documents:
        text = articles.texts.get(task.key)
        if text is None:
            incidents.report("document-unknown", f"no document {task.key!r} in the seeds", file=task.address)
        elif _has_one(task, incidents):
            read[task.key] = read_document(task, task.annotations[0], text, incidents)
            rows += read[task.key].rows
    for task in stories:
        texts = articles.of(task.key)
        if not texts:
            incidents.report("story-unknown", f"no story {task.key!r} in the seeds", file=task.address)
            continue
        done = _has_one(task, incidents)
        story = read_story(task, task.annotations[0] if done else None, texts, incidents)
        mine = [row for row in rows if getattr(row, "doc_id", None) in texts]
        if done:
            claims = _claims(story, {doc_id: read[doc_id] for doc_id in texts if doc_id in read}, task, incidents)
            rows += [*claims, *story.issues]
            rows += registered([*mine, *claims], task.key, story.registry, story.speaks_for)
        elif mine:
            rows += registered(mine, task.key, story.registry, None)
    rows = in_file_order(rows)
    if not incidents.errors:
        incidents.extend(_checked(rows, {task.key: task.address for task in (*documents, *stories)}, articles))
    return rows


def _has_one(task: Task, incidents: Incidents) -> bool:
    if len(task.annotations) > 1:
        by = ", ".join(answer.by for answer in task.annotations)
        message = f"{task.key} has {len(task.annotations)} annotations, where a pass has one: {by}"
        incidents.report("task-wrong", message, file=task.address, fix="delete all but one")
    return len(task.annotations) == 1


def _claims(story: StoryRead, read: Mapping[str, DocumentRead], task: Task, incidents: Incidents) -> list[Claim]:
    """The claims of a finished story. A document that is not submitted says of its claims what was given."""
    own = [claim for document in read.values() for claim in document.claims]
    own += [claim for claim in story.given if claim.doc_id not in read]
    return merged(own, story.given, story.claims, partial(incidents.report, "claim-unplaced", file=task.address))


def merged(
    documents: Iterable[Claim], given: Iterable[Claim], story: Iterable[Claim], problem: Callable[..., None]
) -> list[Claim]:
    """Merge the claims of the documents' pages and of the story's, both of which began as `given`.

    What differs from that is what somebody has changed since, in one page or the other. Both changing the same claim
    differently is a conflict that people must settle: it goes to `problem`, as does a claim the story's page lacks.
    """
    mine = {claim.id: unplaced(claim) for claim in documents}
    base = {claim.id: unplaced(claim) for claim in given}
    placed = {claim.id: claim for claim in story}
    claims: list[Claim] = []
    for key in sorted({*mine, *base, *placed}):
        theirs = placed.get(key)
        here, there, was = mine.get(key), None if theirs is None else unplaced(theirs), base.get(key)
        known = here or there or was
        assert known is not None
        report = partial(problem, doc_id=known.doc_id, offset=known.start)
        if here not in (was, there) and there != was:
            report(f"claim {key!r} was changed in its document's page and in the story's, differently")
            continue
        now = there if here == was else here
        if now is None:
            continue
        if theirs is None:
            report(f"claim {key!r} is in its document's page and not in the story's")
            continue
        claims.append(msgspec.structs.replace(now, issue_id=theirs.issue_id, position=theirs.position))
    return claims


def _checked(rows: Sequence[Row], addresses: Mapping[str, str], articles: Articles) -> list[Incident]:
    """Check rows as those of any pass; each problem is placed in the page where it can be mended."""

    def address(row: Row) -> str:
        keys = [str(getattr(row, name, "")) for name in ("doc_id", "story")]
        return next((addresses[key] for key in keys if key in addresses), "")

    located = [Located(row, address(row), number) for number, row in enumerate(rows, start=1)]
    return [replace(incident, line=None) for incident in check(located, articles.texts, articles.stories)]


def shrinks(path: Path, rows: Sequence[Row]) -> list[Incident]:
    """What the file of the pass holds of documents and stories that `rows` say nothing of: writing would lose it."""
    if not path.exists():
        return []
    incidents = Incidents()
    before = [located.row for located in read_rows(path, incidents)]
    if incidents.errors:
        return list(incidents)
    documents = {row.doc_id for row in before if isinstance(row, Zones)}
    for doc_id in sorted(documents - {row.doc_id for row in rows if isinstance(row, Zones)}):
        incidents.report("pass-shrinks", "it is not submitted on the server", file=path, doc_id=doc_id)
    stories = {row.story for row in before if isinstance(row, Conflict)}
    for story in sorted(stories - {row.story for row in rows if isinstance(row, Conflict)}):
        incidents.report("pass-shrinks", f"story {story} is not submitted on the server", file=path)
    return list(incidents)
