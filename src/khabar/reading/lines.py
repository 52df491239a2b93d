"""Lines of a file as raw objects, each with its number; a problem is an incident and never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from khabar.reading.incidents import Incident

if TYPE_CHECKING:
    from typing import TypeAlias

    from khabar.reading.sources import Remote

    File: TypeAlias = Path | Remote

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes beyond which a line is refused unread: no article comes near it, and memory stays bounded."""

_CHUNK = 1 << 18
"""Bytes read at once, and the rest of the line that they end in."""

Line = tuple[int, bytes]

_PARQUET = (".parquet", ".pq")
ENDINGS = (".jsonl", ".ndjson", *_PARQUET)
"""Endings of the files of a folder that hold records."""


def is_parquet(path: File) -> bool:
    """Tell whether a file is Parquet by its ending."""
    return path.suffix.lower() in _PARQUET


def check_file(path: Path) -> list[Incident]:
    """Look whether a path can be read at all. A pipe cannot: it is read twice, and might never end."""
    try:
        if not path.exists():
            return [Incident("file-missing", f"no such file: {path}", str(path))]
        if path.is_dir():
            return [Incident("file-unreadable", "this is a folder", str(path), fix="name a .jsonl or .parquet file")]
        if not path.is_file():
            return [Incident("file-unreadable", "this is a pipe or a device", str(path), fix="save it as a file first")]
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return [Incident("file-unreadable", error.strerror or "it cannot be opened", str(path))]
    return []


def jsonl(path: File, incidents: list[Incident]) -> Iterator[Line]:
    """Give the non-blank lines of a UTF-8 file, numbered from 1. Overlong lines and what is no text are refused."""
    for first, chunk in chunks(path, incidents):
        yield from lines_of(chunk, first)


def lines_of(chunk: bytes, first: int) -> Iterator[Line]:
    """Part a chunk into its non-blank lines; `first` is the number of the first one."""
    for number, line in enumerate(chunk.split(b"\n"), start=first):
        if line and not line.isspace():
            yield number, line


def chunks(path: File, incidents: list[Incident]) -> Iterator[Line]:
    """Give the text of a UTF-8 file in chunks of whole lines, each with the number of its first line.

    Overlong lines, and all that comes after what is no text, are refused and left out.
    """
    name = str(path)
    number, blank = 1, True
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if not chunk.endswith(b"\n"):
                chunk += stream.readline(LONGEST_LINE + 1)
            if number == 1:
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            broken = None
            last = chunk.rfind(b"\n", 0, -1) + 1  # only the last line of a chunk can be longer than a chunk
            if len(chunk) - last > LONGEST_LINE:
                at = number + chunk.count(b"\n", 0, last)
                broken = Incident("line-too-long", f"over {LONGEST_LINE} bytes", name, at)
                rest = chunk[-1:]
                while rest and not rest.endswith(b"\n"):
                    rest = stream.readline(LONGEST_LINE)
                chunk = chunk[:last]
            good, stop = _text_of(chunk, name, number)
            if good and not good.isspace():
                blank = False
                yield number, good
            if stop is not None:
                incidents.append(stop)
                return
            number += chunk.count(b"\n")
            if broken is not None:
                incidents.append(broken)
                blank = False
                number += 1
    if blank:
        incidents.append(Incident("file-empty", "the file is empty" if number == 1 else "all lines are blank", name))


def _text_of(chunk: bytes, name: str, first: int) -> tuple[bytes, Incident | None]:
    """Give the lines of a chunk that are text: all of them, or those before the first that is not, and what it is."""
    found: list[tuple[int, int, str]] = []  # start of the line, which of two comes first, what to say

    def line_of(at: int) -> int:
        return chunk.rfind(b"\n", 0, at) + 1

    if not chunk.isascii():
        try:
            chunk.decode()
        except UnicodeDecodeError as error:
            start = line_of(error.start)
            found.append((start, 0, f"byte {error.start - start + 1} is not UTF-8"))
    binary = 0 if first == 1 and chunk.startswith(b"PAR1") else chunk.find(b"\0")
    if binary >= 0:
        found.append((line_of(binary), 1, "this is binary data"))
    if not found:
        return chunk, None
    start, _, message = min(found)
    return chunk[:start], Incident("file-not-text", message, name, first + chunk.count(b"\n", 0, start))


def parquet_batches(path: File, incidents: list[Incident], rows: int = 1024) -> Iterator[tuple[int, Any]]:
    """Give the record batches of a Parquet file, each with the number of its first row, counted from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 1
    try:
        with path.open("rb") as stream, pq.ParquetFile(stream, pre_buffer=False) as file:
            for batch in file.iter_batches(batch_size=rows):
                yield number, batch
                number += len(batch)
    except (pa.ArrowException, OSError, ValueError) as error:
        incidents.append(not_parquet(path, error, number - 1))
        return
    if number == 1:
        incidents.append(Incident("file-empty", "the file has no row", str(path)))


def parquet_rows(path: File, incidents: list[Incident]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the rows of a Parquet file as objects, numbered from 1, a batch at a time."""
    for first, batch in parquet_batches(path, incidents):
        try:
            rows = batch.to_pylist()
        except (ValueError, OverflowError) as error:  # values Python cannot hold
            incidents.append(not_parquet(path, error, first - 1))
            return
        yield from enumerate(rows, start=first)


def not_parquet(path: object, error: Exception, read: int) -> Incident:
    """What to say of a Parquet file that cannot be read beyond a row."""
    message = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
    return Incident("file-not-parquet", message, str(path), read or None)


def decoded(line: bytes, place: tuple[str | None, int], incidents: list[Incident]) -> dict[str, Any] | None:
    """Decode one line as a JSON object, or report why not."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        incidents.append(Incident("json-broken", str(error) or "nested too deeply", *place))
        return None
    if not isinstance(value, dict):
        incidents.append(Incident("json-not-object", f"it is a {type(value).__name__}", *place))
        return None
    return value
