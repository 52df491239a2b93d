"""What a system is, on what terms a slow one is asked, what it did not answer, and whether its answers fit."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.predictions import given_predictions, split
from khabar.reading.span_checks import check_annotations, check_span
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Language, Layer
from khabar.systems.journal import Journal


class System(Protocol):
    """Extracts entities, numbers and quotes from one document."""

    def __call__(self, document: Document) -> Annotations:
        """Annotate one document."""
        ...


@runtime_checkable
class StorySystem(Protocol):
    """A system that also says where the documents of one story disagree."""

    def disputes(
        self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]
    ) -> Sequence[Dispute]:
        """Give the disputes of a story from its documents and what the system said of each, in the same order."""
        ...


def by_story(documents: Iterable[Document]) -> dict[str, list[Document]]:
    """Group documents by their stories."""
    stories: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        stories[document.story].append(document)
    return dict(stories)


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in whatever currency: those read (`given`) and those written (`answered`)."""

    given: float
    answered: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """Read `0.15/0.60`. Raises InputError."""
        try:
            given, answered = map(float, text.split("/"))
        except ValueError:
            given = answered = -1.0
        if not (0 <= given < math.inf and 0 <= answered < math.inf):
            fix = "write the price of a million input and a million output tokens, as 0.15/0.60"
            raise InputError.of("option-wrong", f"--price {text!r} is not two prices", fix=fix)
        return cls(given, answered)


@dataclass(frozen=True)
class Options:
    """How a slow system is asked: seconds to wait for an answer, requests at once, prices, where answers are kept, and
    the language of the prompts (what is asked, and the form of the answers, are the same in both).

    Raises InputError where a value cannot be used.
    """

    time_limit: float = 120.0
    jobs: int = 4
    price: Price | None = None
    journal: Journal = field(default_factory=Journal)
    prompts: Language = "en"

    def __post_init__(self) -> None:
        if not 0 < self.time_limit < math.inf:
            message = f"--time-limit {self.time_limit:g} is not a number of seconds above 0"
            raise InputError.of("option-wrong", message, fix="write seconds, such as --time-limit 120")
        if self.jobs < 1:
            message = f"--jobs {self.jobs} is less than 1"
            raise InputError.of("option-wrong", message, fix="write how many requests to send at once, such as 4")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a slow system did not answer: `where` is a document or a story, `layer` the missing part (None: all of it).

    `answered` is true of an answer that cannot be used, or only in part: `partial` of the latter, with the number of
    items that were left out (None: nobody knows, as the answer breaks off).
    """

    where: str
    what: str
    layer: str | None = None
    answered: bool = False
    partial: bool = False
    left_out: int | None = None

    def as_error(self) -> Incident:
        """As the error it is where nothing else was answered."""
        layer = "" if self.layer is None else f"{self.layer}: "
        return Incident("system-failed", f"{layer}{_printable(self.what)}", doc_id=self.where)


class SlowSystem(ABC):
    """A system that costs time or money: it is asked for all documents at once, and the journal keeps its answers.

    A missing answer counts as empty and is a failure. A malformed one is an error among `incidents`. `answered` is
    whether there was any answer at all, malformed ones included.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.answered = False
        self.failures: list[Failure] = []
        self.incidents = Incidents()

    @abstractmethod
    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Annotate each document once, in whatever order the answers come."""

    def disputes(
        self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]
    ) -> Sequence[Dispute]:
        """Give the disputes of a story; asked for after the documents."""
        return ()

    def report(self) -> list[str]:
        """Say in lines of text what the run has cost; no line if nothing is known."""
        return []


MOST_FAILURES = 20
"""So many are listed; the others are counted."""


def failure_table(failures: Sequence[Failure]) -> list[str]:
    """Failures as lines of text: how many of each layer, then which, aligned in columns."""
    if not failures:
        return []
    by_layer = Counter(failure.layer or "all layers" for failure in failures)
    counts = ", ".join(f"{layer} {count}" for layer, count in sorted(by_layer.items()))
    rows = [(failure.where, failure.layer or "all layers", _printable(failure.what)) for failure in failures]
    rows = sorted(rows)[:MOST_FAILURES]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"not answered, or only in part: {len(failures)} ({counts})"]
    lines += [f"  {where:<{widths[0]}}  {layer:<{widths[1]}}  {what}" for where, layer, what in rows]
    if len(failures) > MOST_FAILURES:
        lines.append(f"  … and {len(failures) - MOST_FAILURES} more")
    return lines


def _printable(text: str) -> str:
    """What somebody's program wrote, on one line and without what moves a cursor."""
    return "".join(
        character if character.isprintable() else " " if character.isspace() else repr(character)[1:-1]
        for character in text
    )


def validated_annotations(answer: Mapping[str, Any], document: Document, incidents: Incidents) -> Annotations | None:
    """Read an answer about a document. None, and errors in `incidents`, if it is malformed or does not fit the text."""
    problems = Incidents()
    records, _ = split(given_predictions([{**answer, "doc_id": document.doc_id}], problems))
    if not problems.errors:
        for record in records:
            misfits = Incidents()
            check_annotations(record, document.text, misfits.at(None, 0, document.doc_id))
            problems.extend(misfits.errors)  # of what is no error the scorer warns
    incidents.extend(problems)
    return None if problems.errors or not records else records[0]


def validated_dispute(answer: Mapping[str, Any], documents: Sequence[Document], incidents: Incidents) -> Dispute | None:
    """Read a dispute of a story that has these documents. None, and errors in `incidents`, as above."""
    problems = Incidents()
    _, disputes = split(given_predictions([answer], problems))
    texts = {document.doc_id: document.text for document in documents}
    for dispute in disputes:
        if dispute.confidence is not None and not 0 <= dispute.confidence <= 1:
            problems.report("confidence-range", f"confidence is {dispute.confidence}")
        for index, span in [(index, span) for index, side in enumerate(dispute.sides) for span in side.spans]:
            if span.doc_id not in texts:
                message = f"sides[{index}]: story {dispute.story!r} has no such document"
                problems.report("document-unknown", message, doc_id=span.doc_id)
                continue
            misfits = Incidents()
            check_span(span, texts[span.doc_id], misfits.at(None, 0, span.doc_id), f"sides[{index}]")
            problems.extend(misfits.errors)
    incidents.extend(problems)
    return None if problems.errors or not disputes else disputes[0]
