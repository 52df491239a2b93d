"""Pushing a pass: its projects, a task a document in each step and one a question, and what annotators begin with.

Each step looks first whether it is done, so a push that was stopped is taken up by the next one. What annotators
submitted or began is never touched. The names of a pass are those its pages can give, story by story, alike in every
step; submissions add to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from khabar.annotations.label_studio.configuration import QUESTIONS, Configuration, edited
from khabar.annotations.label_studio.projects import Project, Server, Task, Tasks, begun, each_task, repeated
from khabar.annotations.label_studio.pull import read_pass
from khabar.annotations.label_studio.questions import QuestionContext, StoryQuestions, all_claims
from khabar.annotations.label_studio.start import Start
from khabar.annotations.rounds import Articles, PassName
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.names import NOBODY, Names, names_of_task
from khabar.formats.label_studio.page import to_results
from khabar.progress import Progress, logged, steps
from khabar.reading.incidents import Incidents
from khabar.records import Registered, Row, groups_of, only


def names_of_pass(tasks: Tasks, articles: Articles, rows: Iterable[Row] = ()) -> dict[str, Names]:
    """Story → the names its tasks have, then those of `rows`, then those of whatever is submitted."""
    unheard = Incidents()  # problems of the pages are for whoever pulls
    names = dict.fromkeys([*articles.stories.values(), *(task.story for _, task in each_task(tasks))], NOBODY)
    for _, task in each_task(tasks):
        story = task.story
        known = names_of_task(task.data, unheard.report)
        names[story] = Names(tuple(dict.fromkeys((*names[story].pairs, *known.pairs))))
    registry = only((*rows, *read_pass(tasks, articles, (), unheard)), Registered)
    for story in names:
        mine = [(row.entity_id, row.name) for row in registry if row.story == story]
        names[story] = names[story].with_entities(mine)
    return names


def grown(server: Server, tasks: Sequence[Task], names: Mapping[str, Names]) -> list[Task]:
    """Give tasks the names they lack; what is annotated in them keeps its meaning."""
    now = []
    for task in tasks:
        pairs = names[task.story].data
        changed = replace(task, data={**task.data, "names": pairs})
        if task.data.get("names", []) != pairs:
            server.change_task(task, changed.data)
        now.append(changed)
    return now


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
    titled = server.projects(which.title(""))
    projects = {kind: titled.get(which.title(kind)) for kind in configurations}
    there = {kind: server.tasks(project) if project else [] for kind, project in projects.items()}
    incidents = Incidents()
    for kind, project in projects.items():
        incidents.extend(repeated(there[kind]))
        if project is not None:
            incidents.extend(edited(project.label_config, project.address, configurations[kind]))
        for task in there[kind] if kind != QUESTIONS else ():
            _check_task(task, articles, None if task.key not in share else annotator, incidents)
    incidents.refuse()
    names = names_of_pass(there, articles, start.rows)
    there = {kind: grown(server, of_kind, names) for kind, of_kind in there.items()}
    work = _Push(articles, annotator, start, names)
    tasks: dict[str, list[Task]] = {}
    for kind in steps([*configurations], "pushing", progress):
        project = _made(server, which.title(kind), projects[kind], configurations[kind])
        if kind == QUESTIONS:
            read = {step: of_step for step, of_step in tasks.items() if step != "claims"}
            rows = [*start.rows, *read_pass(read, articles, (), Incidents())]
            now = []
            for story in sorted({task.story for task in (*tasks["claims"], *there[kind])}):
                questions = [task for task in there[kind] if task.story == story]
                marked = all_claims(tasks["claims"], articles.of(story))
                about = QuestionContext(story, articles, names[story], marked, rows)
                now += StoryQuestions(questions, about, start, annotator).asked()
        else:
            now = work.documents(kind, share, there[kind])
        tasks[kind] = sorted(server.bring(project, there[kind], now), key=lambda task: task.id)
        show(server, project, tasks[kind], QUESTIONS if kind == QUESTIONS else start.source)
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


def show(server: Server, project: Project, tasks: Sequence[Task], source: str) -> None:
    """Let tasks open with what a source predicts, once it does: the server refuses a source it does not know."""
    known = {answer.by for task in tasks for answer in task.predictions}
    if source in known and project.model_version != source:
        server.show(project, source)


class _Push:
    """The tasks of one push, each brought there unless it is."""

    def __init__(self, articles: Articles, annotator: str, start: Start, names: Mapping[str, Names]) -> None:
        self._articles, self._annotator, self._start, self._names = articles, annotator, start, names
        self._rows = groups_of((row.article, row) for row in start.rows)

    def documents(self, step: str, share: Sequence[str], there: Sequence[Task]) -> list[Task]:
        """All tasks of a step, with those of the share."""
        known = {task.key for task in there}
        tasks = (*there, *(self._new(doc_id) for doc_id in share if doc_id not in known))
        return [self._begun(step, task) if task.key in share else task for task in tasks]

    def _new(self, doc_id: str) -> Task:
        story = self._articles.stories[doc_id]
        data = {"key": doc_id, "annotator": self._annotator, "story": story, "text": self._articles.texts[doc_id]}
        return Task(0, {**data, "names": self._names[story].data}, "")

    def _begun(self, step: str, task: Task) -> Task:
        """The task with what annotators begin with."""
        if not self._start.rows:
            return task
        page = document_page(self._rows.get(task.key, ()), self._articles.texts[task.key])
        results = to_results(self._names[task.story].shown(page).only({*STEPS[step], *ZONE_LABELS}))
        return begun(task, results, self._start.source, finished=self._start.finished)
