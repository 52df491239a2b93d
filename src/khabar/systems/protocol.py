"""What a system is: a callable from a document to its annotations; one that also compares stories has `disputes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from khabar.reading.incidents import Incident
from khabar.records.labels import Layer
from khabar.records.predictions import Annotations, Dispute
from khabar.records.rows import Document
from khabar.systems.failures import Failure


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


@runtime_checkable
class SlowSystem(Protocol):
    """A system that costs time or money: it is asked for all documents at once and keeps what it answered.

    What it cannot answer is an empty answer and a failure; an answer that is wrong in form is an error among
    `incidents`. `answered` is whether there was any answer at all, a wrong one too.
    """

    answered: bool
    failures: list[Failure]
    incidents: list[Incident]

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Annotate each document once, in whatever order the answers come."""
        ...

    def disputes(
        self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]
    ) -> Sequence[Dispute]:
        """Give the disputes of a story; asked for after the documents."""
        ...

    def report(self) -> list[str]:
        """Say in lines of text what the run has cost; no line if nothing is known."""
        ...
