"""Pulling a pass: what its annotators submitted, as the rows of its file; all of it sound, or every problem listed.

Claims stand in two pages, their document's and the story's: one claim comes of both, or a problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

from khabar.annotations.label_studio.configuration import STORIES, edited, kinds_of, read_configuration
from khabar.annotations.label_studio.projects import Server, Task, repeated
from khabar.annotations.label_studio.registry import registered
from khabar.annotations.label_studio.tasks import read_document, read_story, unplaced
from khabar.annotations.rounds import Articles, PassName, in_file_order, story_of
from khabar.formats.label_studio.document_page import STEPS
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.row_checks import check
from khabar.reading.rows import Located
from khabar.records import Claim, Conflict, Entity, Registered, Row

STEP_OF = {"zones": "claims", "entities": "entities", "numbers": "numbers", "quotes": "quotes", "claims": "claims"}
"""Layer of a row → the step in which it is annotated. Issues are annotated with their story."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """The rows of a pass's finished documents and stories, all its tasks by kind, and what is to be warned of."""

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
    for kind in kinds_of():
        project = server.find(which.title(kind))
        if project is not None:
            incidents.extend(edited(project.label_config, project.address, read_configuration(kind)))
            tasks[kind] = server.tasks(project)
    if not tasks:
        fix = f"push it first: khabar annotate push {which.round} {which.name}"
        message = f"the server has no project of the pass {which.round}/{which.name}"
        raise InputError([Incident("project-wrong", message, fix=fix)])
    return tasks


def read_pass(
    tasks: Mapping[str, Sequence[Task]], articles: Articles, before: Sequence[Row], incidents: Incidents
) -> list[Row]:
    """Read the rows of a pass from its tasks by kind, in the order of its file.

    A document without a submitted annotation in a step gives no rows of it. The claims of a story need its own page
    submitted. Rows of layers that no task is of are those of `before`. Rows are checked but those of an article or
    story with a page that cannot be read.
    """
    for of_kind in tasks.values():
        incidents.extend(repeated(of_kind))
    submitted = {kind: {task.key: task for task in tasks[kind] if _has_one(task, incidents)} for kind in tasks}
    rows = [row for row in before if _kind(row) not in tasks and not isinstance(row, Registered)]
    for step in (step for step in STEPS if step in tasks):
        for doc_id, task in submitted[step].items():
            text = articles.texts.get(doc_id)
            if text is None:
                incidents.report("document-unknown", f"no document {doc_id!r} in the seeds", file=task.address)
            else:
                entities = [row for row in rows if isinstance(row, Entity) and row.doc_id == doc_id]
                rows += read_document(task, step, text, incidents, entities)
    if STORIES in tasks:
        unplaced_claims = [row for row in rows if isinstance(row, Claim)]
        rows = [row for row in rows if not isinstance(row, Claim)]
        for task in tasks[STORIES]:
            if not articles.of(task.key):
                incidents.report("story-unknown", f"no story {task.key!r} in the seeds", file=task.address)
                continue
            claims = [claim for claim in unplaced_claims if articles.stories[claim.doc_id] == task.key]
            done = task.key in submitted[STORIES]
            rows += _of_story(task, done, claims, submitted.get("claims", {}), rows, articles, incidents)
    else:
        rows = [row for row in rows if not isinstance(row, Claim) or row.issue_id]
        known = [row for row in before if isinstance(row, Registered)]
        for story in sorted(set(articles.stories.values())):
            mine = [row for row in rows if story_of(row, articles.stories) == story]
            if mine:
                rows += registered(mine, story, [row for row in known if row.story == story], None)
    rows = in_file_order(rows)
    addresses = {(kind, task.key): task.address for kind, of_kind in tasks.items() for task in of_kind}
    incidents.extend(_checked(_readable(rows, tasks, articles, incidents), addresses, articles))
    return rows


def _kind(row: Row) -> str:
    """The kind of project a row is annotated in. Claims are marked in the documents' and placed in the stories'."""
    return STEP_OF.get(row.layer, STORIES)


