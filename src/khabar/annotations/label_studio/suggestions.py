"""Suggestions: what a system said, as rows an annotator can begin with.

A row needs more than a system has to say: a mention without a cluster is keyed by its surface, a source by the first
thing said of it. What cannot be placed in the text is left out, as the scorer does not see it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    PredictedReading,
    PredictedSource,
    PredictedSpan,
    Quote,
    Reading,
    Row,
    Span,
    Zones,
    ZoneSpan,
)
from khabar.text.grounding import Grounded, GroundedDocument, span_of
from khabar.text.passages import Passage

UNKNOWN = "unknown"
"""Key of a speaker a system says nothing of."""
_POSITIONS = "ABCDEFGHIJKL"


def suggested(said: Iterable[Annotations], disputes: Sequence[Dispute], texts: Mapping[str, str]) -> list[Row]:
    """Rows of what is said of the documents with `texts`, and of disputes over them."""
    rows: list[Row] = []
    for item in said:
        if item.doc_id in texts:
            rows += _document(item, Passage(item.doc_id, texts[item.doc_id]))
    for number, dispute in enumerate(disputes, start=1):
        rows += _dispute(dispute, f"{dispute.story}-{number:03}", texts)
    return rows


def _document(said: Annotations, passage: Passage) -> Iterator[Row]:
    doc_id, text = said.doc_id, passage.text or ""
    placed = GroundedDocument(said, passage)
    yield Zones(doc_id=doc_id, zones=said.zones or (ZoneSpan(0, len(text), "body"),))
    taken: set[object] = set()
    for number, mention in enumerate(placed.entities, start=1):
        span = _whole(mention, text)
        if span is None or (span, mention.item.label) in taken:
            continue
        taken.add((span, mention.item.label))
        yield Entity(
            id=f"{doc_id}-e{number:03}",
            doc_id=doc_id,
            start=span.start,
            end=span.end,
            text=span.text,
            label=mention.item.label,
            name=mention.item.name or span.text,
            entity_id=mention.item.entity_id or span.text,
            wikidata=mention.item.wikidata,
            scored=mention.item.scored,
        )
    for number, found in enumerate(placed.numbers, start=1):
        span = _whole(found, text)
        if span is not None:
            yield _number(found.item, span, f"{doc_id}-n{number:03}", doc_id, text)
    for number, quote in enumerate(placed.quotes, start=1):
        if quote.spans is not None:
            content = tuple(Span(start, end, text[start:end]) for start, end in quote.spans)
            yield _quote(quote.item, content, f"{doc_id}-q{number:03}", doc_id, text)


def _whole(item: Grounded, text: str) -> Span | None:  # type: ignore[type-arg]  # of whichever layer
    if item.spans is None or not 0 <= item.spans[0][0] < item.spans[-1][1] <= len(text):
        return None
    start, end = item.spans[0][0], item.spans[-1][1]
    return Span(start, end, text[start:end])


def _number(said: PredictedNumber, span: Span, made: str, doc_id: str, text: str) -> Number:
    core = _span(said.core, text)
    inside = core is not None and span.start <= core.start and core.end <= span.end
    low, high = (None if bound is None else str(bound) for bound in (said.low, said.high))
    return Number(
        id=made,
        doc_id=doc_id,
        start=span.start,
        end=span.end,
        text=span.text,
        core=core if core is not None and inside else span,
        modifier=_span(said.modifier, text),
        kind=said.kind or "count",
        low=low,
        high=high,
        low_incl=said.low_incl,
        high_incl=said.high_incl,
        modality=said.modality,
        unit=said.unit,
        counted=said.counted,
        edtf_literal=said.edtf_literal,
        edtf=said.edtf,
        calendar=said.calendar,
        anchor=said.anchor,
        factuality=said.factuality,
        role=said.role,
        scored=said.scored,
    )


def _quote(said: PredictedQuote, content: tuple[Span, ...], made: str, doc_id: str, text: str) -> Quote:
    speaker = _key(said.speaker, text) or UNKNOWN
    chain = tuple(key for key in (_key(each, text) for each in said.source_chain or ()) if key)
    return Quote(
        id=made,
        doc_id=doc_id,
        content=content,
        cue=_spans(said.cue, text),
        marked=_spans(said.marked, text),
        speaker_mention=_span(said.speaker_mention, text),
        speaker=speaker,
        source_chain=chain if chain[-1:] == (speaker,) else (*chain, speaker),
        addressee=_key(said.addressee, text),
        medium=said.medium,
        act=said.act,
        polarity=said.polarity,
        utterance=said.utterance,
        alternatives=tuple(reading for each in said.alternatives or () if (reading := _reading(each, text))),
        scored=said.scored,
    )


def _reading(said: PredictedReading, text: str) -> Reading | None:
    content, speaker = _spans(said.content, text), _key(said.speaker, text)
    return Reading(content=content or None, speaker=speaker) if content or speaker else None


def _key(source: str | PredictedSource | None, text: str) -> str | None:
    """A key for a source: its own, else what else is said of it."""
    if source is None or isinstance(source, str):
        return source or None
    span = _span(source, text)
    said = (source.entity_id, source.name, span and span.text, source.text, source.wikidata)
    return next((each.strip() for each in said if each and each.strip()), None)


def _span(said: PredictedSpan | None, text: str) -> Span | None:
    if said is None or said.start is None or said.end is None or not 0 <= said.start < said.end <= len(text):
        return None
    return Span(said.start, said.end, text[said.start : said.end])


def _spans(said: Iterable[PredictedSpan] | None, text: str) -> tuple[Span, ...]:
    return tuple(span for span in (_span(each, text) for each in said or ()) if span is not None)


def _dispute(dispute: Dispute, key: str, texts: Mapping[str, str]) -> Iterator[Row]:
    """A dispute as a conflict: each side is a position, each of its places a claim."""
    positions = []
    for position, side in zip(_POSITIONS, dispute.sides, strict=False):
        claims: list[str] = []
        for said in side.spans:
            place = span_of(said, Passage(said.doc_id, texts[said.doc_id])) if said.doc_id in texts else None
            if place is None or not 0 <= place[0] < place[1] <= len(texts[said.doc_id]):
                continue
            claims.append(f"{key}-{position}{len(claims) + 1}")
            yield Claim(
                id=claims[-1],
                doc_id=said.doc_id,
                issue_id=key,
                position=position,
                start=place[0],
                end=place[1],
                text=texts[said.doc_id][place[0] : place[1]],
                source="narrator",
                stance="asserted",
                value=None if side.value is None else str(side.value),
            )
        positions.append(Position(position, tuple(claims)))
    documents = {said.doc_id for side in dispute.sides for said in side.spans}
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
