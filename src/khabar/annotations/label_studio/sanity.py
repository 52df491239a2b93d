"""Whether what stands on the server is still what was pushed there."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.annotations.label_studio.configuration import Configuration, differences
from khabar.annotations.label_studio.projects import Project, Task
from khabar.reading.incidents import Incident


def edited(project: Project, configuration: Configuration) -> list[Incident]:
    """Whether a project can still say what its pages need."""
    found = differences(project.label_config, configuration.label_config)
    return [Incident("project-wrong", problem, project.address) for problem in found]


def repeated(tasks: Sequence[Task]) -> list[Incident]:
    """Tasks of one key beyond the first."""
    seen: dict[str, Task] = {}
    incidents = []
    for task in tasks:
        first = seen.setdefault(task.key, task)
        if first is not task:
            fix = "delete one of them"
            message = f"task {first.id} is of {task.key!r} too"
            incidents.append(Incident("task-wrong", message, task.address, fix=fix))
    return incidents
