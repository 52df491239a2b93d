"""A system's errors as the site tells them: numbered in each article, counted by cause, disputes apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from khabar.records.errors import Error, Outcome
from khabar.records.labels import Layer
from khabar.scoring.errors.words import error_line
from khabar.text.terminal import harmless


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in an article, numbered from 1 in the order of the text; `start` is -1 if it is nowhere in it."""

    number: int
    layer: Layer
    outcome: Outcome
    cause: str
    gold: str
    predicted: str
    start: int
    gold_end: int | None
    predicted_end: int | None


@dataclass(frozen=True, slots=True)
class Faults:
    """All errors of a system: by article, of disputes, and how many of each cause (layer, cause, article)."""

    by_article: dict[str, tuple[Fault, ...]]
    of_stories: tuple[Error, ...]
    counts: dict[tuple[Layer, str], Counter[str]]

    def of(self, doc_id: str) -> tuple[Fault, ...]:
        """Errors in an article."""
        return self.by_article.get(doc_id, ())


def faults_of(errors: Iterable[Error]) -> Faults:
    """Sort errors, as `list_errors` gives them, by article."""
    by_article: dict[str, list[Fault]] = defaultdict(list)
    of_stories: list[Error] = []
    counts: dict[tuple[Layer, str], Counter[str]] = {}
    for error in errors:
        where = error.story if error.doc_id is None else error.doc_id
        counts.setdefault((error.layer, error.cause), Counter())[where] += 1
        if error.doc_id is None:
            of_stories.append(error)
            continue
        told, mine = error_line(error), by_article[error.doc_id]
        ends = [None if row is None else row.get("end") for row in (error.gold, error.predicted)]
        mine.append(
            Fault(
                len(mine) + 1,
                error.layer,
                error.outcome,
                error.cause,
                told.gold,
                told.predicted,
                error.offset,
                *ends,
            )
        )
    return Faults({doc_id: tuple(found) for doc_id, found in by_article.items()}, tuple(of_stories), counts)


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that a gold issue or a predicted dispute cites."""

    doc_id: str
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class StoryFault:
    """An error about a dispute: gold's issue, if one is concerned, and what the system put against what."""

    story: str
    outcome: Outcome
    cause: str
    issue_id: str
    type: str
    sides: tuple[tuple[str, tuple[Cited, ...]], ...]
    """Of a prediction: each side's value and places."""


def told(error: Error) -> StoryFault:
    """Lay out an error about a dispute."""
    gold, predicted = error.gold or {}, error.predicted or {}
    return StoryFault(
        error.story,
        error.outcome,
        error.cause,
        str(gold.get("issue_id") or ""),
        harmless(str(predicted.get("type") or "")),
        tuple((_value(side), tuple(map(_cited, side["spans"]))) for side in predicted.get("sides", ())),
    )


def _cited(span: dict[str, Any]) -> Cited:
    start = span.get("start")
    return Cited(str(span["doc_id"]), -1 if start is None else start, harmless(str(span.get("text") or "")))


def _value(side: dict[str, Any]) -> str:
    return "" if side["value"] is None else harmless(str(side["value"]))
