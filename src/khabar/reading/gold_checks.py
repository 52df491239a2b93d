"""Checks of gold in the prediction format: each document once, no row twice, every span somewhere, values sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from khabar.reading.checks import first_given
from khabar.reading.incidents import Incident, Incidents, Report
from khabar.reading.limits import LONGEST_CITATION, check_dates
from khabar.reading.mentions import are_sound
from khabar.reading.predictions import Origin, Sourced, split
from khabar.reading.reference import in_order
from khabar.reading.span_checks import check_annotations, check_span
from khabar.records import Annotations, Dispute, PredictedEntity, PredictedNumber, PredictedQuote
from khabar.records.predictions import canonical, with_sorted_lists
from khabar.text.grounding import Grounded, GroundedDocument, offsets_of, span_of
from khabar.text.spans import Passage

_Row = Grounded[PredictedEntity] | Grounded[PredictedNumber] | Grounded[PredictedQuote]


_IN_GOLD = {
    "bounds-reversed": "gold-reversed",
    "date-not-edtf": "gold-date",
    "span-ungrounded": "gold-ungrounded",
}
"""Incidents that are warnings of a prediction and errors in gold."""


def check_gold(records: Sequence[Sourced], *, part: bool = False) -> Iterable[Incident]:
    """List what is wrong with gold given as documents and disputes; `part` where this is not all of it."""
    incidents = Incidents()
    if not check_dates(records, incidents):
        return incidents
    origins: dict[str, Origin] = {}
    disputes: dict[bytes, Origin] = {}
    documents, _ = split(records)
    texts = {record.doc_id: record.text for record in documents}
    sound = iter(are_sound(documents, [record.text for record in documents]))
    for origin, record in records:
        if isinstance(record, Dispute):
            _check_dispute(record, texts, origin, incidents, may_be_unknown=not (texts or part))
            first = disputes.setdefault(canonical(in_order(record)), origin)
            if first is not origin:
                incidents.at(*origin)("row-repeated", f"the same dispute is {first_given(first, origin)} already")
            continue
        is_sound = next(sound)
        first = origins.setdefault(record.doc_id, origin)
        if is_sound and first is origin and not record.zones:
            continue  # most documents of a large file
        report = incidents.at(*origin, record.doc_id)
        if first is not origin:
            report("document-repeated", f"first given {first_given(first, origin)}")
        of_rows = Incidents()
        if not is_sound:
            check_annotations(record, record.text, of_rows.at(*origin, record.doc_id))
        # What is a warning of a prediction is an error in gold: nothing could ever be right there.
        problems = Incidents(replace(each, id=_IN_GOLD.get(each.id, each.id)) for each in of_rows)
        incidents.extend(problems)
        for zone in record.zones or ():
            if zone.start < 0 or zone.end <= zone.start or (record.text is not None and zone.end > len(record.text)):
                report("zones-broken", f"zone [{zone.start}, {zone.end}) is no stretch of the text", zone.start)
        if not is_sound and not problems.errors:
            _check_rows(record, report)
    return incidents


def _check_dispute(
    record: Dispute, texts: Mapping[str, str | None], origin: Origin, incidents: Incidents, *, may_be_unknown: bool
) -> None:
    """Check a dispute's spans, and that each side has some that are short enough to be met."""
    if len(record.sides) < 2:
        incidents.at(*origin)("gold-unmatchable", f"the dispute has {len(record.sides)} side(s), and needs two")
    for index, side in enumerate(record.sides):
        name = f"sides[{index}]"
        if not side.spans:
            incidents.at(*origin)("gold-unmatchable", f"{name} has no span")
        for span in side.spans:
            text, spans = texts.get(span.doc_id), Incidents()
            report = spans.at(*origin, span.doc_id)
            if span.doc_id not in texts and not may_be_unknown:
                report("document-unknown", f"{name}: no document {span.doc_id!r} in the gold")
            check_span(span, text, report, name)
            place = None if spans.errors else span_of(span, Passage(span.doc_id, text))
            if place and place[1] - place[0] > LONGEST_CITATION:
                message = f"{name}: a span of {place[1] - place[0]} code points, where {LONGEST_CITATION} meet a claim"
                report("gold-unmatchable", message, place[0])
            incidents.extend(replace(each, id=_IN_GOLD.get(each.id, each.id)) for each in spans)


def _check_rows(record: Annotations, report: Report) -> None:
    """Look for rows that are nowhere or there twice, once strings have their places."""
    if _stand_apart(record):
        return
    document = GroundedDocument(record)
    for layer in ("entities", "numbers", "quotes"):
        contents: set[object] = set()
        rows: Sequence[_Row] = getattr(document, layer)
        for row in rows:
            if row.spans is None:
                report("gold-ungrounded", f"{layer}: a row has neither offsets nor a string that is in the text")
                continue
            key = _content(row)
            if key in contents:
                report("row-repeated", f"{layer}: the same row twice", row.start)
            contents.add(key)


def _stand_apart(record: Annotations) -> bool:
    """Tell whether every row has offsets, and no two of a layer the same: nothing to look up, nothing twice."""
    entities = {(item.start, item.end, item.label) for item in record.entities if item.start is not None}
    numbers = {(item.start, item.end) for item in record.numbers if item.start is not None}
    if any(part.start is None or part.end is None for quote in record.quotes for part in quote.content):
        return False
    quotes = {spans for quote in record.quotes if (spans := offsets_of(quote.content))}
    counts = len(entities), len(numbers), len(quotes)
    return counts == (len(record.entities), len(record.numbers), len(record.quotes))


def _content(row: _Row) -> object:
    """What makes two gold rows the same: for entities span and label, else place and everything but the id."""
    item = row.item
    if isinstance(item, PredictedEntity):
        return row.spans, item.label
    if isinstance(item, PredictedNumber):
        said = structs.replace(item, id=None, start=None, end=None, text=None, line=None, occurrence=None)
        return row.spans, canonical(with_sorted_lists(said))
    return row.spans, canonical(with_sorted_lists(structs.replace(item, id=None, content=())))
