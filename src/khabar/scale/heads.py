"""Heads: what has to be known of every record before a corpus can be split, read without reading the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from khabar.reading.incidents import Incident
from khabar.reading.lines import is_parquet, jsonl, parquet_batches

if TYPE_CHECKING:
    from khabar.reading.lines import File

ROWS_AT_A_TIME = 4096


_NULL = msgspec.Raw(b"null")


class Item(msgspec.Struct, gc=False):
    """An entity mention, as far as clusters go."""

    entity_id: str | None = None
    scored: bool = True


class Place(msgspec.Struct, gc=False):
    """A span of a dispute, as far as its document goes."""

    doc_id: str | None = None


class Spans(msgspec.Struct, gc=False):
    """A side of a dispute."""

    spans: tuple[Place, ...] | None = None


class Head(msgspec.Struct, gc=False):
    """A record's keys, and the rest of it as far as it may reach into other documents."""

    doc_id: str | None = None
    story: str | None = None
    text: msgspec.Raw = _NULL
    entities: tuple[Item, ...] | None = None
    quotes: tuple[msgspec.Raw, ...] | None = None
    sides: tuple[Spans, ...] | None = None

    @property
    def has_text(self) -> bool:
        """Whether a text is given."""
        return bytes(memoryview(self.text)[:4]) != b"null"


class Keys(msgspec.Struct, gc=False):
    """A record's keys alone."""

    doc_id: str | None = None
    story: str | None = None


_HEAD = msgspec.json.Decoder(Head)
_KEYS = msgspec.json.Decoder(Keys)


def head_of(line: bytes) -> Head:
    """Read the head of a line; nothing is known of one that is broken, which is said when it is read in full."""
    try:
        return _HEAD.decode(line)
    except (msgspec.DecodeError, RecursionError):
        keys = keys_of(line)
        return Head(keys.doc_id, keys.story)


def keys_of(line: bytes) -> Keys:
    """Read the keys of a line."""
    try:
        return _KEYS.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return Keys()


def heads(file: File, incidents: list[Incident]) -> Iterator[Head]:
    """Give the heads of a file's records, one a line or row."""
    if is_parquet(file):
        for _, batch in parquet_batches(file, incidents, ROWS_AT_A_TIME):
            yield from _heads_of_rows(batch)
    else:
        for _, line in jsonl(file, incidents):
            yield head_of(line)


def batch_keys(batch: Any) -> list[Keys]:
    """Read the keys of the rows of a record batch."""
    columns = [_strings(batch, name) for name in ("doc_id", "story")]
    return [Keys(*both) for both in zip(*columns, strict=True)]


def _strings(batch: Any, name: str) -> list[str | None]:
    if name not in batch.schema.names:
        return [None] * len(batch)
    return [value if isinstance(value, str) else None for value in batch.column(name).to_pylist()]


_TEXT = msgspec.Raw(b'""')
_WIDE = ("entities", "quotes", "sides")


def _heads_of_rows(batch: Any) -> Iterator[Head]:
    nothing = [None] * len(batch)
    wide = {name: _slim(batch.column(name)).to_pylist() if name in batch.schema.names else nothing for name in _WIDE}
    texts = batch.column("text").is_valid().to_pylist() if "text" in batch.schema.names else nothing
    for at, keys in enumerate(batch_keys(batch)):
        try:
            items, quotes, sides = (wide[name][at] for name in _WIDE)
            yield Head(
                keys.doc_id,
                keys.story,
                _TEXT if texts[at] else _NULL,
                None if not items else msgspec.convert([_given(each) for each in items], tuple[Item, ...]),
                None if not quotes else (_TEXT,),
                None if not sides else msgspec.convert(sides, tuple[Spans, ...]),
            )
        except (msgspec.ValidationError, TypeError, AttributeError):
            yield Head(keys.doc_id, keys.story)


def _given(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if value is not None}


def _slim(column: Any) -> Any:
    """Of a list of structs keep the fields that heads are made of: the rest is never made into objects."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)) or not pa.types.is_struct(kind.value_type):
        return column
    inner = pc.list_flatten(column)
    names = [field.name for field in kind.value_type if field.name in ("entity_id", "scored", "spans")]
    if not names:
        names = [kind.value_type[0].name] if kind.value_type.num_fields else []
    fields = [inner.field(kind.value_type.get_field_index(name)) for name in names]
    slim = pa.StructArray.from_arrays(fields, names) if names else inner
    lengths = pc.fill_null(pc.list_value_length(column), 0).cast(pa.int64())
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths)])
    return pa.LargeListArray.from_arrays(offsets, slim)
