"""The prediction format itself, through which every conversion goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from khabar.formats.conversion import Conversion
from khabar.reading.checks import check_annotations, reporter
from khabar.reading.predictions import Origin, read_predictions
from khabar.records import Annotations, Prediction


def read(path: Path, work: Conversion) -> list[Prediction]:
    """Read JSONL or Parquet in the prediction format, checking offsets against the texts that are known."""
    found = read_predictions(path, work.incidents)
    for place, record in found:
        _check(record, place, work)
    return [record for _, record in found]


def check(records: Sequence[Prediction], work: Conversion) -> None:
    """Check what another format gave, as `khabar validate` would check the file to be written."""
    for record in records:
        _check(record, Origin(None, 0), work)


def _check(record: Prediction, place: Origin, work: Conversion) -> None:
    if isinstance(record, Annotations):
        text = work.text_of(record.doc_id, record.text)
        check_annotations(record, text, reporter(work.incidents, place, record.doc_id))


def write(records: Sequence[Prediction], path: Path) -> dict[Path, bytes]:
    """Write one object a line."""
    return {path: b"".join(msgspec.json.encode(record) + b"\n" for record in records)}
