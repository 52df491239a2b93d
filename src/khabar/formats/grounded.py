"""Predictions with every span as offsets of a text that is known: what other formats can hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from unicodedata import category

import msgspec

from khabar.formats.conversion import Conversion
from khabar.records import (
    Annotations,
    Dispute,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSpan,
    Prediction,
)
from khabar.text.grounding import Grounded as GroundedItem
from khabar.text.grounding import GroundedDocument
from khabar.text.passages import Passage

Said = TypeVar("Said", PredictedEntity, PredictedNumber)


@dataclass(frozen=True, slots=True)
class Grounded:
    """A document's annotations, all with offsets, and the text these count in."""

    doc_id: str
    text: str
    said: Annotations


def grounded(records: Iterable[Prediction], work: Conversion) -> list[Grounded]:
    """Ground what is given as strings, as the scorer does. Notes disputes and what is nowhere as lost."""
    found: list[Grounded] = []
    for record in records:
        if isinstance(record, Dispute):
            work.lose("disputes")
            continue
        text = work.text_of(record.doc_id, record.text)
        if any(category(each) in ("Cc", "Zl", "Zp") for each in record.doc_id):
            work.report("value-wrong", "a doc_id is one line", doc_id=record.doc_id)
        elif text is None:
            fix = "choose its corpus with --gold"
            work.report("document-unknown", "no text is known of this document", doc_id=record.doc_id, fix=fix)
        else:
            found.append(Grounded(record.doc_id, text, _grounded(record, text, work)))
    return found


def _grounded(record: Annotations, text: str, work: Conversion) -> Annotations:
    placed = GroundedDocument(record, Passage(record.doc_id, text))
    if record.zones:
        work.lose("zones")
    return msgspec.structs.replace(
        record,
        entities=tuple(_at(each) for each in placed.entities if _is_there(each, "entities", work)),
        numbers=tuple(_number(_at(each), work) for each in placed.numbers if _is_there(each, "numbers", work)),
        quotes=tuple(_quote(each, work) for each in placed.quotes if _is_there(each, "quotes", work)),
    )


def _is_there(
    item: GroundedItem[PredictedEntity] | GroundedItem[PredictedNumber] | GroundedItem[PredictedQuote],
    layer: str,
    work: Conversion,
) -> bool:
    if not item.spans:
        work.lose(f"{layer} whose string is not in the text")
    return bool(item.spans)


def _at(item: GroundedItem[Said]) -> Said:
    start, end = item.spans[0] if item.spans else (0, 0)
    return msgspec.structs.replace(item.item, start=start, end=end)


def _number(number: PredictedNumber, work: Conversion) -> PredictedNumber:
    parts = {name: _part(getattr(number, name), name, work) for name in ("core", "modifier")}
    return msgspec.structs.replace(number, **parts)


def _quote(item: GroundedItem[PredictedQuote], work: Conversion) -> PredictedQuote:
    quote = item.item
    content = quote.content
    if any(part.start is None for part in content):
        content = tuple(PredictedSpan(start=start, end=end) for start, end in item.spans or ())

    def there(parts: Sequence[PredictedSpan] | None, name: str) -> tuple[PredictedSpan, ...] | None:
        if parts is None:
            return None
        kept = (_part(part, name, work) for part in parts)
        return tuple(part for part in kept if part is not None)

    return msgspec.structs.replace(
        quote,
        content=content,
        cue=there(quote.cue, "cue"),
        marked=there(quote.marked, "marked"),
        speaker_mention=_part(quote.speaker_mention, "speaker_mention", work),
    )


def _part(part: PredictedSpan | None, name: str, work: Conversion) -> PredictedSpan | None:
    if part is not None and (part.start is None or part.end is None):
        work.lose(f"{name} spans whose string is not in the text")
        return None
    return part


ATTRIBUTES = ("entity_id", "id", "name", "wikidata", "zone", "phenomena")


def entities_only(records: Sequence[Grounded], work: Conversion, keeps: Sequence[str] = ()) -> None:
    """Note as lost what a format of labelled entities has no room for; it `keeps` these attributes of them."""
    for record in records:
        work.lose("numbers", len(record.said.numbers))
        work.lose("quotes", len(record.said.quotes))
        for name in (each for each in ATTRIBUTES if each not in keeps):
            work.lose(f"{name} of entities", sum(bool(getattr(row, name)) for row in record.said.entities))
        work.lose("don't-care marks (scored: false) of entities", sum(not row.scored for row in record.said.entities))
