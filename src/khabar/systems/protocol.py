"""What a system is: a callable from a document to its annotations; one that also compares stories has `disputes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from khabar.records.predictions import Annotations, Dispute
from khabar.records.rows import Document


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
