"""The rows of the four layers: mentions, numbers, attributions, claims grouped into issues; and all configs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from khabar.records.labels import (
    NARRATOR,
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
from khabar.records.rows import Document, Registered, Row, Span, TokenRow, Zones


class ArticleRow(Row, frozen=True, kw_only=True):
    """What rows of an article share."""

    id: str
    """Key of the row, unique in its config and the same in every release that has the row."""
    doc_id: str
    """The article: the name of its seed file without the ending."""


class Mention(ArticleRow, frozen=True, kw_only=True):
    """What rows that are one span of an article share."""

    start: int
    """First code point of the span, counted from 0 in the whole text."""
    end: int
    """The code point behind the last one."""
    text: str = ""
    """The surface between the two offsets; empty where the text is withheld."""

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the mention."""
        yield "span", Span(self.start, self.end, self.text)


class Entity(Mention, frozen=True, kw_only=True, tag="entities"):
    """A mention of a person, place, body …; `entity_id` is one key per thing across the story."""

    label: EntityLabel
    """The type of what is named."""
    name: str
    """The mention in citation form, in five words at most."""
    entity_id: str
    """One key for each thing across the story, whatever its spelling."""
    wikidata: str | None = None
    """The QID of the thing, where that is sure."""
    scored: bool = True
    """False for a row that is neither rewarded nor punished: found or missed, it does not count."""
    zone: Zone | None = None
    """The zone in which the row starts. The corpus computes it."""
    phenomena: tuple[Phenomenon, ...] = ()
    """What makes the row hard, as tags. Those that follow from offsets are computed."""

    @property
    def references(self) -> tuple[str, ...]:
        """What is named."""
        return (self.entity_id,)


class Number(Mention, frozen=True, kw_only=True, tag="numbers"):
    """A number or date. `low` and `high` are decimal or fraction strings (null: unbounded); `unit` is a UCUM code,
    an ISO 4217 code, `%`, `%pt` or the counted noun's lemma; `edtf` is EDTF level 1."""

    core: Span
    """The numeral with its multiplier; of a date, the words that fix it."""
    modifier: Span | None = None
    """What bounds or weakens the value (`more than`); null without one."""
    kind: NumberKind
    """What sort of number it is. `ident` only looks like one."""
    low: str | None = None
    """Lower bound, a decimal or a fraction string; null for none."""
    high: str | None = None
    """Upper bound, likewise."""
    low_incl: bool | None = None
    """Whether the lower bound belongs to the value."""
    high_incl: bool | None = None
    """Whether the upper bound does."""
    modality: Modality | None = None
    """How the words bound the value; null for dates and idents."""
    unit: str | None = None
    """UCUM code, ISO 4217 code, `%`, `%pt`, or the lemma of the counted noun."""
    counted: str | None = None
    """The counted noun, or the unit, as written."""
    edtf_literal: str | None = None
    """What the words of a date alone say (EDTF)."""
    edtf: str | None = None
    """The date resolved from its article (EDTF)."""
    calendar: Calendar | None = None
    """The calendar of a date."""
    anchor: str | None = None
    """The evidence by which a date was resolved."""
    factuality: Factuality | None = None
    """Whether the value is asserted, possible, expected or an estimate."""
    role: Role | None = None
    """A level, a change of one, or a part of another number."""
    scored: bool = True
    """False for a row that is neither rewarded nor punished: found or missed, it does not count."""
    zone: Zone | None = None
    """The zone in which the row starts. The corpus computes it."""
    flags: tuple[NumberFlag, ...] = ()
    """`source_error`: the outlet erred; `currency_assumed`: the words name no country."""
    phenomena: tuple[Phenomenon, ...] = ()
    """What makes the row hard, as tags. Those that follow from offsets are computed."""

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the mention, its core and its modifier."""
        yield from super().spans()
        yield "core", self.core
        if self.modifier is not None:
            yield "modifier", self.modifier


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another whole reading of a quote that counts as right; null means as in the row."""

    content: tuple[Span, ...] | None = None
    """Other content; null: that of the row."""
    speaker: str | None = None
    """Another speaker; null: that of the row."""


