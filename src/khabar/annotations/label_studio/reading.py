"""Reading tasks: from what annotators submitted to rows, with every problem at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from khabar.annotations.label_studio.documents import document_rows
from khabar.annotations.label_studio.page import Page
from khabar.annotations.label_studio.projects import Reading, Task
from khabar.annotations.label_studio.results import Report, to_page
from khabar.annotations.label_studio.stories import Article, article_at, story_rows, story_text
from khabar.reading.causes import why_not_there
from khabar.reading.incidents import Incident
from khabar.records import Claim, Conflict, Registered, Row


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """The rows of a document's page; its claims have no issue yet."""

    doc_id: str
    rows: tuple[Row, ...] = ()
    claims: tuple[Claim, ...] = ()
    incidents: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryRead:
    """What a story's page says, and what it was given: the claims it began with and the registry."""

    story: str
    claims: tuple[Claim, ...] = ()
    issues: tuple[Conflict, ...] = ()
    speaks_for: Mapping[str, str] = field(default_factory=dict)
    given: tuple[Claim, ...] = ()
    registry: tuple[Registered, ...] = ()
    incidents: tuple[Incident, ...] = ()


def read_document(task: Task, reading: Reading, text: str) -> DocumentRead:
    """Read the page of a document whose text is `text`."""
    incidents: list[Incident] = []

    def report(incident: str, message: str, offset: int | None) -> None:
        incidents.append(Incident(incident, message, task.address, doc_id=task.key, offset=offset, fix=_fix(incident)))

    page = sound_page(reading, str(task.data.get("text", "")), text, report)
    if page is None:
        return DocumentRead(task.key, incidents=tuple(incidents))
    rows = document_rows(page, task.key, text, report)
    claims = sorted((row for row in rows if isinstance(row, Claim)), key=lambda claim: claim.id)
    others = (row for row in rows if not isinstance(row, Claim))
    return DocumentRead(task.key, tuple(others), tuple(claims), tuple(incidents))


def read_story(task: Task, reading: Reading, texts: Mapping[str, str]) -> StoryRead:
    """Read the page of a story whose articles have `texts`."""
    text, articles = story_text(texts)
    incidents: list[Incident] = []

    def report(incident: str, message: str, offset: int | None) -> None:
        found = Incident(incident, message, task.address, offset=offset, fix=_fix(incident))
        incidents.append(_in_article(found, articles))

    page = sound_page(reading, str(task.data.get("text", "")), text, report)
    given, registry = _rows(task, "claims", Claim, report), _rows(task, "registry", Registered, report)
    if page is None:
        return StoryRead(task.key, given=given, registry=registry, incidents=tuple(incidents))
    claims, issues, speaks_for = story_rows(page, task.key, articles, report)
    return StoryRead(task.key, tuple(claims), tuple(issues), speaks_for, given, registry, tuple(incidents))


def sound_page(reading: Reading, shown: str, text: str, report: Report) -> Page | None:
    """The page of a reading if each region stands where it says; else None, with each that does not reported."""
    broken = False

    def problem(incident: str, message: str, offset: int | None) -> None:
        nonlocal broken
        broken = broken or incident in ("span-surface", "span-outside", "span-empty", "task-wrong")
        report(incident, message, offset)

    if shown != text:
        problem("task-wrong", "the text of the task is not the seed's", None)
    page = to_page(reading.results, problem)
    for region in page.regions:
        start, end = region.start, region.end
        if start < 0 or end <= start:
            problem("span-empty", f"{region.label} is [{start}, {end})", start)
        elif end > len(text):
            problem("span-outside", f"{region.label} is [{start}, {end}) in {len(text)} code points", start)
        elif text[start:end] != region.text:
            cause = why_not_there(text, start, end, region.text)
            said = f"{region.label}: the text has {text[start:end]!r}, the page {region.text!r}; {cause}"
            problem("span-surface", said, start)
    return None if broken else page


def _in_article(incident: Incident, articles: Sequence[Article]) -> Incident:
    """Give the offset as that of an article."""
    if incident.offset is None:
        return incident
    article = article_at(incident.offset, articles)
    return replace(incident, doc_id=article.doc_id, offset=incident.offset - article.start)


def _fix(incident: str) -> str | None:
    """How to mend what in a file would be mended otherwise."""
    return "fill the field in the page" if incident == "value-wrong" else None


def _rows(task: Task, key: str, kind: Any, report: Report) -> tuple[Any, ...]:
    try:
        return tuple(msgspec.convert(task.data.get(key, []), tuple[kind, ...]))
    except msgspec.ValidationError as error:
        report("task-wrong", f"its data were changed: {key}: {error}", None)
        return ()
