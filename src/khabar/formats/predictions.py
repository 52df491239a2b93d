"""Predictions, through which every conversion goes: read, checked, and grounded as other formats can hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unicodedata import category

import msgspec

from khabar.formats.context import Conversion
from khabar.formats.standoff import PARTS
from khabar.reading.files import json_lines
from khabar.reading.predictions import Origin, read_predictions
from khabar.reading.span_checks import check_annotations
from khabar.records import (
    Annotations,
    Dispute,
    PredictedNumber,
    PredictedQuote,
    PredictedSpan,
    Prediction,
)
from khabar.text.grounding import GroundedDocument
from khabar.text.spans import Passage, Spans

NumberOrQuote = TypeVar("NumberOrQuote", PredictedNumber, PredictedQuote)


@dataclass(frozen=True, slots=True)
class GroundedText:
    """A document's annotations, all with offsets, and the text these count in."""

    doc_id: str
    text: str
    predicted: Annotations


def read(path: Path, work: Conversion) -> list[Prediction]:
    """Read JSONL or Parquet in the prediction format, checking offsets against the texts that are known."""
    sourced = read_predictions(path, work.incidents)
    for place, record in sourced:
        _check(record, place, work)
    return [record for _, record in sourced]


def check(records: Iterable[Prediction], work: Conversion) -> None:
    """Check what another format gave, as `khabar validate` would check the file to be written."""
    for record in records:
        _check(record, Origin(None, 0), work)


def _check(record: Prediction, place: Origin, work: Conversion) -> None:
    if isinstance(record, Annotations):
        report = work.incidents.at(*place, record.doc_id)
        check_annotations(record, work.text_of(record.doc_id, record.text), report)


def write(records: Iterable[Prediction], path: Path) -> dict[Path, bytes]:
    """Write one object a line."""
    return {path: json_lines(records)}


def grounded(records: Iterable[Prediction], work: Conversion) -> list[GroundedText]:
    """Ground what is given as strings, as the scorer does. Notes disputes and what is nowhere as lost."""
    documents: list[GroundedText] = []
    for record in records:
        if isinstance(record, Dispute):
            work.lose("disputes")
            continue
        text = work.text_of(record.doc_id, record.text)
        report = partial(work.incidents.report, doc_id=record.doc_id)
        if any(category(character) in ("Cc", "Zl", "Zp") for character in record.doc_id):
            report("value-wrong", "a doc_id is one line")
        elif text is None:
            report("document-unknown", "no text is known of this document", fix="choose its corpus with --gold")
        else:
            documents.append(GroundedText(record.doc_id, text, _grounded(record, text, work)))
    return documents


def _grounded(record: Annotations, text: str, work: Conversion) -> Annotations:
    grounded = GroundedDocument(record, Passage(record.doc_id, text))
    if record.zones:
        work.lose("zones")
    for layer in ("entities", "numbers", "quotes"):
        nowhere = sum(not item.spans for item in getattr(grounded, layer))
        work.lose(f"{layer} whose string is not in the text", nowhere)
    return msgspec.structs.replace(
        record,
        entities=tuple(row.with_offsets for row in grounded.entities if row.spans),
        numbers=tuple(_with_places(row.with_offsets, work) for row in grounded.numbers if row.spans),
        quotes=tuple(_with_places(_with_content(row.item, row.spans), work) for row in grounded.quotes if row.spans),
    )


def _with_content(quote: PredictedQuote, spans: Spans) -> PredictedQuote:
    if all(part.start is not None for part in quote.content):
        return quote
    content = tuple(PredictedSpan(start=start, end=end) for start, end in spans)
    return msgspec.structs.replace(quote, content=content)


def _with_places(row: NumberOrQuote, work: Conversion) -> NumberOrQuote:
    """The row without the parts that have no offsets, which are noted as lost."""
    places: dict[str, Any] = {}
    for name in (name for name in PARTS if hasattr(row, name)):
        parts = getattr(row, name)
        listed = parts if isinstance(parts, tuple) else [part for part in (parts,) if part is not None]
        placed = tuple(part for part in listed if part.start is not None and part.end is not None)
        work.lose(f"{name} spans whose string is not in the text", len(listed) - len(placed))
        places[name] = placed if isinstance(parts, tuple) else next(iter(placed), None)
    return msgspec.structs.replace(row, **places)


ATTRIBUTES = ("entity_id", "id", "name", "wikidata", "zone", "phenomena")


def entities_only(records: Sequence[GroundedText], work: Conversion, keeps: Sequence[str] = ()) -> None:
    """Note as lost what a format of labelled entities has no room for; it `keeps` these attributes of them."""
    for record in records:
        predicted = record.predicted
        work.lose("numbers", len(predicted.numbers))
        work.lose("quotes", len(predicted.quotes))
        for name in (name for name in ATTRIBUTES if name not in keeps):
            work.lose(f"{name} of entities", sum(bool(getattr(row, name)) for row in predicted.entities))
        unscored = sum(not row.scored for row in predicted.entities)
        work.lose("don't-care marks (scored: false) of entities", unscored)
