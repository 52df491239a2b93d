"""Prediction files: documents and disputes, read whole or refused with every problem listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.lines import chunks, decoded, lines_of, parquet_rows, repeated_keys
from khabar.reading.mentions import Documents
from khabar.reading.shape import shaped
from khabar.reading.sources import is_parquet, sources
from khabar.records import Annotations, Dispute, Prediction
from khabar.records.labels import LAYERS


class Origin(NamedTuple):
    """Where a record came from."""

    file: str | None
    line: int


Sourced = tuple[Origin, Prediction]


class Records(tuple[Sourced, ...]):
    """What was read; documents and disputes are parted once."""

    @cached_property
    def documents(self) -> Documents:
        """What is said of documents."""
        return Documents([record for _, record in self if isinstance(record, Annotations)])

    @cached_property
    def disputes(self) -> list[Dispute]:
        """The disputes."""
        return [record for _, record in self if isinstance(record, Dispute)]


SHAPE = '{"doc_id": "…", "entities": [{"start": 0, "end": 5, "label": "PERS"}], "numbers": [], "quotes": []}'
"""An object of predictions, as messages show it."""
_ROW_OF = {"content": "quotes", "kind": "numbers", "label": "entities", "start": "entities"}
"""A key of a row → the layer of rows that have it; the first that is there decides."""
_NOT_JSON = (bytes, bytearray, datetime, date, Decimal)
"""Types that msgspec would write as strings, and no file holds."""
_ANNOTATIONS = msgspec.json.Decoder(Annotations)
_DISPUTE = msgspec.json.Decoder(Dispute)


def read_predictions(source: Path | str, incidents: Incidents) -> Records:
    """Read predictions: a JSONL or Parquet file, a folder of such files, or a URL of either.

    Problems of form are added to `incidents`. A file without lines is one only if no other file has any.
    """
    records: list[Sourced] = []
    problems = Incidents()
    for file in sources(source, problems):
        if is_parquet(file):
            for number, row in parquet_rows(file, problems):
                records += record_of_row(row, Origin(str(file), number), problems)
        else:
            for first, chunk in chunks(file, problems):
                records += records_of_chunk(chunk, first, str(file), problems)
    incidents.extend(problem for problem in problems if not records or problem.id != "file-empty")
    return Records(records)


def given_predictions(items: Iterable[Prediction | Mapping[str, Any]], incidents: Incidents) -> Records:
    """Take predictions from Python: records, or objects as they would stand in a file."""
    records: list[Sourced] = []
    for number, item in enumerate(items, start=1):
        place = Origin(None, number)
        if isinstance(item, (Annotations, Dispute, Mapping)):
            record = _sound(item) or _from_object(item, place, incidents)
            if record is not None:
                records.append((place, record))
        else:
            message = f"predictions[{number - 1}] is a {type(item).__name__}"
            incidents.report("json-not-object", message, line=number, fix=f"give an object for each document: {SHAPE}")
    return Records(records)


def _sound(item: Prediction | Mapping[str, Any]) -> Prediction | None:
    """A record of which every value is of its type; None if it takes a closer look. Python itself asks for no type."""
    if isinstance(item, Mapping):
        return None
    try:
        msgspec.json.encode(item)  # what no file could hold
        return msgspec.convert(msgspec.to_builtins(item, builtin_types=_NOT_JSON), type(item))
    except (TypeError, ValueError, RecursionError, OverflowError, AttributeError):
        return None


def split(records: Sequence[Sourced]) -> tuple[Documents, list[Dispute]]:
    """Part documents from disputes."""
    parted = records if isinstance(records, Records) else Records(records)
    return parted.documents, parted.disputes


def records_of_chunk(chunk: bytes, first: int, file: str, incidents: Incidents) -> list[Sourced]:
    """Read whole lines of JSON, numbered from `first`: at once if all are plain, else one by one."""
    records = _documents_only(chunk)
    if records is not None:
        numbers = range(first, first + len(records))
        return list(zip(map(Origin, repeat(file), numbers), records, strict=True))
    sourced: list[Sourced] = []
    for number, line in lines_of(chunk, first):
        sourced += record_of_line(line, Origin(file, number), incidents)
    return sourced


def _documents_only(chunk: bytes) -> list[Annotations] | None:
    """Decode lines of which each is one sound document; None if any is not, or has a list twice.

    A newline between two objects is written `}`, newline, `{`, which stands nowhere inside of one. Where there are as
    many brackets as lists of entities, no list stands twice; else it takes a look at each line.
    """
    try:
        records = _ANNOTATIONS.decode_lines(chunk)
    except (msgspec.DecodeError, RecursionError):
        return None
    newlines = chunk.count(b"\n") - chunk.endswith(b"\n")
    if not len(records) - 1 == newlines == chunk.count(b"}\n{"):
        return None
    lists = sum([1 for record in records if record.entities])
    if chunk.count(b"[") != lists and any(map(repeated_keys, chunk.split(b"\n"))):
        return None
    return records


def record_of_line(line: bytes, place: Origin, incidents: Incidents) -> list[Sourced]:
    """Read one line of JSON: its record, or nothing and an incident."""
    record: Prediction | None
    for key in repeated_keys(line):
        incidents.report("key-repeated", f"the key {key!r} stands twice", file=place.file, line=place.line)
    try:
        record = _ANNOTATIONS.decode(line)
    except (msgspec.DecodeError, RecursionError):
        try:
            record = _DISPUTE.decode(line)
        except (msgspec.DecodeError, RecursionError):
            value = decoded(line, place, incidents)
            record = None if value is None else _from_object(value, place, incidents)
    return [] if record is None else [(place, record)]


def record_of_row(row: Mapping[str, Any], place: Origin, incidents: Incidents) -> list[Sourced]:
    """Read one row of a table, in which a column without a value is null."""
    record = _from_object({key: value for key, value in row.items() if value is not None}, place, incidents)
    return [] if record is None else [(place, record)]


def _from_object(value: Mapping[str, Any] | Prediction, place: Origin, incidents: Incidents) -> Prediction | None:
    doc_id = getattr(value, "doc_id", None) if isinstance(value, msgspec.Struct) else value.get("doc_id")
    document = doc_id if isinstance(doc_id, str) else None
    report = partial(incidents.report, file=place.file, line=place.line, doc_id=document)
    if isinstance(value, msgspec.Struct):
        return shaped(value, type(value), report)
    if "doc_id" in value:
        layer = None if set(LAYERS) & set(value) else next((_ROW_OF[key] for key in _ROW_OF if key in value), None)
        if layer is None:
            return shaped(value, Annotations, report)
        fix = f'write one object for each document, with its rows in a list: {{"doc_id": "…", "{layer}": [row, …]}}'
        report("row-loose", f"a row of {layer} by itself", fix=fix)
    elif "sides" in value or "story" in value:
        return shaped(value, Dispute, report)
    else:
        fix = f"write one object for each document: {SHAPE}"
        is_keyed = not set(LAYERS) & set(value) and all(isinstance(each, (Mapping, list)) for each in value.values())
        if place.file is not None and value and is_keyed:
            fix = f"convert the answers of a language model (khabar convert {place.file} predictions.jsonl)"
        report("key-missing", "neither 'doc_id' (a document) nor 'story' and 'sides' (a dispute)", fix=fix)
    return None
