"""The names of a pass: whom its pages can name, story by story, alike in every step; submissions add to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from khabar.annotations.label_studio.projects import Server, Task
from khabar.annotations.label_studio.pull import read_pass
from khabar.annotations.rounds import Articles
from khabar.formats.label_studio.names import NOBODY, Names, names_of_task
from khabar.reading.incidents import Incidents
from khabar.records import Registered, Row


def names_of_pass(
    tasks: Mapping[str, Sequence[Task]], articles: Articles, rows: Iterable[Row] = ()
) -> dict[str, Names]:
    """Story → the names its tasks have, then those of `rows`, then those of whatever is submitted."""
    unheard = Incidents()  # problems of the pages are for whoever pulls
    names = dict.fromkeys([*articles.stories.values(), *(task.story for task in _all(tasks))], NOBODY)
    for task in _all(tasks):
        story = task.story
        known = names_of_task(task.data, unheard.report)
        names[story] = Names(tuple(dict.fromkeys((*names[story].pairs, *known.pairs))))
    registry = [row for row in (*rows, *read_pass(tasks, articles, (), unheard)) if isinstance(row, Registered)]
    for story in names:
        mine = [(row.entity_id, row.name) for row in registry if row.story == story]
        names[story] = names[story].with_entities(mine)
    return names


def _all(tasks: Mapping[str, Sequence[Task]]) -> Iterable[Task]:
    return (task for of_kind in tasks.values() for task in of_kind)


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
