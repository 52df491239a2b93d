"""The rows of the dataset, one record a config, and their spans. Offsets are half-open code points of the whole text.

Rows of `annotations/` are the same records without what the corpus computes (`zone`, `type`, and the phenomena
that follow from offsets); there each line names its `layer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import msgspec

from khabar.records.labels import EntityLabel, Zone


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch `[start, end)` of a document and its surface: `document.text[start:end] == text`.

    Where the document's text is withheld, the surface is empty.
    """

    start: int
    """First code point of the span, counted from 0 in the whole text."""
    end: int
    """The code point behind the last one."""
    text: str = ""
    """The surface between the two offsets; empty where the text is withheld."""


class ZoneSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of whole lines, line breaks included, and the zone they belong to."""

    start: int
    """First code point of the span, counted from 0 in the whole text."""
    end: int
    """The code point behind the last one."""
    zone: Zone
    """What the lines are."""


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="layer"):
    """What all rows share: they are frozen, each knows its key, its spans and its place in the order of a file.

    In a file of mixed rows each names its layer.
    """

    key_columns: ClassVar[tuple[str, ...]] = ("id",)
    """The columns whose values make the key."""

    @property
    def layer(self) -> str:
        """The config the row is of, as a file of mixed rows names it."""
        return str(self.__struct_config__.tag)

    @property
    def key(self) -> str:
        """Identifies the row within its config, and is the same in every release that has it."""
        return "/".join(str(getattr(self, name)) for name in self.key_columns)

    @property
    def columns(self) -> dict[str, Any]:
        """All columns in plain form, defaults too."""
        columns: dict[str, Any] = msgspec.to_builtins(msgspec.structs.asdict(self))
        return columns

    @property
    def article(self) -> str | None:
        """The key of the article the row is of; None of a row of a story."""
        key: str | None = getattr(self, "doc_id", None)
        return key

    def story_key(self, stories: Mapping[str, str]) -> str:
        """The key of its story: its own, or that of its article in `stories` (article → story); "" if unknown."""
        return str(getattr(self, "story", None) or stories.get(self.article or "", ""))

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Yield the spans of the row with their column: `span` for the row's own, then its parts in column order."""
        yield from ()

    @property
    def own_spans(self) -> tuple[Span, ...]:
        """Where the row stands itself, without its parts; empty for a row of a story."""
        return tuple(span for name, span in self.spans() if name == "span")

    @property
    def references(self) -> tuple[str, ...]:
        """The keys of entities that the row refers to; a row of the registry does not refer to its own."""
        return ()

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key within a config: document or story, first offset, last offset, key."""
        spans = [span for _, span in self.spans()]
        start = min((span.start for span in spans), default=0)
        end = max((span.end for span in spans), default=0)
        return self.article or self.story_key({}), start, end, self.key


AnyRow = TypeVar("AnyRow", bound=Row)
KeyT = TypeVar("KeyT")
MemberT = TypeVar("MemberT")


def only(rows: Iterable[Row], kind: type[AnyRow]) -> list[AnyRow]:
    """The rows that are of one config."""
    return [row for row in rows if isinstance(row, kind)]


def groups_of(members: Iterable[tuple[KeyT, MemberT]]) -> dict[KeyT, list[MemberT]]:
    """Key → its members, both in the order in which they come."""
    groups: dict[KeyT, list[MemberT]] = {}
    for key, member in members:
        groups.setdefault(key, []).append(member)
    return groups


class Document(Row, frozen=True, kw_only=True, tag="documents"):
    """An article as received. `published` is EDTF, inferred, with its evidence; `sha256` is of the UTF-8 bytes."""

    key_columns: ClassVar[tuple[str, ...]] = ("doc_id",)

    doc_id: str
    """Key of the article: the name of its seed file without the ending."""
    story: str
    """The story that the article reports."""
    outlet: str | None = None
    """Who published the article."""
    title: str | None = None
    """Its title."""
    text: str
    """All of its text, as received; null in a release without text."""
    sha256: str
    """SHA-256 of the text's UTF-8 bytes."""
    lang: str = "ar"
    """Its language."""
    published: str | None = None
    """When it was published (EDTF), inferred from its own words."""
    published_evidence: str | None = None
    """How that day is known."""
    zones: tuple[ZoneSpan, ...] = ()
    """Whole lines of the text and what they are: title, heading, body, source or boilerplate."""
    rights: str | None = None
    """Whose the text is, and what may be done with it."""


class Zones(Row, frozen=True, kw_only=True, tag="zones"):
    """The zones of a document, as annotated: they cover the text, whole lines each."""

    key_columns: ClassVar[tuple[str, ...]] = ("doc_id",)

    doc_id: str
    """The article."""
    zones: tuple[ZoneSpan, ...]
    """Whole lines of the text and what they are; together they cover it."""


class Registered(Row, frozen=True, kw_only=True, tag="registry"):
    """A thing the story speaks of. `aliases` are its surfaces; sources without a name stand under `anon:` keys. `note`
    is a remark on who or what is meant."""

    key_columns: ClassVar[tuple[str, ...]] = ("story", "entity_id")

    entity_id: str
    """Key of a person, place, body … or source. A source without a name has a key that begins with `anon:`."""
    story: str
    """The story in which the key holds."""
    label: EntityLabel | None = None
    """The type of the thing itself; null for an `anon:` source."""
    name: str
    """Its most frequent full name in the story."""
    aliases: tuple[str, ...] = ()
    """The other names that its mentions have."""
    wikidata: str | None = None
    """Its QID, where that is sure."""
    speaks_for: str | None = None
    """The entity whose spokesperson it is."""
    note: str | None = None
    """A remark on who or what is meant."""

    @property
    def references(self) -> tuple[str, ...]:
        """Whom it speaks for."""
        return () if self.speaks_for is None else (self.speaks_for,)


class TokenRow(Row, frozen=True, kw_only=True, tag="tokens"):
    """A paragraph (a line of the text) as tokens with IOB2 tags of the outermost entities."""

    key_columns: ClassVar[tuple[str, ...]] = ("doc_id", "paragraph")

    doc_id: str
    """The article."""
    paragraph: int
    """The line of the text, counted from 0."""
    tokens: tuple[str, ...]
    """Runs of letters, marks and digits; every other character that is no space alone."""
    starts: tuple[int, ...]
    """Where each token starts in the whole text."""
    ends: tuple[int, ...]
    """Where each token ends."""
    tags: tuple[str, ...]
    """IOB2 tags of the outermost entities."""


def each_span(value: Any, move: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Apply `move` to every span of a row in plain form, to its own (the row itself has start and end) last."""
    if isinstance(value, (list, tuple)):
        return [each_span(item, move) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: each_span(item, move) for name, item in value.items()}
    return move(inner) if "start" in inner and "end" in inner else inner


def offsets_alone(value: Any) -> Any:
    """Plain form without the surfaces of its spans."""
    return each_span(value, lambda span: {name: column for name, column in span.items() if name != "text"})
