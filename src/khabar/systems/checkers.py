"""The two systems that check the checker: gold itself must score 1, saying nothing must score 0."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from khabar.reading.issues import as_dispute
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Document, PredictedQuote, PredictedSource


def empty(document: Document) -> Annotations:
    """Say nothing of a document."""
    return Annotations(doc_id=document.doc_id)


class Oracle:
    """Gives gold back as predictions: every scored row with its offsets, every hard dispute with its claims.

    Don't-care rows are left out: a relay row has the content of a scored row and another speaker, and by its rule on
    ties the scorer would take it for the scored row with a wrong speaker.
    """

    def __init__(self, gold: Reference) -> None:
        self._gold = gold
        mentioned = {item.item.entity_id for doc in gold.documents.values() for item in doc.entities}
        # A source that is no named entity has no cluster of mentions to be known by: it goes by its name.
        self._names = {row.entity_id: row.name for row in gold.registry if row.entity_id not in mentioned}

    def __call__(self, document: Document) -> Annotations:
        """Say of a document what gold says."""
        gold = self._gold.documents[document.doc_id]
        return Annotations(
            doc_id=document.doc_id,
            entities=tuple(item.with_offsets for item in gold.entities if item.item.scored),
            numbers=tuple(item.with_offsets for item in gold.numbers if item.item.scored),
            quotes=tuple(self._with_names(item.item) for item in gold.quotes if item.item.scored),
        )

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the hard disputes of a story."""
        return [
            msgspec.structs.replace(as_dispute(issue), confidence=1.0)
            for issue in self._gold.issues
            if issue.story == story and issue.status == "conflict"
        ]

    def _with_names(self, quote: PredictedQuote) -> PredictedQuote:
        chain = tuple(
            PredictedSource(name=self._names[source]) if isinstance(source, str) and source in self._names else source
            for source in quote.source_chain or ()
        )
        return msgspec.structs.replace(quote, source_chain=chain)
