"""What is wrong with a pass so far, each problem with a link to the region it is about.

Beside what `pull` would refuse: changes that are not submitted, and regions that may have been relabelled by a slip.
In Label Studio a label's key relabels the region that is selected, so that the key for the next region can change the
one before (`khabar annotate serve` prevents that, other servers do not). A region is suspected if the region drawn
after it has the same label, and something says that it had another one: what the task began with, a field that its
label does not have, or the same words elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import pairwise

from khabar.annotations.label_studio.configuration import QUESTIONS, fields_by_label, read_configuration
from khabar.annotations.label_studio.projects import Task, Tasks, each_task
from khabar.annotations.label_studio.pull import read_pass
from khabar.annotations.rounds import Articles
from khabar.formats.label_studio.page import Page, Region, to_page
from khabar.reading.incidents import Incident, Incidents
from khabar.records import Document, Row
from khabar.text.arabic import fold


def check_pass(tasks: Tasks, articles: Articles, before: Sequence[Row] = ()) -> list[Incident]:
    """List the problems of a pass whose tasks are these; `before` are the rows of its file."""
    incidents = Incidents()
    read_pass(tasks, articles, before, incidents)
    problems = [linked(incident, tasks) for incident in incidents]
    for _, task in each_task(tasks):
        if task.begun:
            what = "an update" if task.annotations else "what was begun"
            problems.append(Incident("task-begun", f"{what} of {task.key} is not submitted", task.address))
    return [*problems, *_suspected(tasks)]


def articles_of(tasks: Tasks) -> Articles:
    """The articles of a pass as its tasks have them, where the seeds are not at hand."""
    documents: dict[str, Document] = {}
    for kind, task in each_task(tasks):
        if kind != QUESTIONS:
            text = str(task.data.get("text", ""))
            digest = sha256(text.encode()).hexdigest()
            documents[task.key] = Document(doc_id=task.key, story=task.story, text=text, sha256=digest)
    return Articles(tuple(documents.values()))


def _page(task: Task) -> Page:
    """What is submitted in a task. What cannot be read is for `read_pass` to report."""
    return to_page(task.annotations[0].results if task.annotations else (), Incidents().report)


def linked(incident: Incident, tasks: Tasks) -> Incident:
    """The incident, its page opened at the region that begins where it is."""
    for _, task in each_task(tasks):
        if task.address == incident.file and incident.offset is not None:
            begun = [region for region in _page(task).regions if region.start == incident.offset]
            named = [region for region in begun if str(region) in incident.message] or begun
            return replace(incident, file=region_address(task, named[0])) if named else incident
    return incident


def region_address(task: Task, region: Region) -> str:
    """Where Label Studio opens a task with this region selected."""
    return f"{task.address}&region={region.id}"


def _suspected(tasks: Tasks) -> Iterator[Incident]:
    for kind in (kind for kind in tasks if kind != QUESTIONS):
        of_kind, shown = tasks[kind], _fields(kind)
        pages = [(task, _page(task)) for task in of_kind if task.annotations]
        labels: dict[str, list[str]] = defaultdict(list)
        for _, page in pages:
            for region in page.regions:
                labels[fold(region.text)].append(region.label)
        for task, page in pages:
            began_as = _given_labels(task)
            for region, following in pairwise(page.regions):
                elsewhere = list(labels[fold(region.text)])
                elsewhere.remove(region.label)
                why = _why_suspected(region, began_as.get(region.id), elsewhere, shown)
                if why and region.label == following.label:
                    message = f"{region} {why}, and {following.text!r:.60}, drawn after it, is {following.label} too"
                    where = region_address(task, region)
                    yield Incident("label-suspect", message, where, None, task.key, region.start)


@cache
def _fields(kind: str) -> Mapping[str, AbstractSet[str]]:
    return fields_by_label(read_configuration(kind).label_config)


def _given_labels(task: Task) -> dict[str, str]:
    """Region → label, as the task began."""
    results = (result for answer in task.predictions for result in answer.results if result.get("type") == "labels")
    return {str(result["id"]): str(result["value"]["labels"][0]) for result in results}


def _why_suspected(
    region: Region, began_as: str | None, elsewhere: Iterable[str], shown: Mapping[str, AbstractSet[str]]
) -> str | None:
    if began_as is not None and began_as != region.label:
        return f"began as {began_as}"
    foreign = sorted({*region.attributes} - {*shown.get(region.label, ())})
    if foreign:
        return f"has {', '.join(foreign)}, which its label has not"
    others = dict.fromkeys(elsewhere)
    return f"is {', '.join(others)} elsewhere" if others and region.label not in others else None
