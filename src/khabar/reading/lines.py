"""Lines of a file as raw objects, each with its number; a problem is an incident and never an exception."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from khabar.incidents import Incident

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes beyond which a line is refused unread: no article comes near it, and memory stays bounded."""

Line = tuple[int, bytes]


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet by its ending."""
    return path.suffix.lower() in (".parquet", ".pq")


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


def jsonl(path: Path, incidents: list[Incident]) -> Iterator[Line]:
    """Give the non-blank lines of a UTF-8 file, numbered from 1. Overlong lines and what is no text are refused."""
    name = str(path)
    number = 0
    blank = True
    with path.open("rb") as stream:
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                incidents.append(Incident("line-too-long", f"over {LONGEST_LINE} bytes", name, number))
                blank = False
                while line and not line.endswith(b"\n"):
                    line = stream.readline(LONGEST_LINE)
                continue
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            try:
                line.decode()
            except UnicodeDecodeError as error:
                incidents.append(Incident("file-not-text", f"byte {error.start + 1} is not UTF-8", name, number))
                return
            if b"\0" in line or (number == 1 and line.startswith(b"PAR1")):
                incidents.append(Incident("file-not-text", "this is binary data", name, number))
                return
            if line and not line.isspace():
                blank = False
                yield number, line
    if blank:
        incidents.append(Incident("file-empty", "the file is empty" if number == 0 else "all lines are blank", name))


def parquet_rows(path: Path, incidents: list[Incident]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the rows of a Parquet file as objects, numbered from 1, a batch at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:  # values Python cannot hold
        message = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        incidents.append(Incident("file-not-parquet", message, str(path), number or None))
        return
    if number == 0:
        incidents.append(Incident("file-empty", "the file has no row", str(path)))


def decoded(line: bytes, place: tuple[str, int], incidents: list[Incident]) -> dict[str, Any] | None:
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
