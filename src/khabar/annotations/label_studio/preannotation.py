"""Pre-annotation: what a system predicts, as rows an annotator can begin with.

A row needs more than a system has to say: a mention without a cluster is keyed by its surface, a source by the first
thing said of it. What cannot be grounded in the text is left out, as the scorer does not see it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict

from khabar.formats.label_studio.fields import POSITIONS
from khabar.records import (
    Annotations,
    Claim,
    Conflict,
    Dispute,
    Entity,
    Number,
    Position,
    PredictedNumber,
    PredictedQuote,
    PredictedSource,
    PredictedSpan,
    Quote,
    Reading,
    Row,
    Span,
    Zones,
    ZoneSpan,
)
from khabar.records.labels import NARRATOR
from khabar.text.grounding import GroundedDocument, span_of
from khabar.text.spans import Passage, Spans

UNKNOWN = "unknown"
"""Key of a speaker a system says nothing of."""
_COMPUTED = {"zone", "type", "phenomena", "flags"}
"""Columns that no system is asked for."""


def rows_of(predictions: Iterable[Annotations], disputes: Sequence[Dispute], texts: Mapping[str, str]) -> list[Row]:
    """Rows of what is predicted of the documents with `texts`, and of disputes over them."""
    rows: list[Row] = []
    for predicted in predictions:
        if predicted.doc_id in texts:
            rows += _document(predicted, texts[predicted.doc_id])
    for number, dispute in enumerate(disputes, start=1):
        rows += _dispute(dispute, f"{dispute.story}-{number:03}", texts)
    return rows


def _document(predicted: Annotations, text: str) -> Iterator[Row]:
    doc_id = predicted.doc_id
    document = GroundedDocument(predicted, Passage(doc_id, text))
    yield Zones(doc_id=doc_id, zones=predicted.zones or (ZoneSpan(0, len(text), "body"),))
    taken: set[object] = set()
    for number, mention in enumerate(document.entities, start=1):
        span, entity = _whole(mention.spans, text), mention.item
        if span is not None and (span, entity.label) not in taken:
            taken.add((span, entity.label))
            named = {"name": entity.name or span.text, "entity_id": entity.entity_id or span.text}
            yield Entity(**_columns(entity, Entity, f"{doc_id}-e{number:03}", doc_id) | asdict(span) | named)
    for number, amount in enumerate(document.numbers, start=1):
        span = _whole(amount.spans, text)
        if span is not None:
            yield _number(amount.item, span, f"{doc_id}-n{number:03}", doc_id, text)
    for number, quote in enumerate(document.quotes, start=1):
        if quote.spans is not None:
            content = tuple(Span(start, end, text[start:end]) for start, end in quote.spans)
            yield _quote(quote.item, content, f"{doc_id}-q{number:03}", doc_id, text)


def _columns(predicted: msgspec.Struct, kind: type[Row], key: str, doc_id: str) -> dict[str, Any]:
    """The columns a prediction gives, with id and document."""
    given = {name: getattr(predicted, name, None) for name in kind.__struct_fields__ if name not in _COMPUTED}
    return {name: value for name, value in given.items() if value is not None} | {"id": key, "doc_id": doc_id}


def _whole(spans: Spans | None, text: str) -> Span | None:
    """From the first to the last letter of an item, if it lies in the text."""
    return _inside(spans[0][0], spans[-1][1], text) if spans else None


def _number(predicted: PredictedNumber, span: Span, key: str, doc_id: str, text: str) -> Number:
    core = _span(predicted.core, text)
    inside = core is not None and span.start <= core.start and core.end <= span.end
    bounds = {name: str(bound) for name in ("low", "high") if (bound := getattr(predicted, name)) is not None}
    spans = {"core": core if inside else span, "modifier": _span(predicted.modifier, text)}
    columns = _columns(predicted, Number, key, doc_id) | asdict(span) | spans | bounds
    return Number(**{"kind": "count"} | columns)


def _quote(predicted: PredictedQuote, content: tuple[Span, ...], key: str, doc_id: str, text: str) -> Quote:
    speaker = _key(predicted.speaker, text) or UNKNOWN
    chain = tuple(source for source in (_key(each, text) for each in predicted.source_chain or ()) if source)
    readings = (
        Reading(content=_spans(reading.content, text) or None, speaker=_key(reading.speaker, text))
        for reading in predicted.alternatives or ()
    )
    columns = _columns(predicted, Quote, key, doc_id) | {
        "content": content,
        "cue": _spans(predicted.cue, text),
        "marked": _spans(predicted.marked, text),
        "speaker_mention": _span(predicted.speaker_mention, text),
        "speaker": speaker,
        "source_chain": chain if chain[-1:] == (speaker,) else (*chain, speaker),
        "addressee": _key(predicted.addressee, text),
        "alternatives": tuple(reading for reading in readings if reading != Reading()),
    }
    return Quote(**columns)


def _key(source: str | PredictedSource | None, text: str) -> str | None:
    """A key for a source: its own, else what else is said of it."""
    if source is None or isinstance(source, str):
        return source or None
    span = _span(source, text)
    names = (source.entity_id, source.name, span and span.text, source.text, source.wikidata)
    return next((name.strip() for name in names if name and name.strip()), None)


def _span(predicted: PredictedSpan | None, text: str) -> Span | None:
    if predicted is None or predicted.start is None or predicted.end is None:
        return None
    return _inside(predicted.start, predicted.end, text)


def _inside(start: int, end: int, text: str) -> Span | None:
    return Span(start, end, text[start:end]) if 0 <= start < end <= len(text) else None


def _spans(predicted: Iterable[PredictedSpan] | None, text: str) -> tuple[Span, ...]:
    return tuple(span for span in (_span(part, text) for part in predicted or ()) if span is not None)


def _dispute(dispute: Dispute, key: str, texts: Mapping[str, str]) -> Iterator[Row]:
    """A dispute as a conflict: each side is a position, each of its spans a claim."""
    positions = []
    for position, side in zip(POSITIONS, dispute.sides, strict=False):
        claims: list[str] = []
        for predicted in side.spans:
            text = texts.get(predicted.doc_id, "")
            place = span_of(predicted, Passage(predicted.doc_id, text))
            span = None if place is None else _inside(*place, text)
            if span is None:
                continue
            claims.append(f"{key}-{position}{len(claims) + 1}")
            yield Claim(
                id=claims[-1],
                doc_id=predicted.doc_id,
                issue_id=key,
                position=position,
                **asdict(span),
                source=NARRATOR,
                stance="asserted",
                value=None if side.value is None else str(side.value),
            )
        positions.append(Position(position, tuple(claims)))
    documents = {predicted.doc_id for side in dispute.sides for predicted in side.spans}
    yield Conflict(
        issue_id=key,
        story=dispute.story,
        question=key,
        question_ar=key,
        status="conflict",
        type=dispute.type,
        scope="across" if len(documents) > 1 else "within",
        positions=tuple(positions),
    )
