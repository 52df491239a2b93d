"""Outlines and parts: what is known of every record before a corpus is split, and the files it is split into.

An outline is read without reading the rest of its record. A part holds its records as they were, each with the file and
line it came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.lines import jsonl, parquet_batches, report_parquet
from khabar.reading.predictions import Origin, Sourced, record_of_line, record_of_row
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


class Outline(Keys, gc=False):
    """A record's keys, and how it may reach into other documents."""

    text: str | None = None
    entities: tuple[_Mention, ...] | None = None
    quotes: tuple[_Quote, ...] | None = None
    sides: tuple[_Side, ...] | None = None

    @property
    def has_names(self) -> bool:
        """Whether any mention has an `entity_id`."""
        return any(mention.entity_id is not None for mention in self.entities or ())

    @property
    def has_clusters(self) -> bool:
        """Whether any scored mention has one."""
        return any(mention.scored and mention.entity_id is not None for mention in self.entities or ())

    @property
    def cited(self) -> tuple[str, ...]:
        """The documents that a dispute's spans lie in."""
        spans = (span for side in self.sides or () for span in side.spans or ())
        return tuple(dict.fromkeys(span.doc_id for span in spans if span.doc_id is not None))


_KEYS = msgspec.json.Decoder(Keys)
_OUTLINES = msgspec.json.Decoder(Outline)


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
            try:
                yield _OUTLINES.decode(line)
            except (msgspec.DecodeError, RecursionError):
                yield _without_reach(keys_of(line))


def _without_reach(keys: Keys) -> Outline:
    return Outline(keys.doc_id, keys.story)


_LEAVES = ("doc_id", "story", "text", "entity_id", "scored", "content")


def _is_outlined(path: str) -> bool:
    """Tell whether a column of a Parquet file says anything about an outline."""
    top, *_ = names = path.split(".")
    return top in Outline.__struct_fields__ and bool(set(names) & set(_LEAVES))


def _outlines_of_rows(batch: Any) -> Iterator[Outline]:
    import pyarrow as pa
    from pyarrow import compute

    if "text" in batch.schema.names:  # whether there is one is all that matters, and texts are long
        texts = compute.if_else(batch.column("text").is_valid(), "", pa.scalar(None, pa.string()))
        batch = batch.set_column(batch.schema.get_field_index("text"), "text", texts)
    for keys, row in zip(keys_of_rows(batch), batch.to_pylist(), strict=True):
        try:
            yield msgspec.convert(_without_nulls(row), Outline)
        except msgspec.ValidationError:
            yield _without_reach(keys)


def _without_nulls(value: Any) -> Any:
    """Leave out what is null: in a table everything has every column."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


InputSide = Literal["gold", "predictions"]
PartOf = Callable[[Keys], int]
"""The part a record belongs to."""
_BUFFER = 1 << 16
_LENGTH = 8


class Block(msgspec.Struct):
    """Records of one file that lie in one part: lines of JSON, or a table in the Arrow format."""

    side: InputSide
    file: str
    is_table: bool
    numbers: list[int]
    """The line or row of each."""
    data: bytes


class Parts:
    """Files of blocks in a folder, one a part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, part: int) -> Path:
        return self._folder / f"{part:05}.part"

    def append(self, part: int, block: Block) -> None:
        """Add a block to a part."""
        with self._path(part).open("ab") as stream:
            write_lengthy(stream, msgspec.msgpack.encode(block))

    def take(self, part: int) -> bytes:
        """All blocks of a part, to be sent to whoever counts it; the file is removed."""
        path = self._path(part)
        if not path.exists():
            return b""
        data = path.read_bytes()
        path.unlink()
        return data


def write_lengthy(stream: BinaryIO, data: bytes) -> None:
    """Write bytes after their length."""
    stream.write(len(data).to_bytes(_LENGTH, "little") + data)


def read_lengthy(stream: BinaryIO) -> Iterator[bytes]:
    """Read what `write_lengthy` wrote."""
    while length := stream.read(_LENGTH):
        yield stream.read(int.from_bytes(length, "little"))


def distribute(parts: Parts, side: InputSide, file: File, part_of: PartOf) -> Iterator[int]:
    """Send each record of a file to its part; what cannot be read was reported by the survey. Gives how many went."""
    return (_distribute_rows if is_parquet(file) else _distribute_lines)(parts, side, file, part_of)


def _distribute_lines(parts: Parts, side: InputSide, file: File, part_of: PartOf) -> Iterator[int]:
    waiting: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    sizes: dict[int, int] = defaultdict(int)

    def flush(part: int) -> None:
        numbers, lines = zip(*waiting.pop(part), strict=True)
        parts.append(part, Block(side, str(file), False, list(numbers), b"\n".join(lines)))
        sizes[part] = 0

    for number, line in jsonl(file, Incidents()):
        part = part_of(keys_of(line))
        waiting[part].append((number, line.rstrip(b"\r\n")))
        sizes[part] += len(line)
        if sizes[part] > _BUFFER:
            flush(part)
        yield 1
    for part in list(waiting):
        flush(part)


def _distribute_rows(parts: Parts, side: InputSide, file: File, part_of: PartOf) -> Iterator[int]:
    import pyarrow as pa

    for first, batch in parquet_batches(file, Incidents(), ROWS_AT_A_TIME):
        rows: dict[int, list[int]] = defaultdict(list)
        for row, keys in enumerate(keys_of_rows(batch)):
            rows[part_of(keys)].append(row)
        for part, chosen in rows.items():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch.take(pa.array(chosen)))
            numbers = [first + row for row in chosen]
            parts.append(part, Block(side, str(file), True, numbers, sink.getvalue().to_pybytes()))
        yield len(batch)


def records_of(data: bytes, side: InputSide, incidents: Incidents) -> Iterator[Sourced]:
    """Read one side of a part in full, in the order of its files and lines."""
    for encoded in read_lengthy(BytesIO(data)):
        block = msgspec.msgpack.decode(encoded, type=Block)
        if block.side != side:
            continue
        if block.is_table:
            yield from _records_of_table(block, incidents)
        else:
            for number, line in zip(block.numbers, block.data.split(b"\n"), strict=True):
                yield from record_of_line(line, Origin(block.file, number), incidents)


def _records_of_table(block: Block, incidents: Incidents) -> Iterator[Sourced]:
    import pyarrow as pa

    with pa.ipc.open_stream(block.data) as reader:
        for batch in reader:
            try:
                rows = batch.to_pylist()
            except (ValueError, OverflowError) as error:  # values Python cannot hold
                report_parquet(block.file, error, block.numbers[0] - 1, incidents)
                return
            for number, row in zip(block.numbers, rows, strict=True):
                yield from record_of_row(row, Origin(block.file, number), incidents)
