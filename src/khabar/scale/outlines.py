"""Outlines: what has to be known of every record before a corpus can be split, read without reading the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.lines import jsonl, parquet_batches
from khabar.reading.sources import is_parquet

if TYPE_CHECKING:
    from khabar.reading.sources import File

ROWS_AT_A_TIME = 4096


class Keys(msgspec.Struct, gc=False):
    """What a record is of: a document, or (a dispute) a story."""

    doc_id: str | None = None
    story: str | None = None


class _Mention(msgspec.Struct, gc=False):
    entity_id: str | None = None
    scored: bool = True


class _Quote(msgspec.Struct, gc=False):
    pass


class _Span(msgspec.Struct, gc=False):
    doc_id: str | None = None


class _Side(msgspec.Struct, gc=False):
    spans: tuple[_Span, ...] | None = None


class _Record(Keys, gc=False):
    text: str | None = None
    entities: tuple[_Mention, ...] | None = None
    quotes: tuple[_Quote, ...] | None = None
    sides: tuple[_Side, ...] | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A record's keys, and how it may reach into other documents."""

    doc_id: str | None
    story: str | None
    has_text: bool
    has_names: bool
    """Whether any mention has an `entity_id`."""
    has_clusters: bool
    """Whether any scored mention has one."""
    has_quotes: bool
    cited: tuple[str, ...]
    """The documents that a dispute's spans lie in."""


_KEYS = msgspec.json.Decoder(Keys)
_RECORDS = msgspec.json.Decoder(_Record)


def keys_of(line: bytes) -> Keys:
    """Read the keys of a line. Of one that is broken nothing is known; it is reported when it is read in full."""
    try:
        return _KEYS.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return Keys()


def keys_of_rows(batch: Any) -> list[Keys]:
    """Read the keys of the rows of a record batch."""
    columns = []
    for name in Keys.__struct_fields__:
        values = batch.column(name).to_pylist() if name in batch.schema.names else [None] * len(batch)
        columns.append([value if isinstance(value, str) else None for value in values])
    return [Keys(*values) for values in zip(*columns, strict=True)]


def outlines(file: File, incidents: Incidents) -> Iterator[Outline]:
    """Give the outlines of a file's records, one a line or row."""
    if is_parquet(file):
        for _, batch in parquet_batches(file, incidents, ROWS_AT_A_TIME, _is_outlined):
            yield from _outlines_of_rows(batch)
    else:
        for _, line in jsonl(file, incidents):
            yield _outline(_record_of(line) or keys_of(line))


def _record_of(line: bytes) -> _Record | None:
    try:
        return _RECORDS.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None


def _outline(record: Keys, has_text: bool | None = None) -> Outline:
    if not isinstance(record, _Record):
        return Outline(record.doc_id, record.story, False, False, False, False, ())
    named = [mention for mention in record.entities or () if mention.entity_id is not None]
    spans = [span for side in record.sides or () for span in side.spans or ()]
    return Outline(
        record.doc_id,
        record.story,
        record.text is not None if has_text is None else has_text,
        bool(named),
        any(mention.scored for mention in named),
        bool(record.quotes),
        tuple(dict.fromkeys(span.doc_id for span in spans if span.doc_id is not None)),
    )


_LEAVES = ("doc_id", "story", "text", "entity_id", "scored", "content")


def _is_outlined(path: str) -> bool:
    """Tell whether a column of a Parquet file says anything about an outline."""
    top, *_ = names = path.split(".")
    return top in _Record.__struct_fields__ and bool(set(names) & set(_LEAVES))


def _outlines_of_rows(batch: Any) -> Iterator[Outline]:
    texts = [False] * len(batch)
    if "text" in batch.schema.names:
        texts = batch.column("text").is_valid().to_pylist()
        batch = batch.drop_columns(["text"])
    for keys, row, has_text in zip(keys_of_rows(batch), batch.to_pylist(), texts, strict=True):
        try:
            yield _outline(msgspec.convert(_without_nulls(row), _Record), has_text)
        except msgspec.ValidationError:
            yield _outline(keys)


def _without_nulls(value: Any) -> Any:
    """Leave out what is null: in a table everything has every column."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
