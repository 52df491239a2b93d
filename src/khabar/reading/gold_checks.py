"""Checks on gold in the prediction format: each document once, no row twice, every span somewhere, values sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from khabar.reading.checks import Report, check_annotations, check_span, reporter, where
from khabar.reading.incidents import Incident, errors
from khabar.reading.plain import plain
from khabar.reading.predictions import Origin, Sourced, split
from khabar.reading.reference import in_order
from khabar.records import Annotations, Dispute, PredictedEntity, PredictedNumber, PredictedQuote, canonical
from khabar.text.grounding import Grounded, GroundedDocument
from khabar.text.passages import Passage
from khabar.text.spans import normal


def check_gold(records: Sequence[Sourced], *, part: bool = False) -> list[Incident]:
    """List what is wrong with gold given as documents and disputes; `part` where this is not all of it."""
    incidents: list[Incident] = []
    seen: dict[str, Origin] = {}
    disputes: dict[bytes, Origin] = {}
    said, _ = split(records)
    texts = {record.doc_id: record.text for record in said}
    sound = iter(plain(said, [record.text for record in said]))
    for source, record in records:
        if isinstance(record, Dispute):
            for at, side in enumerate(record.sides):
                for span in side.spans:
                    report = reporter(incidents, source, span.doc_id)
                    if (texts or part) and span.doc_id not in texts:
                        report("document-unknown", f"sides[{at}]: no document {span.doc_id!r} in the gold")
                    check_span(span, texts.get(span.doc_id), report, f"sides[{at}]")
            first = disputes.setdefault(canonical(in_order(record)), source)
            if first is not source:
                reporter(incidents, source, None)("row-repeated", f"the same dispute is {where(first, source)} already")
            continue
        is_sound = next(sound)
        first = seen.setdefault(record.doc_id, source)
        if is_sound and first is source and not record.zones:
            continue  # most documents of a large file
        report = reporter(incidents, source, record.doc_id)
        if first is not source:
            report("document-repeated", f"first given {where(first, source)}")
        found: list[Incident] = []
        if not is_sound:
            check_annotations(record, record.text, reporter(found, source, record.doc_id))
        # What is a warning of a prediction is an error in gold: nothing could ever be right there.
        incidents += [replace(each, id="gold-reversed") if each.id == "bounds-reversed" else each for each in found]
        for zone in record.zones or ():
            if zone.start < 0 or zone.end <= zone.start or (record.text is not None and zone.end > len(record.text)):
                report("zones-broken", f"zone [{zone.start}, {zone.end}) is no stretch of the text", zone.start)
        if not is_sound and not errors(found):
            _check_rows(record, report)
    return incidents


def _check_rows(record: Annotations, report: Report) -> None:
    """Look for rows that are nowhere or there twice, once strings have their places."""
    if _stand_apart(record):
        return
    placed = GroundedDocument(record, Passage(record.doc_id, record.text))
    for layer in ("entities", "numbers", "quotes"):
        seen: set[object] = set()
        items: Sequence[Grounded[PredictedEntity] | Grounded[PredictedNumber] | Grounded[PredictedQuote]] = getattr(
            placed, layer
        )
        for item in items:
            if item.spans is None:
                report("gold-ungrounded", f"{layer}: a row has neither offsets nor a string that is in the text")
                continue
            key = _content(item)
            if key in seen:
                report("row-repeated", f"{layer}: the same row twice", item.start)
            seen.add(key)


def _stand_apart(record: Annotations) -> bool:
    """Tell whether every row has offsets, and no two of a layer the same: nothing to look up, nothing twice."""
    entities = {(item.start, item.end, item.label) for item in record.entities if item.start is not None}
    numbers = {(item.start, item.end) for item in record.numbers if item.start is not None}
    quotes = set()
    for item in record.quotes:
        parts = [(part.start, part.end) for part in item.content if part.start is not None and part.end is not None]
        if not parts or len(parts) < len(item.content):
            return False
        quotes.add(normal(parts))
    found = len(entities), len(numbers), len(quotes)
    return found == (len(record.entities), len(record.numbers), len(record.quotes))


def _content(item: Grounded[PredictedEntity] | Grounded[PredictedNumber] | Grounded[PredictedQuote]) -> object:
    """What makes two gold rows the same: for entities span and label, else place and everything but the id."""
    said = item.item
    if isinstance(said, PredictedEntity):
        return item.spans, said.label
    if isinstance(said, PredictedNumber):
        bare: PredictedNumber | PredictedQuote = structs.replace(
            said, id=None, start=None, end=None, text=None, occurrence=None
        )
    else:
        bare = structs.replace(said, id=None, content=())
    return item.spans, canonical(bare)
