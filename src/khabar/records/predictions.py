"""What a system says of a document or a story. A span is offsets, or a string that the scorer grounds.

Any column of a layer is a legal key, so gold and annotation passes can be read as predictions. What is left out
stands as null here; `khabar.text.values` says what that means for a number.
"""

import msgspec

from khabar.records.labels import (
    Act,
    Calendar,
    ConflictType,
    EntityLabel,
    Factuality,
    Modality,
    NumberKind,
    Polarity,
    QuoteType,
    Role,
)
from khabar.records.spans import ZoneSpan


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What all parts of a prediction share. None can be part of a cycle, so the collector need not look at them."""


class PredictedSpan(Part, frozen=True, kw_only=True, gc=False):
    """A span: `start` and `end` (code points), or `text`, in the whole document or in `line`, with an optional
    `occurrence`; both count from 1. Beside offsets they are not read."""

    start: int | None = None
    end: int | None = None
    text: str | None = None
    line: int | None = None
    occurrence: int | None = None


class PredictedSource(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """Who is meant: the first given of wikidata, span, name, entity_id decides; the others are not read."""

    wikidata: str | None = None
    name: str | None = None
    entity_id: str | None = None

    @property
    def is_span(self) -> bool:
        """Whether it is a span and not a name: offsets, or a string with its line or occurrence."""
        placed = self.line is not None or self.occurrence is not None
        return self.start is not None or (self.text is not None and placed)


class PredictedEntity(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """A predicted entity mention; `entity_id` is the system's own cluster."""

    label: EntityLabel
    entity_id: str | None = None
    id: str | None = None
    doc_id: str | None = None
    name: str | None = None
    wikidata: str | None = None
    scored: bool = True
    zone: str | None = None
    phenomena: tuple[str, ...] | None = None


class PredictedNumber(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """A predicted number or date; see `khabar.records.rows.Number` for the columns."""

    kind: NumberKind | None = None
    low: str | int | float | None = None
    high: str | int | float | None = None
    low_incl: bool | None = None
    high_incl: bool | None = None
    modality: Modality | None = None
    unit: str | None = None
    counted: str | None = None
    edtf_literal: str | None = None
    edtf: str | None = None
    core: PredictedSpan | None = None
    modifier: PredictedSpan | None = None
    calendar: Calendar | None = None
    anchor: str | None = None
    factuality: Factuality | None = None
    role: Role | None = None
    id: str | None = None
    doc_id: str | None = None
    scored: bool = True
    zone: str | None = None
    flags: tuple[str, ...] | None = None
    phenomena: tuple[str, ...] | None = None


class PredictedReading(Part, frozen=True, kw_only=True, gc=False):
    """An alternative reading of a quote, where a pass or gold is read as predictions."""

    content: tuple[PredictedSpan, ...] | None = None
    speaker: str | PredictedSource | None = None


class PredictedQuote(Part, frozen=True, kw_only=True, gc=False):
    """A predicted attribution. A speaker that is a plain string is an `entity_id`."""

    content: tuple[PredictedSpan, ...]
    speaker: str | PredictedSource | None = None
    source_chain: tuple[str | PredictedSource, ...] | None = None
    cue: tuple[PredictedSpan, ...] | None = None
    marked: tuple[PredictedSpan, ...] | None = None
    speaker_mention: PredictedSpan | None = None
    addressee: str | PredictedSource | None = None
    medium: str | None = None
    type: QuoteType | None = None
    act: Act | None = None
    polarity: Polarity | None = None
    utterance: str | None = None
    alternatives: tuple[PredictedReading, ...] | None = None
    id: str | None = None
    doc_id: str | None = None
    scored: bool = True
    zone: str | None = None
    phenomena: tuple[str, ...] | None = None


class Annotations(Part, frozen=True, kw_only=True, gc=False):
    """What is said of one document: a line of a prediction file. Gold in this format may carry text and zones."""

    doc_id: str
    entities: tuple[PredictedEntity, ...] = ()
    numbers: tuple[PredictedNumber, ...] = ()
    quotes: tuple[PredictedQuote, ...] = ()
    text: str | None = None
    story: str | None = None
    zones: tuple[ZoneSpan, ...] | None = None


class StorySpan(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """A span of one of the story's documents."""

    doc_id: str


class Side(Part, frozen=True, kw_only=True, gc=False):
    """One answer of a dispute: its value and the places that give it."""

    value: str | int | float | bool | None = None
    spans: tuple[StorySpan, ...] = ()


class Dispute(Part, frozen=True, kw_only=True, gc=False):
    """One predicted conflict of a story: a line of a prediction file. Its `question` is for readers, and not scored."""

    story: str
    question: str | None = None
    type: ConflictType | None = None
    confidence: float | None = None
    sides: tuple[Side, ...] = ()


Prediction = Annotations | Dispute
"""A line of a prediction file: a document has `doc_id`, a dispute has `sides`."""


def canonical(record: msgspec.Struct) -> bytes:
    """Encode a record as canonical JSON: sorted keys, defaults left out."""
    return msgspec.json.encode(record, order="sorted")
