"""Lines of a file as raw objects, each with its number. Problems are reported and never raised."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from khabar.reading.incidents import Incidents, Report, said_by
from khabar.reading.sources import File, check_file

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes beyond which a line is refused unread: no article comes near it, and memory stays bounded."""

CHUNK_BYTES = 1 << 18
"""Bytes read at once, and the rest of the line that they end in."""

_LISTS = ("entities", "numbers", "quotes", "sides")
"""Lists of a record; of one that stands twice, the first would be lost."""
_QUOTED = tuple(f'"{name}"'.encode() for name in _LISTS)
"""The lists as a line names them. In a string the quotation marks would be escaped: counting bytes misses nothing."""
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
"""A letter of a key may be escaped; nobody but a forger does."""

_FIRST = re.compile(rb"\s*(\[|\{\s*$|```)", re.MULTILINE)
"""Where a file begins with an array, with an object whose first line is its brace alone, or with Markdown's fence."""
_ARRAY = "this is a JSON array, and each line is to be an object by itself"
_SPREAD = "a JSON object goes over several lines, and each is to have a line of its own"
_FENCE = "this is Markdown, and each line is to be a JSON object"
_CONVERT = "convert what a language model answered, or an export (khabar convert {0} predictions.jsonl)"
_UNPACK = "; if its objects are predictions, unpack it (jq -c '.[]' {0} > predictions.jsonl)"
_PACK = "; if it is a prediction, pack it (jq -c . {0} > predictions.jsonl)"
Line = tuple[int, bytes]
"""A number, counted from 1, and what stands there."""


class JsonObject(NamedTuple):
    """The object on a line of a file, and a function that reports problems of it."""

    line: int
    value: dict[str, Any]
    report: Report


def json_objects(path: Path, incidents: Incidents) -> Iterator[JsonObject]:
    """Give the objects of a JSONL file. A file or a line that cannot be read is reported and left out."""
    problems = check_file(path)
    incidents.extend(problems)
    for number, line in jsonl(path, incidents) if not problems else ():
        value = decoded(line, (str(path), number), incidents)
        if value is not None:
            doc_id = value.get("doc_id")
            yield JsonObject(number, value, incidents.at(path, number, doc_id if isinstance(doc_id, str) else None))


def jsonl(path: File, incidents: Incidents) -> Iterator[Line]:
    """Give the non-blank lines of a UTF-8 file, numbered from 1. Overlong lines and what is no text are refused."""
    for first, chunk in chunks(path, incidents):
        yield from lines_of(chunk, first)


def lines_of(chunk: bytes, first: int) -> Iterator[Line]:
    """Part a chunk into its non-blank lines; `first` is the number of the first one."""
    for number, line in enumerate(chunk.split(b"\n"), start=first):
        if line and not line.isspace():
            yield number, line


def chunks(path: File, incidents: Incidents) -> Iterator[Line]:
    """Give the text of a UTF-8 file in chunks of whole lines, each with the number of its first line.

    Overlong lines, and all that comes after what is no text, are refused and left out.
    """
    number, blank = 1, True
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if not chunk.endswith(b"\n"):
                chunk += stream.readline(LONGEST_LINE + 1)
            if number == 1:
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
                if (spread := _spread_over_lines(chunk)) is not None:
                    line, message, fix = spread
                    incidents.report("json-not-object", message, file=path, line=line, fix=fix.format(path))
                    return
            too_long = None
            last = chunk.rfind(b"\n", 0, -1) + 1  # only the last line of a chunk can be longer than a chunk
            if len(chunk) - last > LONGEST_LINE:
                too_long = number + chunk.count(b"\n", 0, last)
                tail = chunk[-1:]
                while tail and not tail.endswith(b"\n"):
                    tail = stream.readline(LONGEST_LINE)
                chunk = chunk[:last]
            good, problem = _text_of(chunk, number)
            if good and not good.isspace():
                blank = False
                yield number, good
            if problem is not None:
                incidents.report("file-not-text", problem, file=path, line=number + good.count(b"\n"))
                return
            number += chunk.count(b"\n")
            if too_long is not None:
                incidents.report("line-too-long", f"over {LONGEST_LINE} bytes", file=path, line=too_long)
                blank = False
                number += 1
    if blank:
        incidents.report("file-empty", "the file is empty" if number == 1 else "all lines are blank", file=path)


