"""The system: a document read once, its three layers extracted from the same tokens, and a story compared."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.records import Annotations, Dispute, Document, PredictedEntity
from khabar.systems.rules.conflicts import disputes
from khabar.systems.rules.entities.extract import extract
from khabar.systems.rules.numbers.extract import numbers
from khabar.systems.rules.quotes import quotes
from khabar.text.arabic import tokenize


class Rules:
    """The rules baseline, after the protocols of `khabar.systems.protocol`. It holds no state."""

    def __call__(self, document: Document) -> Annotations:
        """Annotate one document. What lies in boilerplate is left out; `name:` may label its titles and headings."""
        text, zones = document.text, document.zones
        boilerplate = [range(zone.start, zone.end) for zone in zones if zone.zone == "boilerplate"]

        def kept(start: int | None) -> bool:
            return not any((start or 0) in stretch for stretch in boilerplate)

        mentions = extract(tokenize(text))
        headings = [zone.start for zone in zones if zone.zone in ("title", "heading")] or [0]
        spans = ((text[one.start : one.end], one) for one in mentions if kept(one.start))
        entities = (
            PredictedEntity(start=one.start, end=one.end, text=surface, label=one.label, entity_id=one.key)
            for surface, one in spans
        )
        return Annotations(
            doc_id=document.doc_id,
            entities=tuple(entities),
            numbers=tuple(one for one in numbers(text, mentions, document.published) if kept(one.start)),
            quotes=tuple(one for one in quotes(text, mentions, headings) if kept(one.content[0].start)),
        )

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes of a story from its documents and what the rules said of each, in the same order."""
        return disputes(story, documents, annotations)


rules = Rules()
"""The one instance: a system and a story system."""