class Quote(ArticleRow, frozen=True, kw_only=True, tag="quotes"):
    """An attribution: one row per immediate speaker and content. `speaker` and `source_chain` are entity ids."""

    content: tuple[Span, ...]
    """What is said, without the marks around it; several spans if other words interrupt it."""
    cue: tuple[Span, ...] = ()
    """The word of saying; empty where there is none."""
    marked: tuple[Span, ...] = ()
    """The spans of the content inside quote marks."""
    speaker_mention: Span | None = None
    """The phrase that names the speaker; null where the subject is implicit."""
    speaker: str
    """The entity that says it."""
    source_chain: tuple[str, ...] = ()
    """The entities that relay it, the outermost first; the speaker is always last."""
    addressee: str | None = None
    """The entity it is said to, if named beside the cue."""
    medium: str | None = None
    """Where it was said: a statement, a poll."""
    type: QuoteType | None = None
    """Direct, indirect or mixed. The corpus computes it from `marked`."""
    act: Act | None = None
    """What is done by saying it."""
    polarity: Polarity | None = None
    """Negative where something is denied or refused."""
    utterance: str | None = None
    """Rows that report one utterance share this key."""
    alternatives: tuple[Reading, ...] = ()
    """Other whole readings that count as right."""
    scored: bool = True
    """False for a row that is neither rewarded nor punished: found or missed, it does not count."""
    zone: Zone | None = None
    """The zone in which the row starts. The corpus computes it."""
    phenomena: tuple[Phenomenon, ...] = ()
    """What makes the row hard, as tags. Those that follow from offsets are computed."""

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

    @property
    def own_spans(self) -> tuple[Span, ...]:
        """Its content, or, where that is empty, its cue."""
        return self.content or self.cue

    @property
    def references(self) -> tuple[str, ...]:
        """Speaker, sources, addressee, and the speakers of alternatives."""
        others = (self.addressee, *(reading.speaker for reading in self.alternatives))
        return (self.speaker, *self.source_chain, *(key for key in others if key is not None))


class Claim(ArticleRow, frozen=True, kw_only=True, tag="claims"):
    """A proposition as somebody asserts it: one answer to the question of its issue."""

    issue_id: str
    """The issue whose question it answers."""
    position: str
    """The answer it gives, as a letter."""
    start: int
    """First code point of the span, counted from 0 in the whole text."""
    end: int
    """The code point behind the last one."""
    text: str = ""
    """The surface between the two offsets; empty where the text is withheld."""
    anchor: Span | None = None
    """The words that carry the value."""
    source: str
    """The entity that makes the claim, or `narrator`: the outlet's own voice."""
    stance: Stance
    """Whether the source asserts, denies or hedges it."""
    value: str | None = None
    """The answer as a value."""
    as_of: str | None = None
    """The day for which it holds (EDTF)."""
    zone: Zone | None = None
    """The zone in which the row starts. The corpus computes it."""

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the claim and its anchor."""
        yield "span", Span(self.start, self.end, self.text)
        if self.anchor is not None:
            yield "anchor", self.anchor

    @property
    def references(self) -> tuple[str, ...]:
        """The source; none if it is the outlet itself."""
        return () if self.source == NARRATOR else (self.source,)


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to an issue's question, and the claims that give it."""

    position: str
    """The answer, as a letter."""
    claim_ids: tuple[str, ...]
    """The claims that give it."""


class Conflict(Row, frozen=True, kw_only=True, tag="conflicts"):
    """An issue: a question with one open slot, and the positions the claims take on it."""

    key_columns: ClassVar[tuple[str, ...]] = ("issue_id",)

    issue_id: str
    """Key of the issue."""
    story: str
    """Its story."""
    question: str
    """The question with one open slot, in English."""
    question_ar: str
    """The same in Arabic."""
    status: Status
    """`conflict`: nobody can accept both answers; `contested`: sides differ on what should be; `apparent`: a trap,
    both can hold; `corroborated`: one answer."""
    type: ConflictType | None = None
    """What a dispute is about; null for a trap or an agreement."""
    subtype: Subtype | None = None
    """Why a trap is none; null for all else."""
    scope: Scope
    """`within` one article or `across` several."""
    positions: tuple[Position, ...]
    """The answers and their claims."""
    note: str | None = None
    """Why the status is what it is."""


ANNOTATED: tuple[type[Row], ...] = (Zones, Entity, Number, Quote, Claim, Conflict, Registered)
"""The rows annotators make; the others follow from the seeds."""
BY_LAYER: dict[str, type[Row]] = {str(kind.__struct_config__.tag): kind for kind in ANNOTATED}
"""What a line of an annotation file names as its layer → the record of the row."""

_PUBLISHED: tuple[type[Row], ...] = (Document, Entity, Number, Quote, Claim, Conflict, Registered, TokenRow)
CONFIGS: dict[str, type[Row]] = {str(kind.__struct_config__.tag): kind for kind in _PUBLISHED}
"""Dataset config → the record of its rows."""
