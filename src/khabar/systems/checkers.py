"""The two systems that check the checker: gold itself must score 1, saying nothing must score 0."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.reading.reference import Reference, as_predictions
from khabar.records import Annotations, Dispute, Document


def empty(document: Document) -> Annotations:
    """Say nothing of a document."""
    return Annotations(doc_id=document.doc_id)


class Oracle:
    """Gives gold back as predictions."""

    def __init__(self, gold: Reference) -> None:
        annotations, self._disputes = as_predictions(gold)
        self._annotations = {record.doc_id: record for record in annotations}

    def __call__(self, document: Document) -> Annotations:
        """Say of a document what gold says."""
        return self._annotations[document.doc_id]

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the hard disputes of a story."""
        return [dispute for dispute in self._disputes if dispute.story == story]
