"""Limits: what is refused rather than weighed for minutes. No article comes near them; a hostile file does."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from khabar.reading.incidents import Incidents
from khabar.reading.predictions import Sourced
from khabar.records import Annotations, Dispute, PredictedQuote
from khabar.text.dates import takes_parser
from khabar.text.grounding import GroundedDocument, span_of
from khabar.text.spans import Passage, Spans

if TYPE_CHECKING:
    from khabar.reading.reference import Reference

LONGEST_CITATION = 350
"""Code points beyond which a span of a dispute meets no claim: a whole page is not the sentence."""

MOST_PAIRS = 500_000
"""Pairs that may have to be compared at once: of predictions and gold rows that overlap, in one layer of one document;
of spans from different sides, in one predicted dispute."""

MOST_PAIRS_OF_DISPUTES = 2_000_000
"""Pairs of spans from different sides in all predicted disputes of a file, or of the part of it that is counted."""

MOST_OF_RARE_DATES = 10_000
"""Characters of the dates of a file, or of the part of it that is counted, that are none of the common forms; each
counts once. A character takes a millisecond and more."""


def check_dates(records: Sequence[Sourced], incidents: Incidents) -> bool:
    """Refuse more dates of rare forms than the limit allows, before any is read; tell whether they are within it."""
    rare: set[str] = set()
    for _, record in records:
        for number in record.numbers if isinstance(record, Annotations) else ():
            rare.update(edtf for edtf in (number.edtf, number.edtf_literal) if edtf is not None and takes_parser(edtf))
    characters = sum(map(len, rare))
    if characters > MOST_OF_RARE_DATES:
        message = (
            f"{len(rare):,} dates that are no plain days, months, years, seasons, intervals or sets of those, "
            f"of {characters:,} characters in all, and at most {MOST_OF_RARE_DATES:,} are read"
        )
        incidents.report("dates-many", message, file=records[0][0].file)
    return characters <= MOST_OF_RARE_DATES


def check_limits(reference: Reference, records: Sequence[Sourced], incidents: Incidents) -> None:
    """Refuse what has more pairs to compare than the limits allow. The records are sound otherwise."""
    disputes: list[Dispute] = []
    most = max((len(record.entities) for record in reference.annotations), default=0)
    for origin, record in records:
        if isinstance(record, Dispute):
            disputes.append(record)
            messages, doc_id = _too_many(_pairs(record), "{} pairs of spans from different sides"), None
        elif len(record.entities) * most > MOST_PAIRS or record.numbers or record.quotes:
            messages, doc_id = _of_layers(record, reference.documents[record.doc_id]), record.doc_id
        else:
            continue  # most documents of a large file
        for message in messages:
            incidents.report("pairs-many", message, file=origin.file, line=origin.line, doc_id=doc_id)
    file = records[0][0].file if records else None
    together = "{} pairs of spans from different sides, all disputes together"
    for message in _too_many(sum(map(_pairs, disputes)), together, MOST_PAIRS_OF_DISPUTES):
        incidents.report("pairs-many", message, file=file)
    for doc_id, message in _of_claims(reference, disputes):
        incidents.report("pairs-many", message, file=file, doc_id=doc_id)


def _of_layers(record: Annotations, document: GroundedDocument) -> Iterator[str]:
    gold = document.annotations
    sizes = (
        ("entities", len(gold.entities), len(record.entities)),
        ("numbers", len(gold.numbers), len(record.numbers)),
        ("quotes", _parts(gold.quotes) if record.quotes else 0, _parts(record.quotes)),
    )
    for layer, rows, items in sizes:
        if rows * items > MOST_PAIRS:  # else they are too few, wherever they stand
            ours, theirs = (
                [item.spans for item in getattr(placed, layer) if item.spans]
                for placed in (document, GroundedDocument(record, document.passage))
            )
            yield from _too_many(
                overlapping_pairs(ours, theirs), f"{layer}: {{}} pairs of a prediction and a gold row overlap"
            )


def _parts(quotes: Sequence[PredictedQuote]) -> int:
    """Stretches of all readings of quotes."""
    return sum(
        len(quote.content) + sum(len(reading.content or ()) for reading in quote.alternatives or ()) for quote in quotes
    )


def _pairs(record: Dispute) -> int:
    """Pairs of spans from different sides."""
    sizes = [len(side.spans) for side in record.sides]
    return (sum(sizes) ** 2 - sum(size * size for size in sizes)) // 2


def _of_claims(reference: Reference, disputes: Sequence[Dispute]) -> Iterator[tuple[str, str]]:
    """Documents in which spans of disputes overlap gold's claims too often."""
    claims: dict[str, list[Spans]] = defaultdict(list)
    for claim in (claim for issue in reference.issues for position in issue.positions for claim in position):
        claims[claim.doc_id].append(((claim.start, claim.end),))
    spans: dict[str, list[Spans]] = defaultdict(list)
    for span in (span for record in disputes for side in record.sides for span in side.spans):
        document = reference.documents.get(span.doc_id)
        passage = Passage(span.doc_id) if document is None else document.passage
        place = span_of(span, passage) if span.doc_id in claims else None
        if place is not None:
            spans[span.doc_id].append((place,))
    for doc_id in sorted(spans):
        if len(claims[doc_id]) * len(spans[doc_id]) > MOST_PAIRS:
            pairs = overlapping_pairs(claims[doc_id], spans[doc_id])
            for message in _too_many(pairs, "{} pairs of a span of a dispute and a gold claim overlap"):
                yield doc_id, message


def _too_many(pairs: int, message: str, most: int = MOST_PAIRS) -> Iterator[str]:
    if pairs > most:
        yield f"{message.format(f'{pairs:,}')}, and at most {most:,} are compared at once"


def overlapping_pairs(left: Iterable[Spans], right: Iterable[Spans]) -> int:
    """Count the pairs whose extents overlap, each as often as its two items have parts on average."""
    ours, theirs = (sorted((s[0][0], s[-1][1], len(s)) for s in spans) for spans in (left, right))
    return (_weighed(ours, theirs) + _weighed(theirs, ours)) // 2


def _weighed(items: Sequence[tuple[int, int, int]], others: Sequence[tuple[int, int, int]]) -> int:
    """Sum over items of how many others overlap each, times the item's parts."""
    starts, ends = [start for start, _, _ in others], sorted(end for _, end, _ in others)
    return sum((bisect_left(starts, end) - bisect_right(ends, start)) * parts for start, end, parts in items)
