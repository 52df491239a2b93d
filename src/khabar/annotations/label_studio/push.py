"""Pushing a pass: its projects, a task a document and a story, and what annotators begin with.

Each step looks first whether it is done, so a push that was stopped is taken up by the next one. What annotators
submitted or began is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from khabar.annotations.label_studio.configuration import Configuration
from khabar.annotations.label_studio.documents import document_page
from khabar.annotations.label_studio.merging import unplaced
from khabar.annotations.label_studio.projects import Project, Reading, Server, Task
from khabar.annotations.label_studio.reading import read_document, read_story
from khabar.annotations.label_studio.results import Result, to_results
from khabar.annotations.label_studio.rounds import DOCUMENTS, STORIES, Articles, Pass
from khabar.annotations.label_studio.sanity import edited, repeated
from khabar.annotations.label_studio.stories import story_page, story_text
from khabar.progress import Progress, quiet, steps
from khabar.reading.incidents import Incident, InputError
from khabar.records import Claim, Conflict, Registered, Row

CLAIMS = "claims of the documents"
"""Source of the predictions that show in a story's page what its documents' pages hold."""


@dataclass(frozen=True, slots=True)
class Start:
    """What annotators begin with: rows, the source they are of, and whether they are a finished pass."""

    rows: tuple[Row, ...] = ()
    source: str = ""
    finished: bool = False


def push(
    server: Server,
    which: Pass,
    articles: Articles,
    share: Sequence[str],
    annotator: str,
    start: Start,
    configurations: Mapping[str, Configuration],
    progress: Progress = quiet,
) -> tuple[list[Task], list[Task]]:
    """Bring a share of a pass to the server. Returns all tasks of the pass, of documents and of stories.

    Raises InputError, before anything is made, if what stands on the server is not what was pushed there.
    """
    found = {kind: server.find(which.title(kind)) for kind in (DOCUMENTS, STORIES)}
    there = {kind: server.tasks(project) if project else [] for kind, project in found.items()}
    incidents = [
        *(problem for kind, project in found.items() if project for problem in edited(project, configurations[kind])),
        *_misplaced(there[DOCUMENTS], articles, share, annotator),
        *repeated(there[DOCUMENTS] + there[STORIES]),
    ]
    if incidents:
        raise InputError(incidents)
    projects: dict[str, Project] = {}
    for kind in (DOCUMENTS, STORIES):
        project = found[kind]
        if project is None:
            project = server.make(which.title(kind), configurations[kind])
        elif project.label_config != configurations[kind].label_config:
            server.dress(project, configurations[kind])
        projects[kind] = project
    tasks = {task.key: task for task in there[DOCUMENTS]}
    by_document: dict[str, list[Row]] = {}
    for row in start.rows:
        by_document.setdefault(getattr(row, "doc_id", ""), []).append(row)
    for doc_id in steps(share, "documents", progress):
        task = tasks.get(doc_id) or server.add_task(projects[DOCUMENTS], _document_data(doc_id, articles, annotator))
        if start.rows:
            results = to_results(document_page(by_document.get(doc_id, []), articles.texts[doc_id]))
            _begin(server, task, results, start)
    documents = server.tasks(projects[DOCUMENTS])
    _show(server, projects[DOCUMENTS], documents, start.source)
    stories = {task.key: task for task in there[STORIES]}
    for story in steps(sorted({articles.stories[task.key] for task in documents}), "stories", progress):
        _push_story(server, projects[STORIES], story, stories.get(story), articles, annotator, start, documents)
    pushed = server.tasks(projects[STORIES])
    _show(server, projects[STORIES], pushed, CLAIMS)
    return documents, pushed


def _misplaced(tasks: Sequence[Task], articles: Articles, share: Sequence[str], annotator: str) -> list[Incident]:
    incidents = []
    for task in tasks:
        text, theirs = articles.texts.get(task.key), task.data.get("annotator")
        if text is None:
            incidents.append(Incident("document-unknown", f"no document {task.key!r} in the seeds", task.address))
        elif text != task.data.get("text"):
            incidents.append(Incident("task-wrong", "its text is not the seed's", task.address, doc_id=task.key))
        elif task.key in share and theirs != annotator:
            message = f"it is in the share of {theirs!r}"
            fix = "leave it out of --documents, or delete the task"
            incidents.append(Incident("task-wrong", message, task.address, doc_id=task.key, fix=fix))
    return incidents


def _document_data(doc_id: str, articles: Articles, annotator: str) -> dict[str, Any]:
    return {
        "key": doc_id,
        "annotator": annotator,
        "story": articles.stories[doc_id],
        "text": articles.texts[doc_id],
    }


def _begin(server: Server, task: Task, results: Sequence[Result], start: Start) -> None:
    """Submit a finished pass, or show where to begin, unless it is there or somebody is at work."""
    if task.annotations or task.begun:
        return
    if start.finished:
        server.annotate(task, results)
    elif start.source not in [reading.by for reading in task.predictions]:
        server.predict(task, results, start.source)


def _show(server: Server, project: Project, tasks: Sequence[Task], source: str) -> None:
    """Let tasks open with what a source predicts, once it does: the server refuses a source it does not know."""
    known = {reading.by for task in tasks for reading in task.predictions}
    if source in known and project.model_version != source:
        server.show(project, source)


def _push_story(
    server: Server,
    project: Project,
    story: str,
    task: Task | None,
    articles: Articles,
    annotator: str,
    start: Start,
    documents: Sequence[Task],
) -> None:
    """Bring a story: with the claims of its file, then, once its documents are done, with the claims of their pages."""
    texts = articles.of(story)
    mine = [row for row in start.rows if isinstance(row, (Claim, Conflict, Registered))]
    claims = [row for row in mine if isinstance(row, Claim) and articles.stories.get(row.doc_id) == story]
    issues = [row for row in mine if isinstance(row, Conflict) and row.story == story]
    registry = [row for row in mine if isinstance(row, Registered) and row.story == story]
    if task is None:
        task = server.add_task(project, _story_data(story, texts, annotator, claims, registry))
    if task.annotations or task.begun:
        return
    if start.finished:
        server.annotate(task, to_results(story_page(claims, issues, registry, texts)))
        return
    if start.rows and not task.predictions:
        server.predict(task, to_results(story_page(claims, issues, registry, texts)), CLAIMS)
    own = [each for each in documents if articles.stories.get(each.key) == story]
    if {each.key for each in own if each.annotations} == set(texts):
        _refresh(server, task, texts, own)


def _refresh(server: Server, task: Task, texts: Mapping[str, str], documents: Sequence[Task]) -> None:
    """Show the claims as the documents' pages now have them, each where it was placed before."""
    now = [claim for each in documents for claim in read_document(each, each.annotations[0], texts[each.key]).claims]
    shown = [reading for reading in task.predictions if reading.by == CLAIMS]
    before = read_story(task, shown[0] if shown else Reading(0, (), CLAIMS), texts)
    places = {claim.id: {"issue_id": claim.issue_id, "position": claim.position} for claim in before.claims}
    placed = [msgspec.structs.replace(claim, **places.get(claim.id, {})) for claim in now]
    results = to_results(story_page(placed, before.issues, before.registry, texts))
    given = [_plain(claim) for claim in now]
    if task.data.get("claims") != given:
        server.change_task(task, {**task.data, "claims": given})
    if [list(reading.results) for reading in shown] != [results]:
        server.predict(task, results, CLAIMS)


def _story_data(
    story: str, texts: Mapping[str, str], annotator: str, claims: Sequence[Claim], registry: Sequence[Registered]
) -> dict[str, Any]:
    text, _ = story_text(texts)
    return {
        "key": story,
        "annotator": annotator,
        "text": text,
        "claims": [_plain(unplaced(claim)) for claim in claims],
        "registry": [_plain(row) for row in registry],
    }


def _plain(row: Row) -> Any:
    return msgspec.to_builtins(row)
