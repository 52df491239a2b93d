"""Reading and writing annotation files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from khabar.reading.files import json_lines, write_whole
from khabar.reading.incidents import Incidents
from khabar.reading.lines import decoded, jsonl
from khabar.reading.shape import shaped
from khabar.reading.sources import check_file
from khabar.records import ANNOTATED, Row


@dataclass(frozen=True, slots=True)
class Located:
    """A row and where it stands."""

    row: Row
    file: str
    line: int


DRAFT = "draft"
"""Marks a row that a system wrote and nobody has checked."""
_BY_LAYER = {str(kind.__struct_config__.tag): kind for kind in ANNOTATED}


def read_rows(path: Path, incidents: Incidents) -> list[Located]:
    """Read one annotation file; problems of form are added to `incidents`."""
    problems = check_file(path)
    incidents.extend(problems)
    located: list[Located] = []
    drafts: list[int] = []
    for number, line in jsonl(path, incidents) if not problems else ():
        value = decoded(line, (str(path), number), incidents)
        if value is None:
            continue
        doc_id = value.get("doc_id")
        known = doc_id if isinstance(doc_id, str) else None
        report = partial(incidents.report, file=path, line=number, doc_id=known)
        if value.pop(DRAFT, False):
            drafts.append(number)
            continue
        kind = _BY_LAYER.get(str(value.get("layer")))
        if kind is None:
            report("value-wrong", f"layer is {value.get('layer')!r}, not one of {', '.join(_BY_LAYER)}")
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


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write an annotation file: rows in the order given, what is at its default left out."""
    write_whole(path, json_lines(rows))
