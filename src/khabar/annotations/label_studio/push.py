"""Pushing a pass: its projects, a task a document in each step and one a story, and what annotators begin with.

Each step looks first whether it is done, so a push that was stopped is taken up by the next one. What annotators
submitted or began is never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from khabar.annotations.label_studio.configuration import STORIES, Configuration, edited
from khabar.annotations.label_studio.names import grown, names_of_pass, story_of_task
from khabar.annotations.label_studio.projects import Project, Server, Task, repeated
from khabar.annotations.label_studio.start import Start
from khabar.annotations.label_studio.tasks import read_document, read_story, unplaced
from khabar.annotations.rounds import Articles, PassName
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import Page, to_results
from khabar.formats.label_studio.story_page import story_page, story_text
from khabar.progress import Progress, logged, steps
from khabar.reading.incidents import Incidents
from khabar.records import Claim, Conflict, Registered, Row

CLAIMS = "claims of the documents"
"""Source of the predictions that show in a story's page what its documents' pages hold."""


def push(
    server: Server,
    which: PassName,
    articles: Articles,
    share: Sequence[str],
    annotator: str,
    start: Start,
    configurations: Mapping[str, Configuration],
    progress: Progress = logged,
) -> dict[str, list[Task]]:
    """Bring a share of a pass to the server, in the kinds of projects that have a configuration here.

    Returns all tasks of the pass by kind. Raises InputError, before anything is made, if what stands on the server is
    not what was pushed there.
    """
    projects = {kind: server.find(which.title(kind)) for kind in configurations}
    there = {kind: server.tasks(project) if project else [] for kind, project in projects.items()}
    incidents = Incidents()
    for kind, project in projects.items():
        incidents.extend(repeated(there[kind]))
        if project is not None:
            incidents.extend(edited(project.label_config, project.address, configurations[kind]))
        for task in there[kind] if kind != STORIES else ():
            _check_task(task, articles, None if task.key not in share else annotator, incidents)
    incidents.refuse()
    names = names_of_pass(there, articles, start.rows)
    there = {kind: grown(server, of_kind, names) for kind, of_kind in there.items()}
    work = _Push(server, articles, annotator, start, names)
    tasks: dict[str, list[Task]] = {}
    for kind, configuration in configurations.items():
        project = _made(server, which.title(kind), projects[kind], configuration)
        known = {task.key: task for task in there[kind]}
        if kind == STORIES:
            stories = sorted({articles.stories[task.key] for task in tasks["claims"]})
            for story in steps(stories, STORIES, progress):
                work.push_story(project, story, known.get(story), tasks["claims"])
        else:
            for doc_id in steps(share, kind, progress):
                work.push_document(project, kind, doc_id, known.get(doc_id))
        tasks[kind] = server.tasks(project)
        _show(server, project, tasks[kind], CLAIMS if kind == STORIES else start.source)
    return tasks


def _check_task(task: Task, articles: Articles, annotator: str | None, incidents: Incidents) -> None:
    """Report a document's task that is not as it was pushed, or not in the share of `annotator` (None: anybody's)."""
    text, theirs = articles.texts.get(task.key), task.data.get("annotator")
    if text is None:
        incidents.report("document-unknown", f"no document {task.key!r} in the seeds", file=task.address)
    elif text != task.data.get("text"):
        message = "its text is not the seed's"
        incidents.report("task-wrong", message, file=task.address, doc_id=task.key)
    elif annotator is not None and theirs != annotator:
        message, fix = f"it is in the share of {theirs!r}", "leave it out of --documents, or delete the task"
        incidents.report("task-wrong", message, file=task.address, doc_id=task.key, fix=fix)


def _made(server: Server, title: str, project: Project | None, configuration: Configuration) -> Project:
    """The project, made if there is none, with the looks of the configuration."""
    if project is None:
        return server.make(title, configuration)
    if project.label_config != configuration.label_config:
        server.update(project, configuration)
    return project


def _show(server: Server, project: Project, tasks: Sequence[Task], source: str) -> None:
    """Let tasks open with what a source predicts, once it does: the server refuses a source it does not know."""
    known = {answer.by for task in tasks for answer in task.predictions}
    if source in known and project.model_version != source:
        server.show(project, source)


class _Push:
    """The tasks of one push, each brought there unless it is."""

    def __init__(
        self, server: Server, articles: Articles, annotator: str, start: Start, names: Mapping[str, Names]
    ) -> None:
        self._server, self._articles, self._annotator, self._start = server, articles, annotator, start
        self._names = names
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in start.rows:
            self._rows[row.story if isinstance(row, (Conflict, Registered)) else row.doc_id].append(row)  # type: ignore[attr-defined]

    def push_document(self, project: Project, step: str, doc_id: str, task: Task | None) -> None:
        """Bring a document in a step."""
        text = self._articles.texts[doc_id]
        if task is None:
            story = self._articles.stories[doc_id]
            data = {"key": doc_id, "annotator": self._annotator, "story": story, "text": text}
            task = self._server.add_task(project, {**data, "names": self._names[story].data})
        if self._start.rows:
            page = document_page(self._rows[doc_id], text).only({*STEPS[step], *ZONE_LABELS})
            self._begin(task, page, self._start.source)

    def push_story(self, project: Project, story: str, task: Task | None, documents: Sequence[Task]) -> None:
        """Bring a story with the claims of its file, then, once its documents are done, with those of their pages."""
        texts = self._articles.of(story)
        claims = [row for row in self._start.rows if isinstance(row, Claim) and row.doc_id in texts]
        issues = [row for row in self._rows[story] if isinstance(row, Conflict)]
        registry = [row for row in self._rows[story] if isinstance(row, Registered)]
        if task is None:
            text, places = story_text(texts)
            data = {
                "key": story,
                "annotator": self._annotator,
                "text": text,
                "articles": [msgspec.to_builtins(place) for place in places],
                "names": self._names[story].data,
                "claims": [msgspec.to_builtins(unplaced(claim)) for claim in claims],
                "registry": [msgspec.to_builtins(row) for row in registry],
            }
            task = self._server.add_task(project, data)
        if self._start.rows and (self._start.finished or not task.predictions):
            self._begin(task, story_page(claims, issues, registry, texts), CLAIMS)
        own = [each for each in documents if each.key in texts]
        done = {each.key for each in own if each.annotations} == set(texts)
        if done and not (task.annotations or task.begun or self._start.finished):
            self._refresh(task, texts, own)

    def _begin(self, task: Task, page: Page, source: str) -> None:
        """Submit a finished pass, or show where to begin, unless it is there or somebody is at work."""
        if task.annotations or task.begun:
            return
        page = self._names[story_of_task(task)].shown(page)
        if self._start.finished:
            self._server.annotate(task, to_results(page))
        elif source not in [answer.by for answer in task.predictions]:
            self._server.predict(task, to_results(page), source)

    def _refresh(self, task: Task, texts: Mapping[str, str], documents: Sequence[Task]) -> None:
        """Show the claims as the documents' pages now have them, each where it was placed before."""
        unheard = Incidents()  # problems of the pages are for whoever pulls
        rows = (row for each in documents for row in read_document(each, "claims", texts[each.key], unheard))
        now = sorted((row for row in rows if isinstance(row, Claim)), key=lambda claim: (claim.doc_id, claim.id))
        shown = [answer for answer in task.predictions if answer.by == CLAIMS]
        before = read_story(task, shown[0] if shown else None, texts, unheard)
        places = {claim.id: {"issue_id": claim.issue_id, "position": claim.position} for claim in before.claims}
        placed = [msgspec.structs.replace(claim, **places.get(claim.id, {})) for claim in now]
        results = to_results(self._names[task.key].shown(story_page(placed, before.issues, before.registry, texts)))
        given: list[Any] = [msgspec.to_builtins(claim) for claim in now]
        if task.data.get("claims") != given:
            self._server.change_task(task, {**task.data, "claims": given})
        if [list(answer.results) for answer in shown] != [results]:
            self._server.predict(task, results, CLAIMS)
