"""Prediction files: documents and disputes, read whole or refused with every problem listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from khabar.incidents import Incident
from khabar.reading.lines import decoded, is_parquet, jsonl, parquet_rows
from khabar.reading.repeated import repeated_keys
from khabar.reading.shape import shaped
from khabar.reading.sources import sources
from khabar.records import Annotations, Dispute, Prediction


class Placeholder(NamedTuple):
    """Where a record came from."""

    file: str | None
    line: int


Sourced = tuple[Placeholder, Prediction]

_ANNOTATIONS = msgspec.json.Decoder(Annotations)
_DISPUTE = msgspec.json.Decoder(Dispute)


def read_predictions(source: Path | str, incidents: list[Incident]) -> list[Sourced]:
    """Read predictions: a JSONL or Parquet file, a folder of such files, or a URL of either.

    Problems of form are added to `incidents`. A file without lines is one only if no other file has any.
    """
    found: list[Sourced] = []
    problems: list[Incident] = []
    for file in sources(source, problems):
        if is_parquet(file):
            for number, row in parquet_rows(file, problems):
                found += record_of_row(row, Placeholder(str(file), number), problems)
        else:
            for number, line in jsonl(file, problems):
                found += record_of_line(line, Placeholder(str(file), number), problems)
    incidents += [each for each in problems if not found or each.id != "file-empty"]
    return found


def given_predictions(items: Iterable[Prediction | Mapping[str, Any]], incidents: list[Incident]) -> list[Sourced]:
    """Take predictions from Python: records, or objects as they would stand in a file."""
    found: list[Sourced] = []
    for number, item in enumerate(items, start=1):
        place = Placeholder(None, number)
        if isinstance(item, (Annotations, Dispute)):
            found.append((place, item))
        else:
            record = _from_object(dict(item), place, incidents)
            if record is not None:
                found.append((place, record))
    return found


def split(records: Sequence[Sourced]) -> tuple[list[Annotations], list[Dispute]]:
    """Part documents from disputes."""
    annotations = [record for _, record in records if isinstance(record, Annotations)]
    return annotations, [record for _, record in records if isinstance(record, Dispute)]


def record_of_line(line: bytes, place: Placeholder, incidents: list[Incident]) -> list[Sourced]:
    """Read one line of JSON: its record, or nothing and an incident."""
    record: Prediction | None
    incidents += [Incident("key-repeated", f"the key {key!r} stands twice", *place) for key in repeated_keys(line)]
    try:
        record = _ANNOTATIONS.decode(line)
    except (msgspec.DecodeError, RecursionError):
        try:
            record = _DISPUTE.decode(line)
        except (msgspec.DecodeError, RecursionError):
            value = decoded(line, place, incidents)
            record = None if value is None else _from_object(value, place, incidents)
    return [] if record is None else [(place, record)]


def record_of_row(row: Mapping[str, Any], place: Placeholder, incidents: list[Incident]) -> list[Sourced]:
    """Read one row of a table, in which a column without a value is null."""
    record = _from_object({key: value for key, value in row.items() if value is not None}, place, incidents)
    return [] if record is None else [(place, record)]


def _from_object(value: dict[str, Any], place: Placeholder, incidents: list[Incident]) -> Prediction | None:
    doc_id = value.get("doc_id")

    def report(incident: str, message: str) -> None:
        known = doc_id if isinstance(doc_id, str) else None
        incidents.append(Incident(incident, message, place.file, place.line, known))

    if "doc_id" in value:
        return shaped(value, Annotations, report)
    if "sides" in value or "story" in value:
        return shaped(value, Dispute, report)
    report("key-missing", "neither 'doc_id' (a document) nor 'story' and 'sides' (a dispute)")
    return None
