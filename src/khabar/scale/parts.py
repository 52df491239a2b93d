"""Parts on disk: records go, as they stand, into one file a part, each with the file and line it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from khabar.reading.incidents import Incident
from khabar.reading.lines import is_parquet, jsonl, not_parquet, parquet_batches
from khabar.reading.predictions import Origin, Sourced, record_of_line, record_of_row
from khabar.scale.heads import ROWS_AT_A_TIME, Keys, batch_keys, keys_of

if TYPE_CHECKING:
    from khabar.reading.lines import File

Side = Literal["gold", "predictions"]
_BUFFER = 1 << 16
_LENGTH = 8


class Block(msgspec.Struct):
    """Records of one file that lie in one part: lines of JSON, or a table in the Arrow format."""

    side: Side
    file: str
    is_table: bool
    numbers: list[int]
    data: bytes


class Parts:
    """Files of blocks, one a part, in a folder."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder, self.number = folder, number

    def _path(self, part: int) -> Path:
        return self._folder / f"{part:05}.part"

    def append(self, part: int, block: Block) -> None:
        """Add a block to a part."""
        data = msgspec.msgpack.encode(block)
        with self._path(part).open("ab") as stream:
            stream.write(len(data).to_bytes(_LENGTH, "little") + data)

    def read(self, part: int) -> bytes:
        """All blocks of a part, to be sent to whoever counts it; the file is removed."""
        path = self._path(part)
        if not path.exists():
            return b""
        data = path.read_bytes()
        path.unlink()
        return data


def distribute(
    parts: Parts, side: Side, files: Sequence[File], part_of: Callable[[Keys], int], step: Callable[[int], None]
) -> None:
    """Send each record to its part. What cannot be read was reported by the survey."""
    for file in files:
        if is_parquet(file):
            _distribute_rows(parts, side, file, part_of, step)
        else:
            _distribute_lines(parts, side, file, part_of, step)


def _distribute_lines(
    parts: Parts, side: Side, file: File, part_of: Callable[[Keys], int], step: Callable[[int], None]
) -> None:
    waiting: dict[int, tuple[list[int], list[bytes]]] = defaultdict(lambda: ([], []))
    sizes: dict[int, int] = defaultdict(int)

    def flush(part: int) -> None:
        numbers, lines = waiting.pop(part)
        parts.append(part, Block(side, str(file), False, numbers, b"\n".join(lines)))
        sizes[part] = 0

    for number, line in jsonl(file, []):
        part = part_of(keys_of(line))
        numbers, lines = waiting[part]
        numbers.append(number)
        lines.append(line.rstrip(b"\r\n"))
        sizes[part] += len(line)
        if sizes[part] > _BUFFER:
            flush(part)
        step(1)
    for part in list(waiting):
        flush(part)


def _distribute_rows(
    parts: Parts, side: Side, file: File, part_of: Callable[[Keys], int], step: Callable[[int], None]
) -> None:
    import pyarrow as pa

    for first, batch in parquet_batches(file, [], ROWS_AT_A_TIME):
        rows: dict[int, list[int]] = defaultdict(list)
        for at, keys in enumerate(batch_keys(batch)):
            rows[part_of(keys)].append(at)
        for part, which in rows.items():
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch.take(pa.array(which)))
            block = Block(side, str(file), True, [first + at for at in which], sink.getvalue().to_pybytes())
            parts.append(part, block)
        step(len(batch))


def records(data: bytes, side: Side, incidents: list[Incident]) -> Iterator[Sourced]:
    """Read one side of a part in full, in the order of its files and lines."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + _LENGTH], "little")
        block = msgspec.msgpack.decode(memoryview(data)[at + _LENGTH : at + _LENGTH + size], type=Block)
        at += _LENGTH + size
        if block.side != side:
            continue
        if block.is_table:
            yield from _rows(block, incidents)
        else:
            for number, line in zip(block.numbers, block.data.split(b"\n"), strict=True):
                yield from record_of_line(line, Origin(block.file, number), incidents)


def _rows(block: Block, incidents: list[Incident]) -> Iterator[Sourced]:
    import pyarrow as pa

    with pa.ipc.open_stream(block.data) as reader:
        for batch in reader:
            try:
                rows = batch.to_pylist()
            except (ValueError, OverflowError) as error:  # values Python cannot hold
                incidents.append(not_parquet(block.file, error, block.numbers[0] - 1))
                return
            for number, row in zip(block.numbers, rows, strict=True):
                yield from record_of_row(row, Origin(block.file, number), incidents)
