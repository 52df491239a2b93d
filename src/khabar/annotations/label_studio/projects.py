"""Projects and tasks of a Label Studio server, as plain records: all that is asked of the server is asked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from khabar.annotations.label_studio.configuration import Configuration
from khabar.formats.label_studio.page import RegionResult
from khabar.reading.incidents import Incident, InputError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

PAGE = 50


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
    begun without submitting."""

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


class Server:
    """A Label Studio server as rounds need it. What its calls raise becomes an InputError inside `server.asking`."""

    def __init__(self, client: LabelStudio, url: str) -> None:
        self._client = client
        self._url = url

    def find(self, title: str) -> Project | None:
        """The project of this title. Raises InputError if there are several."""
        listed: Any = self._client.projects.list(title=title, page_size=PAGE)
        projects = [self._project(project) for project in listed if project.title == title]
        if len(projects) > 1:
            message = f"{len(projects)} projects are called {title!r}: {', '.join(str(each.id) for each in projects)}"
            raise InputError([Incident("project-wrong", message, self._url, fix="delete or rename all but one")])
        return projects[0] if projects else None

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
        pages: Any = self._client.tasks.list(project=project.id, fields="all", page_size=PAGE)
        return sorted((self._task(project, task.dict()) for task in pages), key=lambda task: task.id)

    def task(self, task_id: int) -> tuple[Project, Task]:
        """One task with its project."""
        task = self._client.tasks.get(id=str(task_id)).dict()
        project = self._project(self._client.projects.get(id=int(task["project"])))
        return project, self._task(project, task)

    def add_task(self, project: Project, data: Mapping[str, Any]) -> Task:
        """Add a task."""
        task = self._client.tasks.create(project=project.id, data=dict(data))
        return Task(int(str(task.id)), dict(data), self._address(project, task.id))

    def change_task(self, task: Task, data: Mapping[str, Any]) -> None:
        """Change what a task is made of."""
        self._client.tasks.update(id=str(task.id), data=dict(data))

    def annotate(self, task: Task, results: Sequence[RegionResult]) -> None:
        """Submit an annotation."""
        self._client.annotations.create(id=task.id, result=list(results))

    def predict(self, task: Task, results: Sequence[RegionResult], source: str) -> None:
        """Add a prediction, after taking away those of the same source."""
        for answer in task.predictions:
            if answer.by == source:
                self._client.predictions.delete(id=answer.id)
        self._client.predictions.create(task=task.id, result=list(results), model_version=source)

    def begin(self, task: Task, results: Sequence[RegionResult], source: str, *, finished: bool) -> None:
        """Submit a finished pass, or show where to begin, unless it is there or somebody is at work."""
        if task.annotations or task.begun:
            return
        if finished:
            self.annotate(task, results)
        elif source not in [answer.by for answer in task.predictions]:
            self.predict(task, results, source)

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
