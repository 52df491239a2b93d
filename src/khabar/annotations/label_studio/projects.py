"""Projects and tasks of a Label Studio server, as plain records: all that is asked of the server is asked here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from khabar.annotations.label_studio.configuration import Configuration
from khabar.formats.label_studio.page import RegionResult
from khabar.reading.incidents import Incident, InputError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

PAGE = 50
"""Objects asked for, or given, in one request."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project; `address` is where people open it."""

    id: int
    title: str
    label_config: str
    address: str
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An annotation (`by` whom) or a prediction (`by` which source)."""

    id: int
    results: tuple[RegionResult, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task: its data, what annotators submitted (what they skipped left out), predictions, and whether somebody has
    begun without submitting. One that is not on the server yet has the id 0."""

    id: int
    data: Mapping[str, Any]
    address: str
    annotations: tuple[Answer, ...] = ()
    predictions: tuple[Answer, ...] = ()
    begun: bool = False

    @property
    def key(self) -> str:
        """What the task is of: a doc_id, or the id of an issue."""
        return str(self.data.get("key", ""))

    @property
    def story(self) -> str:
        """The story it is of."""
        return str(self.data.get("story", ""))


Tasks = Mapping[str, Sequence[Task]]
"""The tasks of a pass by kind."""


def each_task(tasks: Tasks) -> Iterator[tuple[str, Task]]:
    """Every task of a pass with its kind."""
    return ((kind, task) for kind, of_kind in tasks.items() for task in of_kind)


def submitted(tasks: Tasks) -> dict[tuple[str, str], Task]:
    """The submitted tasks, by kind and by what they are of."""
    return {(kind, task.key): task for kind, task in each_task(tasks) if task.annotations}


class Server:
    """A Label Studio server as rounds need it. What its calls raise becomes an InputError inside `server.asking`."""

    def __init__(self, client: LabelStudio, url: str) -> None:
        self._client = client
        self._url = url

    def find(self, title: str) -> Project | None:
        """The project of this title. Raises InputError if there are several."""
        return self.projects(title).get(title)

    def projects(self, beginning: str) -> dict[str, Project]:
        """The projects whose titles begin so, by title. Raises InputError if several have one title."""
        listed = _listed(lambda page: self._client.projects.list(title=beginning, page=page, page_size=PAGE), "count")
        by_title: dict[str, Project] = {}
        for project in (each for each in map(self._project, listed) if each.title.startswith(beginning)):
            if (other := by_title.setdefault(project.title, project)) is not project:
                message = f"two projects are called {project.title!r}: {other.id} and {project.id}"
                raise InputError.of("project-wrong", message, self._url, fix="delete or rename one of them")
        return by_title

    def make(self, title: str, configuration: Configuration) -> Project:
        """Make a project."""
        project = self._client.projects.create(
            title=title,
            label_config=configuration.label_config,
            expert_instruction=configuration.instructions,
            show_instruction=True,
            show_collab_predictions=True,
            enable_empty_annotation=True,
            show_skip_button=False,
        )
        return self._project(project)

    def update(self, project: Project, configuration: Configuration) -> None:
        """Give a project the looks and instructions of a configuration that says the same."""
        self._client.projects.update(
            id=project.id,
            label_config=configuration.label_config,
            expert_instruction=configuration.instructions,
        )

    def show(self, project: Project, source: str) -> None:
        """Let the project's tasks open with the predictions of one source."""
        self._client.projects.update(id=project.id, model_version=source)

    def tasks(self, project: Project) -> list[Task]:
        """All tasks of a project with what was said in them, in the order of their ids."""
        listed = _listed(
            lambda page: self._client.tasks.list(project=project.id, fields="all", page=page, page_size=PAGE), "total"
        )
        return sorted((self._task(project, task.dict()) for task in listed), key=lambda task: task.id)

    def task(self, task_id: int) -> tuple[Project, Task]:
        """One task with its project."""
        task = self._client.tasks.get(id=str(task_id)).dict()
        project = self._project(self._client.projects.get(id=int(task["project"])))
        return project, self._task(project, task)

    def add_tasks(self, project: Project, tasks: Sequence[Task]) -> list[Task]:
        """Add tasks with what is submitted and predicted in them, each fifty in one request, all or none.

        Returns them with their ids. Raises InputError if the server does not say them.
        """
        added: list[Task] = []
        for first in range(0, len(tasks), PAGE):
            batch = tasks[first : first + PAGE]
            request: Any = [_import(task) for task in batch]
            answer = self._client.projects.import_tasks(project.id, request=request, return_task_ids=True)
            ids: Sequence[int] | None = getattr(answer, "task_ids", None)
            if ids is None:
                message = f"{self._url} imports tasks later, and does not say which they are"
                raise InputError([Incident("server-failed", message, fix="use the Community edition of Label Studio")])
            added += [
                replace(task, id=number, address=self._address(project, number))
                for task, number in zip(batch, ids, strict=True)
            ]
        return added

    def change_task(self, task: Task, data: Mapping[str, Any]) -> None:
        """Change what a task is made of."""
        self._client.tasks.update(id=str(task.id), data=dict(data))

    def annotate(self, task: Task, results: Sequence[RegionResult]) -> None:
        """Submit an annotation."""
        self._client.annotations.create(id=task.id, result=list(results))

    def bring(self, project: Project, before: Sequence[Task], now: Sequence[Task]) -> list[Task]:
        """Make the tasks that were there `before` what they are `now`: other data, answers after those they had, tasks
        that are new. Returns them as `now`, with the ids of the new ones."""
        there = {task.id: task for task in before}
        for task in (task for task in now if task.id):
            was = there[task.id]
            if task.data != was.data:
                self.change_task(task, task.data)
            for answer in task.annotations[len(was.annotations) :]:
                self.annotate(task, answer.results)
            for answer in task.predictions[len(was.predictions) :]:
                self._client.predictions.create(task=task.id, result=list(answer.results), model_version=answer.by)
        new = iter(self.add_tasks(project, [task for task in now if not task.id]))
        return [task if task.id else next(new) for task in now]

    def _project(self, given: Any) -> Project:
        address = f"{self._url}/projects/{given.id}"
        return Project(given.id, given.title, given.label_config or "", address, given.model_version or "")

    def _address(self, project: Project, task_id: object) -> str:
        return f"{project.address}/data?task={task_id}"

    def _task(self, project: Project, task: Mapping[str, Any]) -> Task:
        annotations = [each for each in task.get("annotations") or () if not each.get("was_cancelled")]
        return Task(
            int(task["id"]),
            task["data"],
            self._address(project, task["id"]),
            tuple(_answer(each, str(each.get("created_username", "")).strip()) for each in annotations),
            tuple(_answer(each, str(each.get("model_version", ""))) for each in task.get("predictions") or ()),
            bool(task.get("drafts")),
        )


