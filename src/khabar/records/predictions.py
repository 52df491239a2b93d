"""What a system says of a document or a story. A span is offsets, or a string that the scorer grounds.

Any column of a layer is a legal key, so gold and annotation passes can be read as predictions. What is left out
stands as null here; `khabar.text.values` says what that means for a number. All ways to write the same content have one
canonical form, to sort by and to hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import structs

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
from khabar.records.rows import ZoneSpan


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What all parts of a prediction share. None can be part of a cycle, so the collector need not look at them."""


class PredictedSpan(Part, frozen=True, kw_only=True, gc=False):
    """A span: two offsets; or a string, found in the whole document or in one line of it, with an optional
    `occurrence`. Beside offsets, `line` and `occurrence` are not read."""

    start: int | None = None
    """First code point of the span, counted from 0 in the whole text. Give both offsets, or `text`."""
    end: int | None = None
    """The code point behind the last one."""
    text: str | None = None
    """The string instead of offsets: the scorer looks it up, folded. Beside offsets it is checked against them."""
    line: int | None = None
    """The line in which to look for the string, counted from 1. Null: the whole text."""
    occurrence: int | None = None
    """Which of several matches, counted from 1. Null: items of equal text take a match each, in turn; a part takes
    the one nearest to its item."""


class PredictedSource(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """Who is meant: the first given of wikidata, span, name, entity_id decides; the others are not read."""

    wikidata: str | None = None
    """The QID of who is meant."""
    name: str | None = None
    """The name of who is meant, as an article has it."""
    entity_id: str | None = None
    """A key of your own clusters."""

    @property
    def is_span(self) -> bool:
        """Whether it is a span and not a name: offsets, or a string with its line or occurrence."""
        placed = self.line is not None or self.occurrence is not None
        return self.start is not None or (self.text is not None and placed)


class PredictedEntity(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """A predicted entity mention; `entity_id` is the system's own cluster."""

    label: EntityLabel
    """The type of what is named."""
    entity_id: str | None = None
    """A key of your own: mentions of one thing share it."""
    id: str | None = None
    """A key of the row; not scored."""
    doc_id: str | None = None
    """The document; that of the line is read."""
    name: str | None = None
    """Not scored."""
    wikidata: str | None = None
    """Not scored."""
    scored: bool = True
    """In gold, false for a row that does not count."""
    zone: str | None = None
    """Not read."""
    phenomena: tuple[str, ...] | None = None
    """In gold, tags of what makes the row hard."""


class PredictedNumber(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """A predicted number or date; its columns are those of a row of config `numbers`."""

    kind: NumberKind | None = None
    """What sort of number it is. Null equals no kind."""
    low: str | int | float | None = None
    """Lower bound, a number or a decimal or fraction string. Of `exact` and `approx` one bound is both."""
    high: str | int | float | None = None
    """Upper bound, likewise. Of `vague`, null is ten times `low`."""
    low_incl: bool | None = None
    """Whether the lower bound belongs to the value. Null: as the modality has it."""
    high_incl: bool | None = None
    """Whether the upper bound does. Null: as the modality has it."""
    modality: Modality | None = None
    """How the words bound the value. Null: `range` with two different bounds, else `exact`."""
    unit: str | None = None
    counted: str | None = None
    """In gold, another form of the unit that is right."""
    edtf_literal: str | None = None
    """Compared where gold has no `edtf`."""
    edtf: str | None = None
    core: PredictedSpan | None = None
    """In gold, the least that a right span holds. Null: the span."""
    modifier: PredictedSpan | None = None
    """In gold, what a right span may also hold."""
    calendar: Calendar | None = None
    """Not scored."""
    anchor: str | None = None
    """Not scored."""
    factuality: Factuality | None = None
    """Not scored."""
    role: Role | None = None
    """Not scored."""
    id: str | None = None
    """A key of the row; not scored."""
    doc_id: str | None = None
    """The document; that of the line is read."""
    scored: bool = True
    """In gold, false for a row that does not count."""
    zone: str | None = None
    """Not read."""
    flags: tuple[str, ...] | None = None
    """Not scored."""
    phenomena: tuple[str, ...] | None = None
    """In gold, tags of what makes the row hard."""


class PredictedReading(Part, frozen=True, kw_only=True, gc=False):
    """An alternative reading of a quote, where a pass or gold is read as predictions."""

    content: tuple[PredictedSpan, ...] | None = None
    speaker: str | PredictedSource | None = None


class PredictedQuote(Part, frozen=True, kw_only=True, gc=False):
    """A predicted attribution. A speaker that is a plain string is an `entity_id`."""

    content: tuple[PredictedSpan, ...]
    speaker: str | PredictedSource | None = None
    """Who says it: a key of your own clusters, or an object that names them."""
    source_chain: tuple[str | PredictedSource, ...] | None = None
    """Who relays it, the outermost first; the speaker is last."""
    cue: tuple[PredictedSpan, ...] | None = None
    marked: tuple[PredictedSpan, ...] | None = None
    speaker_mention: PredictedSpan | None = None
    """In gold, the phrase that names the speaker."""
    addressee: str | PredictedSource | None = None
    """Not scored."""
    medium: str | None = None
    """Not scored."""
    type: QuoteType | None = None
    """Read if `marked` is left out."""
    act: Act | None = None
    """Not scored."""
    polarity: Polarity | None = None
    """Not scored."""
    utterance: str | None = None
    """A key of your own: quotes that report one utterance share it."""
    alternatives: tuple[PredictedReading, ...] | None = None
    id: str | None = None
    """A key of the row; not scored."""
    doc_id: str | None = None
    """The document; that of the line is read."""
    scored: bool = True
    """In gold, false for a row that does not count."""
    zone: str | None = None
    """Not read."""
    phenomena: tuple[str, ...] | None = None
    """In gold, tags of what makes the row hard."""


class Annotations(Part, frozen=True, kw_only=True, gc=False):
    """What is said of one document: a line of a prediction file. Gold in this format may carry text and zones."""

    doc_id: str
    """The document."""
    entities: tuple[PredictedEntity, ...] = ()
    """All mentions. Absent is empty."""
    numbers: tuple[PredictedNumber, ...] = ()
    """All numbers and dates."""
    quotes: tuple[PredictedQuote, ...] = ()
    """All attributions."""
    text: str | None = None
    """In gold, the text of the document."""
    story: str | None = None
    """In gold, its story."""
    zones: tuple[ZoneSpan, ...] | None = None
    """In gold, its zones."""

    def spans(self) -> Iterator[tuple[str, int, PredictedSpan]]:
        """Yield all spans of the items, parts included: layer, number of the item, span."""
        for index, entity in enumerate(self.entities):
            yield "entities", index, entity
        for index, number in enumerate(self.numbers):
            yield "numbers", index, number
            for inner in (number.core, number.modifier):
                if inner is not None:
                    yield "numbers", index, inner
        for index, quote in enumerate(self.quotes):
            others = [part for reading in quote.alternatives or () for part in reading.content or ()]
            for part in (*quote.content, *(quote.cue or ()), *(quote.marked or ()), *others):
                yield "quotes", index, part
            if quote.speaker_mention is not None:
                yield "quotes", index, quote.speaker_mention
            speakers = [reading.speaker for reading in quote.alternatives or ()]
            for source in (quote.speaker, quote.addressee, *(quote.source_chain or ()), *speakers):
                if isinstance(source, PredictedSource) and (source.is_span or source.end is not None):
                    yield "quotes", index, source


class StorySpan(PredictedSpan, frozen=True, kw_only=True, gc=False):
    """A span of one of the story's documents."""

    doc_id: str
    """The document of the span."""


class Side(Part, frozen=True, kw_only=True, gc=False):
    """One answer of a dispute: its value and the places that give it."""

    value: str | int | float | bool | None = None
    """The answer of this side; not scored."""
    spans: tuple[StorySpan, ...] = ()
    """The places that give it."""


class Dispute(Part, frozen=True, kw_only=True, gc=False):
    """One predicted conflict of a story: a line of a prediction file. Its `question` is for readers, and not scored."""

    story: str
    """The story."""
    question: str | None = None
    """The question, for readers; not scored."""
    type: ConflictType | None = None
    """What it is about: read by typed F1 alone."""
    confidence: float | None = None
    """How sure you are, from 0 to 1. Null is 1."""
    sides: tuple[Side, ...] = ()
    """The answers, two at least."""


Prediction = Annotations | Dispute
"""A line of a prediction file: a document has `doc_id`, a dispute has `sides`."""


_ORDERED = ("source_chain",)
"""Lists in which the order says something."""

_Record = TypeVar("_Record", bound=Any)


def canonical(record: msgspec.Struct) -> bytes:
    """Encode a record as canonical JSON: sorted keys, defaults left out."""
    return msgspec.json.encode(record, order="sorted")


def with_sorted_lists(record: _Record) -> _Record:
    """Give a struct or dataclass with its lists in canonical order, empty ones as None, and 1.0 as 1.

    Lists whose order says something remain as they are.
    """
    is_struct = isinstance(record, msgspec.Struct)
    names = record.__struct_fields__ if is_struct else record.__dataclass_fields__
    changes: dict[str, object] = {}
    for name in names:
        value = getattr(record, name)
        if isinstance(value, tuple) and name not in _ORDERED:
            changes[name] = sorted_list(value) or None
        elif isinstance(value, float):
            changes[name] = as_integer(value)
    change: Any = structs.replace if is_struct else replace
    changed: _Record = change(record, **changes) if changes else record
    return changed


def sorted_list(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sort a list by the JSON of its items, the lists in it first."""

    def inner(item: Any) -> Any:
        if isinstance(item, tuple):
            return sorted_list(item)
        return with_sorted_lists(item) if isinstance(item, msgspec.Struct) else item

    return tuple(sorted(map(inner, items), key=msgspec.json.encode))


def as_integer(value: str | int | float | bool | None) -> str | int | float | bool | None:
    """Give a number without fraction as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
