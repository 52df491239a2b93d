"""Parts on disk: records go, as they stand, into one file a part, each with the file and line it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.lines import jsonl, parquet_batches, report_parquet
from khabar.reading.predictions import Origin, Sourced, record_of_line, record_of_row
from khabar.reading.sources import is_parquet
from khabar.scale.outlines import ROWS_AT_A_TIME, Keys, keys_of, keys_of_rows

if TYPE_CHECKING:
    from khabar.reading.sources import File

Side = Literal["gold", "predictions"]
PartOf = Callable[[Keys], int]
"""The part a record belongs to."""
_BUFFER = 1 << 16
_LENGTH = 8


class Block(msgspec.Struct):
    """Records of one file that lie in one part: lines of JSON, or a table in the Arrow format."""

    side: Side
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


def distribute(parts: Parts, side: Side, file: File, part_of: PartOf) -> Iterator[int]:
    """Send each record of a file to its part; what cannot be read was reported by the survey. Gives how many went."""
    return (_distribute_rows if is_parquet(file) else _distribute_lines)(parts, side, file, part_of)


def _distribute_lines(parts: Parts, side: Side, file: File, part_of: PartOf) -> Iterator[int]:
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


def _distribute_rows(parts: Parts, side: Side, file: File, part_of: PartOf) -> Iterator[int]:
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


def records_of(data: bytes, side: Side, incidents: Incidents) -> Iterator[Sourced]:
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
