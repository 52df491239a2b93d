"""Tasks as rows: what annotators submitted in the page of a document or a question, with every problem at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from khabar.annotations.label_studio.projects import Answer, Task
from khabar.formats.label_studio.document_page import STEPS, document_rows
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.names import names_of_task
from khabar.formats.label_studio.page import Page, sound_page, to_page
from khabar.formats.label_studio.question_page import question_rows, speakers
from khabar.reading.incidents import Incidents
from khabar.records import Claim, Conflict, Entity, Registered, Row


def read_document(task: Task, step: str, text: str, incidents: Incidents, entities: Sequence[Entity] = ()) -> list[Row]:
    """Read the annotation of a document whose text is `text`, in a step; its claims have no issue yet.

    `entities` are those of the step where they are annotated.
    """
    problem = partial(incidents.report, file=task.address, doc_id=task.key)
    page = sound_page(task.annotations[0].results, str(task.data.get("text", "")), text, problem)
    if page is None:
        return []
    for region in page.regions:
        if region.label not in (*STEPS[step], *ZONE_LABELS):  # zones are seen in every step, and read in their own
            problem("region-unknown", f"{region.label!r} is no label of the step {step}", offset=region.start)
    with_zones = step == "claims"
    mine, names = page.only(STEPS[step]), names_of_task(task.data, problem)
    return document_rows(mine, task.key, text, problem, names=names, elsewhere=entities, with_zones=with_zones)


def page_of_question(task: Task, answer: Answer, incidents: Incidents) -> Page:
    """The page of a question with an answer, keys in place of names."""
    problem = partial(incidents.report, file=task.address)
    return names_of_task(task.data, problem).read(to_page(answer.results, problem))


def submitted_pages(tasks: Sequence[Task], incidents: Incidents) -> list[tuple[Task, Page]]:
    """The questions that are submitted, each with its page."""
    return [(task, page_of_question(task, task.annotations[0], incidents)) for task in tasks if task.annotations]


def read_questions(
    submitted: Sequence[tuple[Task, Page]], claims: Mapping[str, Claim], incidents: Incidents
) -> tuple[list[Claim], list[Conflict]]:
    """Read the issues of a story from its submitted questions, and its claims (by id) where they stand.

    A claim on two questions is two rows: the question pushed first has the claim's own id.
    """
    placed: list[Claim] = []
    issues: list[Conflict] = []
    taken: set[str] = set()
    for task, page in submitted:
        problem = partial(incidents.report, file=task.address)
        own, issue = question_rows(page, task.key, task.story, claims, problem, taken)
        placed += own
        issues += [issue] if issue is not None else []
        taken |= {claim.id for claim in own}
    return placed, issues


def read_speakers(submitted: Sequence[tuple[Task, Page]], incidents: Incidents) -> dict[str, str]:
    """Who speaks for whom in a story, as its submitted questions say it."""
    spoken: dict[str, str] = {}
    for task, page in submitted:
        spoken = speakers(page, partial(incidents.report, file=task.address)) | spoken
    return spoken


def registry_of(tasks: Sequence[Task], incidents: Incidents) -> list[Registered] | None:
    """The registry that travels with the questions of a story; None if there is none."""
    for task in (task for task in tasks if "registry" in task.data):
        try:
            return msgspec.convert(task.data["registry"], list[Registered])
        except msgspec.ValidationError as error:
            incidents.report("task-wrong", f"its data were changed: registry: {error}", file=task.address)
    return None
