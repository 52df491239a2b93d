"""Reading annotation files, and files of errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from khabar.reading.incidents import Incidents
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.records import BY_LAYER, Row
from khabar.records.errors import Error


@dataclass(frozen=True, slots=True)
class Located:
    """A row and where it stands."""

    row: Row
    file: str
    line: int


DRAFT = "draft"
"""Marks a row that a system wrote and nobody has checked."""


def read_rows(path: Path, incidents: Incidents) -> list[Located]:
    """Read one annotation file; problems of form are added to `incidents`."""
    located: list[Located] = []
    drafts: list[int] = []
    for number, value, report in json_objects(path, incidents):
        if value.pop(DRAFT, False):
            drafts.append(number)
            continue
        kind = BY_LAYER.get(str(value.get("layer")))
        if kind is None:
            report("value-wrong", f"layer is {value.get('layer')!r}, not one of {', '.join(BY_LAYER)}")
            continue
        row = shaped(value, kind, report)
        if row is not None:
            located.append(Located(row, str(path), number))
    if drafts:
        message = f"{len(drafts)} row(s) of the file are drafts that nobody has checked; this is the first"
        incidents.report("row-draft", message, file=path, line=drafts[0])
    return located


def read_gold(folder: Path, incidents: Incidents) -> list[Located]:
    """Read all annotation files of a folder (`*.jsonl`), in the order of their names."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        incidents.report("file-missing", f"no .jsonl file in {folder}", file=folder)
    return [located for path in paths for located in read_rows(path, incidents)]


def read_errors(path: Path, incidents: Incidents) -> list[Error]:
    """Read a file of errors. Problems of form are added to `incidents`; an empty file holds no error."""
    errors: list[Error] = []
    if path.is_file() and path.stat().st_size == 0:
        return errors
    for number, value, report in json_objects(path, incidents):
        if not value.keys() & {"layer", "outcome", "cause"}:
            fix = "khabar score FILE --errors errors.jsonl writes errors"
            incidents.report("option-wrong", "this is no file of errors", file=path, line=number, fix=fix)
            return errors
        error = shaped(value, Error, report)
        if error is not None:
            errors.append(error)
    return errors