def _listed(page: Callable[[int], Any], total: str) -> Iterator[Any]:
    """All that a call lists page by page: `total` names what says how many there are. The client's own iteration asks
    for one page more."""
    number, seen = 0, 0
    while True:
        number += 1
        given = page(number)
        yield from given.items
        seen += len(given.items)
        if not given.items or seen >= getattr(given.response, total):
            return


def _import(task: Task) -> dict[str, Any]:
    """A task as Label Studio imports it. What is imported counts as ground truth, unless it is said that it is not."""
    return {
        "data": dict(task.data),
        "annotations": [{"result": list(answer.results), "ground_truth": False} for answer in task.annotations],
        "predictions": [{"result": list(answer.results), "model_version": answer.by} for answer in task.predictions],
    }


def begun(task: Task, results: Sequence[RegionResult], source: str, *, finished: bool) -> Task:
    """The task with a finished pass submitted, or with what a source predicts, unless that is there or somebody is at
    work."""
    answer = Answer(0, tuple(results), source)
    if task.annotations or task.begun or (not finished and source in [each.by for each in task.predictions]):
        return task
    if finished:
        return replace(task, annotations=(answer,))
    return replace(task, predictions=(*task.predictions, answer))


def _answer(given: Mapping[str, Any], by: str) -> Answer:
    return Answer(int(given["id"]), tuple(given.get("result") or ()), by)


def repeated(tasks: Sequence[Task]) -> list[Incident]:
    """Tasks of one key beyond the first."""
    firsts: dict[str, Task] = {}
    incidents = []
    for task in tasks:
        first = firsts.setdefault(task.key, task)
        if first is not task:
            message = f"task {first.id} is of {task.key!r} too"
            incidents.append(Incident("task-wrong", message, task.address, fix="delete one of them"))
    return incidents