def _of_story(
    task: Task,
    done: bool,
    marked: Sequence[Claim],
    submitted: Container[str],
    rows: Sequence[Row],
    articles: Articles,
    incidents: Incidents,
) -> list[Row]:
    """The claims and issues of a story, once it is done, and the registry that its rows need."""
    texts = articles.of(task.key)
    mine = [row for row in rows if getattr(row, "doc_id", None) in texts]
    story = read_story(task, task.annotations[0] if done else None, texts, incidents)
    if not done:
        return [*registered(mine, task.key, story.registry, None)] if mine else []
    # A document that is not submitted says of its claims what was given.
    own = [*marked, *(claim for claim in story.given if claim.doc_id not in submitted)]
    problem = partial(incidents.report, "claim-unplaced", file=task.address)
    claims = merged(own, story.given, story.claims, problem)
    return [*claims, *story.issues, *registered([*mine, *claims], task.key, story.registry, story.speaks_for)]


def _has_one(task: Task, incidents: Incidents) -> bool:
    if len(task.annotations) > 1:
        by = ", ".join(answer.by for answer in task.annotations)
        message = f"{task.key} has {len(task.annotations)} annotations, where a pass has one: {by}"
        incidents.report("task-wrong", message, file=task.address, fix="delete all but one")
    return len(task.annotations) == 1


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


def _readable(
    rows: Sequence[Row], tasks: Mapping[str, Sequence[Task]], articles: Articles, incidents: Incidents
) -> list[Row]:
    """The rows without those of articles and stories with a page that could not be read: they are not all there."""
    wrong = {incident.file for incident in incidents.errors}
    unread = {task.key for of_kind in tasks.values() for task in of_kind if task.address in wrong}
    stories = {articles.stories.get(key, key) for key in unread}

    def is_whole(row: Row) -> bool:
        doc_id = getattr(row, "doc_id", None)
        story = articles.stories.get(str(doc_id), getattr(row, "story", None))
        return story not in stories if isinstance(row, (Claim, Conflict)) else doc_id not in unread

    return [row for row in rows if is_whole(row)]


def _checked(rows: Sequence[Row], addresses: Mapping[tuple[str, str], str], articles: Articles) -> list[Incident]:
    """Check rows as those of any pass; each problem is placed in the page where it can be mended."""

    def address(row: Row) -> str:
        owner = getattr(row, "story", None) or getattr(row, "doc_id", None)
        return addresses.get((_kind(row), str(owner)), "")

    located = [Located(row, address(row), number) for number, row in enumerate(rows, start=1)]
    return [replace(incident, line=None) for incident in check(located, articles.texts, articles.stories)]


def shrinks(path: Path, before: Sequence[Row], tasks: Mapping[str, Sequence[Task]]) -> list[Incident]:
    """What the file of the pass holds that was pushed and is not submitted: writing would lose it."""
    submitted = {(kind, task.key) for kind, of_kind in tasks.items() for task in of_kind if task.annotations}
    unsubmitted: dict[str, set[str]] = defaultdict(set)
    stories: set[str] = set()
    for row in before:
        if isinstance(row, Conflict):
            stories |= {row.story} if STORIES in tasks and (STORIES, row.story) not in submitted else set()
        elif not isinstance(row, (Claim, Registered)):
            doc_id, kind = str(getattr(row, "doc_id", "")), _kind(row)
            unsubmitted[doc_id] |= {row.layer} if kind in tasks and (kind, doc_id) not in submitted else set()
    incidents = Incidents()
    for doc_id, layers in sorted((doc_id, layers) for doc_id, layers in unsubmitted.items() if layers):
        message = f"its {', '.join(sorted(layers))} are not submitted on the server"
        incidents.report("pass-shrinks", message, file=path, doc_id=doc_id)
    for story in sorted(stories):
        incidents.report("pass-shrinks", f"story {story} is not submitted on the server", file=path)
    return list(incidents)
