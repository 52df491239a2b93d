"""Prediction files: documents and disputes, read whole or refused with every problem listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from khabar.incidents import Incident
from khabar.reading.lines import check_file, decoded, is_parquet, jsonl, parquet_rows
from khabar.reading.repeated import repeated_keys
from khabar.reading.shape import shaped
from khabar.records import Annotations, Dispute, Prediction


class Placeholder(NamedTuple):
    """Where a record came from."""

    file: str | None
    line: int


Sourced = tuple[Placeholder, Prediction]

_ANNOTATIONS = msgspec.json.Decoder(Annotations)
_DISPUTE = msgspec.json.Decoder(Dispute)


def read_predictions(path: Path, incidents: list[Incident]) -> list[Sourced]:
    """Read a JSONL or Parquet file of predictions. Problems of form are added to `incidents`."""
    problems = check_file(path)
    if problems:
        incidents.extend(problems)
        return []
    lines = _from_parquet(path, incidents) if is_parquet(path) else _from_jsonl(path, incidents)
    return list(lines)


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


def _from_jsonl(path: Path, incidents: list[Incident]) -> Iterator[Sourced]:
    file = str(path)
    record: Prediction | None
    for number, line in jsonl(path, incidents):
        place = Placeholder(file, number)
        incidents += [Incident("key-repeated", f"the key {key!r} stands twice", *place) for key in repeated_keys(line)]
        try:
            record = _ANNOTATIONS.decode(line)
        except (msgspec.DecodeError, RecursionError):
            try:
                record = _DISPUTE.decode(line)
            except (msgspec.DecodeError, RecursionError):
                value = decoded(line, (file, number), incidents)
                record = None if value is None else _from_object(value, place, incidents)
        if record is not None:
            yield place, record


def _from_parquet(path: Path, incidents: list[Incident]) -> Iterator[Sourced]:
    for number, row in parquet_rows(path, incidents):
        place = Placeholder(str(path), number)
        record = _from_object({key: value for key, value in row.items() if value is not None}, place, incidents)
        if record is not None:
            yield place, record


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
