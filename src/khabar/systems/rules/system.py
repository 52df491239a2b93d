"""The system: a document read once, its three layers extracted from the same reading, and a story compared."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from khabar.records.predictions import Annotations, Dispute, PredictedEntity
from khabar.records.rows import Document
from khabar.systems.rules.conflicts.disputes import disputes
from khabar.systems.rules.entities.extract import extract
from khabar.systems.rules.entities.mention import Mention
from khabar.systems.rules.numbers.extract import numbers
from khabar.systems.rules.quotes.extract import quotes
from khabar.systems.rules.reading import Reading, read

_NO_TEXT = "boilerplate"
_LABELLED = frozenset({"title", "heading", "source"})


class Rules:
    """The rules baseline, after the protocols of `khabar.systems.protocol`. It holds no state."""

    def __call__(self, document: Document) -> Annotations:
        """Annotate one document. What lies in boilerplate is left out."""
        reading = read(document.text)
        mentions = extract(reading)
        said = quotes(reading, mentions, _label_lines(reading, document))
        counted = numbers(reading, mentions, document.published)
        waste = [(zone.start, zone.end) for zone in document.zones if zone.zone == _NO_TEXT]
        return Annotations(
            doc_id=document.doc_id,
            entities=tuple(_entity(reading, one) for one in mentions if not _within(one.start, one.end, waste)),
            numbers=tuple(one for one in counted if not _within(one.start, one.end, waste)),
            quotes=tuple(one for one in said if not _within(one.content[0].start, one.content[0].end, waste)),
        )

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes of a story from its documents and what the rules said of each, in the same order."""
        return disputes(story, documents, annotations)


def _within(start: int | None, end: int | None, stretches: Sequence[tuple[int, int]]) -> bool:
    return any(first <= (start or 0) and (end or 0) <= last for first, last in stretches)


def _entity(reading: Reading, one: Mention) -> PredictedEntity:
    text = reading.text[one.start : one.end]
    fused = one.start > 0 and text.startswith("ل") and reading.text[one.start - 1] == "ل"
    return PredictedEntity(
        start=one.start,
        end=one.end,
        text=text,
        label=one.label,
        entity_id=one.key,
        name="ا" + text if fused else None,
    )


def _label_lines(reading: Reading, document: Document) -> frozenset[int]:
    """The lines where `name:` labels a headline: titles and headings by zone, else the first line."""
    if not document.zones:
        return frozenset({0}) if "\n" in document.text.strip() else frozenset()
    return frozenset(
        line
        for zone in document.zones
        if zone.zone in _LABELLED
        for line in reading.lines[bisect_left(reading.starts, zone.start) : bisect_left(reading.starts, zone.end)]
    )


rules = Rules()
"""The one instance: a system and a story system."""