def _spread_over_lines(chunk: bytes) -> tuple[int, str, str] | None:
    """Where the text of a file begins as JSON that is not written a line an object: its line, what it is, the fix."""
    begun = _FIRST.match(chunk)
    if begun is None:
        return None
    first = begun[0].strip()
    line = 1 + chunk.count(b"\n", 0, begun.start(1))
    kinds = {b"{": (_SPREAD, _CONVERT + _PACK), b"[": (_ARRAY, _CONVERT + _UNPACK), b"```": (_FENCE, _CONVERT)}
    return line, *kinds[first]


def _text_of(chunk: bytes, first: int) -> tuple[bytes, str | None]:
    """Give the lines of a chunk that are text: all of them, or those before the first that is not, and what it is."""
    problems: list[tuple[int, int, str]] = []  # start of the line, which of two comes first, what to say

    def line_of(offset: int) -> int:
        return chunk.rfind(b"\n", 0, offset) + 1

    if not chunk.isascii():
        try:
            chunk.decode()
        except UnicodeDecodeError as error:
            start = line_of(error.start)
            problems.append((start, 0, f"byte {error.start - start + 1} is not UTF-8"))
    binary = 0 if first == 1 and chunk.startswith(b"PAR1") else chunk.find(b"\0")
    if binary >= 0:
        problems.append((line_of(binary), 1, "this is binary data"))
    if not problems:
        return chunk, None
    start, _, message = min(problems)
    return chunk[:start], message


def parquet_batches(
    path: File, incidents: Incidents, rows: int = 1024, wanted: Callable[[str], bool] | None = None
) -> Iterator[tuple[int, Any]]:
    """Give the record batches of a Parquet file, each with the number of its first row, counted from 1.

    `wanted` chooses columns by their paths, such as `entities.list.element.start`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 1
    try:
        with path.open("rb") as stream, pq.ParquetFile(stream, pre_buffer=False) as file:
            paths = [file.schema.column(at).path for at in range(len(file.schema))]
            columns = None if wanted is None else [path for path in paths if wanted(path)]
            for batch in file.iter_batches(batch_size=rows, columns=columns):
                yield number, batch
                number += len(batch)
    except (pa.ArrowException, OSError, ValueError) as error:
        report_parquet(path, error, number - 1, incidents)
        return
    if number == 1:
        incidents.report("file-empty", "the file has no row", file=path)


def parquet_rows(path: File, incidents: Incidents) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the rows of a Parquet file as objects, numbered from 1, a batch at a time."""
    for first, batch in parquet_batches(path, incidents):
        try:
            rows = batch.to_pylist()
        except (ValueError, OverflowError) as error:  # values Python cannot hold
            report_parquet(path, error, first - 1, incidents)
            return
        yield from enumerate(rows, start=first)


def report_parquet(path: object, error: Exception, read: int, incidents: Incidents) -> None:
    """Report that a Parquet file cannot be read beyond a row (0: not at all)."""
    incidents.report("file-not-parquet", said_by(error), file=path, line=read or None)


def decoded(line: bytes, place: tuple[str | None, int], incidents: Incidents) -> dict[str, Any] | None:
    """Decode one line as a JSON object, or report why not."""
    file, number = place
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        incidents.report("json-broken", str(error) or "nested too deeply", file=file, line=number)
        return None
    if not isinstance(value, dict):
        incidents.report("json-not-object", f"it is a {type(value).__name__}", file=file, line=number)
        return None
    return value


def repeated_keys(line: bytes) -> list[str]:
    """Name the lists that stand twice in one object of a line of JSON: parsers keep the last and say nothing.

    Of other values the last one counts, as everywhere. Lines that are not JSON have no keys.
    """
    twice = any(line.count(key) > 1 for key in _QUOTED)
    if not twice and (b"\\u00" not in line or not _ESCAPED_LETTER.search(line)):
        return []
    repeated: dict[str, None] = {}

    def note(pairs: Sequence[tuple[str, Any]]) -> None:
        seen = set()
        for key, _ in pairs:
            if key in seen and key in _LISTS:
                repeated[key] = None
            seen.add(key)

    try:
        json.loads(line, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return []
    return list(repeated)
