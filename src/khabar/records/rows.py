"""The rows of the dataset, one record a config. Offsets are half-open code points of the whole text.

Rows of `annotations/` are the same records without what the corpus computes (`zone`, `type`, and the phenomena
that follow from offsets); there each line names its `layer`.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from khabar.records.labels import (
    Act,
    Calendar,
    ConflictType,
    EntityLabel,
    Factuality,
    Modality,
    NumberFlag,
    NumberKind,
    Phenomenon,
    Polarity,
    QuoteType,
    Role,
    Scope,
    Stance,
    Status,
    Subtype,
    Zone,
)
from khabar.records.spans import Span, ZoneSpan


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="layer"):
    """What all rows share: they are frozen, each knows its key, its spans and its place in the order of a file.

    In a file of mixed rows each names its layer.
    """

    @property
    def layer(self) -> str:
        """The config the row is of, as a file of mixed rows names it."""
        return str(self.__struct_config__.tag)

    @property
    def key(self) -> str:
        """Identifies the row within its config, and is the same in every release that has it."""
        return str(getattr(self, "id"))  # noqa: B009

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the spans of the row with their column: `span` for the row's own, then its parts in column order."""
        yield from ()

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key within a config: document or story, first offset, last offset, key."""
        spans = [span for _, span in self.spans()]
        start = min((span.start for span in spans), default=0)
        end = max((span.end for span in spans), default=0)
        return str(getattr(self, "doc_id", None) or getattr(self, "story", "")), start, end, self.key


class Document(Row, frozen=True, kw_only=True, tag="documents"):
    """An article as received. `published` is EDTF, inferred, with its evidence; `sha256` is of the UTF-8 bytes."""

    doc_id: str
    story: str
    outlet: str | None = None
    title: str | None = None
    text: str
    sha256: str
    lang: str = "ar"
    published: str | None = None
    published_evidence: str | None = None
    zones: tuple[ZoneSpan, ...] = ()
    rights: str | None = None

    @property
    def key(self) -> str:
        """The document's id."""
        return self.doc_id


class Zones(Row, frozen=True, kw_only=True, tag="zones"):
    """The zones of a document, as annotated: they cover the text, whole lines each."""

    doc_id: str
    zones: tuple[ZoneSpan, ...]

    @property
    def key(self) -> str:
        """The document's id."""
        return self.doc_id


class Entity(Row, frozen=True, kw_only=True, tag="entities"):
    """A mention of a person, place, body …; `entity_id` is one key per thing across the story."""

    id: str
    doc_id: str
    start: int
    end: int
    text: str = ""
    label: EntityLabel
    name: str
    entity_id: str
    wikidata: str | None = None
    scored: bool = True
    zone: Zone | None = None
    phenomena: tuple[Phenomenon, ...] = ()

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the mention."""
        yield "span", Span(self.start, self.end, self.text)


class Number(Row, frozen=True, kw_only=True, tag="numbers"):
    """A number or date. `low` and `high` are decimal or fraction strings (null: unbounded); `unit` is a UCUM code,
    an ISO 4217 code, `%`, `%pt` or the counted noun's lemma; `edtf` is EDTF level 1."""

    id: str
    doc_id: str
    start: int
    end: int
    text: str = ""
    core: Span
    modifier: Span | None = None
    kind: NumberKind
    low: str | None = None
    high: str | None = None
    low_incl: bool | None = None
    high_incl: bool | None = None
    modality: Modality | None = None
    unit: str | None = None
    counted: str | None = None
    edtf_literal: str | None = None
    edtf: str | None = None
    calendar: Calendar | None = None
    anchor: str | None = None
    factuality: Factuality | None = None
    role: Role | None = None
    scored: bool = True
    zone: Zone | None = None
    flags: tuple[NumberFlag, ...] = ()
    phenomena: tuple[Phenomenon, ...] = ()

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the mention, its core and its modifier."""
        yield "span", Span(self.start, self.end, self.text)
        yield "core", self.core
        if self.modifier is not None:
            yield "modifier", self.modifier


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another whole reading of a quote that counts as right; null means as in the row."""

    content: tuple[Span, ...] | None = None
    speaker: str | None = None


class Quote(Row, frozen=True, kw_only=True, tag="quotes"):
    """An attribution: one row per immediate speaker and content. `speaker` and `source_chain` are entity ids."""

    id: str
    doc_id: str
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    marked: tuple[Span, ...] = ()
    speaker_mention: Span | None = None
    speaker: str
    source_chain: tuple[str, ...] = ()
    addressee: str | None = None
    medium: str | None = None
    type: QuoteType | None = None
    act: Act | None = None
    polarity: Polarity | None = None
    utterance: str | None = None
    alternatives: tuple[Reading, ...] = ()
    scored: bool = True
    zone: Zone | None = None
    phenomena: tuple[Phenomenon, ...] = ()

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield content, cue, marked, speaker mention and the content of alternatives."""
        for name, spans in (("content", self.content), ("cue", self.cue), ("marked", self.marked)):
            for span in spans:
                yield name, span
        if self.speaker_mention is not None:
            yield "speaker", self.speaker_mention
        for reading in self.alternatives:
            for span in reading.content or ():
                yield "alternative", span


class Claim(Row, frozen=True, kw_only=True, tag="claims"):
    """A proposition as somebody asserts it: one answer to the question of its issue."""

    id: str
    doc_id: str
    issue_id: str
    position: str
    start: int
    end: int
    text: str = ""
    anchor: Span | None = None
    source: str
    stance: Stance
    value: str | None = None
    as_of: str | None = None
    zone: Zone | None = None

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the claim and its anchor."""
        yield "span", Span(self.start, self.end, self.text)
        if self.anchor is not None:
            yield "anchor", self.anchor


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to an issue's question, and the claims that give it."""

    position: str
    claim_ids: tuple[str, ...]


class Conflict(Row, frozen=True, kw_only=True, tag="conflicts"):
    """An issue: a question with one open slot, and the positions the claims take on it."""

    issue_id: str
    story: str
    question: str
    question_ar: str
    status: Status
    type: ConflictType | None = None
    subtype: Subtype | None = None
    scope: Scope
    positions: tuple[Position, ...]
    note: str | None = None

    @property
    def key(self) -> str:
        """The issue's id."""
        return self.issue_id


class Registered(Row, frozen=True, kw_only=True, tag="registry"):
    """A thing the story speaks of. `aliases` are its surfaces; sources without a name stand under `anon:` keys. `note`
    is a remark on who or what is meant."""

    entity_id: str
    story: str
    label: EntityLabel | None = None
    name: str
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None
    speaks_for: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """Story and entity."""
        return f"{self.story}/{self.entity_id}"


class TokenRow(Row, frozen=True, kw_only=True, tag="tokens"):
    """A paragraph (a line of the text) as tokens with IOB2 tags of the outermost entities."""

    doc_id: str
    paragraph: int
    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    tags: tuple[str, ...]

    @property
    def key(self) -> str:
        """Document and paragraph."""
        return f"{self.doc_id}/{self.paragraph}"


ANNOTATED: tuple[type[Row], ...] = (Zones, Entity, Number, Quote, Claim, Conflict, Registered)
"""The rows annotators make; the others follow from the seeds."""

CONFIGS: dict[str, type[Row]] = {
    "documents": Document,
    "entities": Entity,
    "numbers": Number,
    "quotes": Quote,
    "claims": Claim,
    "conflicts": Conflict,
    "registry": Registered,
    "tokens": TokenRow,
}
"""Dataset config → the record of its rows."""
