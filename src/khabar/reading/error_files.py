"""The file of errors: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec

from khabar.reading.files import write_lines
from khabar.reading.incidents import Incidents
from khabar.reading.lines import decoded, jsonl
from khabar.reading.shape import shaped
from khabar.reading.sources import check_file
from khabar.records.errors import Error


def write_errors(path: Path, errors: Iterable[Error]) -> None:
    """Write errors, the whole file or nothing. No error at all is an empty file."""
    write_lines(path, map(msgspec.json.encode, errors))


def read_errors(path: Path, incidents: Incidents) -> list[Error]:
    """Read a file of errors. Problems of form are added to `incidents`; an empty file holds no error."""
    problems = check_file(path)
    incidents.extend(problems)
    errors: list[Error] = []
    if problems or path.stat().st_size == 0:
        return errors
    for number, line in jsonl(path, incidents):
        value = decoded(line, (str(path), number), incidents)
        if isinstance(value, dict) and not value.keys() & {"layer", "outcome", "cause"}:
            fix = "khabar score FILE --errors errors.jsonl writes errors"
            incidents.report("option-wrong", "this is no file of errors", file=path, line=number, fix=fix)
            return errors
        report = partial(incidents.report, file=path, line=number)
        error = None if value is None else shaped(value, Error, report)
        if error is not None:
            errors.append(error)
    return errors
