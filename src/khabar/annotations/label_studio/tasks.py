"""Tasks as rows: what annotators submitted in the page of a document or a story, with every problem at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from khabar.annotations.label_studio.projects import Answer, Task
from khabar.formats.label_studio.document_page import STEPS, UNPLACED, document_rows
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.names import names_of_task
from khabar.formats.label_studio.page import Problem, sound_page
from khabar.formats.label_studio.story_page import in_articles, story_rows, story_text
from khabar.reading.incidents import Incidents
from khabar.records import Claim, Conflict, Entity, Registered, Row


@dataclass(frozen=True, slots=True)
class StoryRead:
    """What a story's page says, and what it was given: the claims it began with and the registry."""

    claims: tuple[Claim, ...] = ()
    issues: tuple[Conflict, ...] = ()
    speaks_for: Mapping[str, str] = field(default_factory=dict)
    given: tuple[Claim, ...] = ()
    registry: tuple[Registered, ...] = ()


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


def read_story(task: Task, answer: Answer | None, texts: Mapping[str, str], incidents: Incidents) -> StoryRead:
    """Read the page of a story whose articles have `texts`; without an answer, what it was given."""
    text, articles = story_text(texts)
    problem = in_articles(partial(incidents.report, file=task.address), articles)
    given, registry = _rows(task, "claims", Claim, problem), _rows(task, "registry", Registered, problem)
    page = sound_page(answer.results if answer else (), str(task.data.get("text", "")), text, problem)
    if page is None:
        return StoryRead(given=given, registry=registry)
    page = names_of_task(task.data, problem).read(page)
    claims, issues, speaks_for = story_rows(page, task.key, articles, problem)
    return StoryRead(tuple(claims), tuple(issues), speaks_for, given, registry)


def _rows(task: Task, key: str, kind: Any, problem: Problem) -> tuple[Any, ...]:
    try:
        return tuple(msgspec.convert(task.data.get(key, []), tuple[kind, ...]))
    except msgspec.ValidationError as error:
        problem("task-wrong", f"its data were changed: {key}: {error}")
        return ()


def unplaced(claim: Claim) -> Claim:
    """The claim as its document's page shows it."""
    return msgspec.structs.replace(claim, **UNPLACED)
