"""The two systems that check the checker: gold itself must score 1, saying nothing must score 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Document, PredictedQuote, PredictedSource, Side, StorySpan


def empty(document: Document) -> Annotations:
    """Say nothing of a document."""
    return Annotations(doc_id=document.doc_id)


class Oracle:
    """Gives gold back as predictions: every scored row with its offsets, every hard dispute with its claims.

    Don't-care rows stay out: a relay row has the content of a scored one and another speaker, so that whoever says it
    has, by the scorer's rule on ties, said the scored content wrongly.
    """

    def __init__(self, gold: Reference) -> None:
        self._gold = gold
        mentioned = {item.item.entity_id for doc in gold.documents.values() for item in doc.entities}
        # A source that is no named entity has no cluster of mentions to be known by: it goes by its name.
        self._names = {row.entity_id: row.name for row in gold.registry if row.entity_id not in mentioned}

    def _chained(self, quote: PredictedQuote) -> PredictedQuote:
        def named(source: str | PredictedSource) -> str | PredictedSource:
            return (
                PredictedSource(name=self._names[source])
                if isinstance(source, str) and source in self._names
                else source
            )

        return msgspec.structs.replace(quote, source_chain=tuple(map(named, quote.source_chain or ())))

    def __call__(self, document: Document) -> Annotations:
        """Say of a document what gold says."""
        gold = self._gold.documents[document.doc_id]
        return Annotations(
            doc_id=document.doc_id,
            entities=tuple(_at(item.item, item.spans) for item in gold.entities if item.item.scored),
            numbers=tuple(_at(item.item, item.spans) for item in gold.numbers if item.item.scored),
            quotes=tuple(self._chained(item.item) for item in gold.quotes if item.item.scored),
        )

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the hard disputes of a story."""
        return [
            Dispute(
                story=story,
                type=issue.type,
                confidence=1.0,
                sides=tuple(
                    Side(spans=tuple(StorySpan(doc_id=c.doc_id, start=c.start, end=c.end) for c in position))
                    for position in issue.positions
                ),
            )
            for issue in self._gold.issues
            if issue.story == story and issue.status == "conflict"
        ]


_Said = TypeVar("_Said", bound=msgspec.Struct)


def _at(said: _Said, spans: tuple[tuple[int, int], ...] | None) -> _Said:
    return msgspec.structs.replace(said, start=spans[0][0], end=spans[0][1]) if spans else said
