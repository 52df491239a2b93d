"""Files of changes: one JSON line a change, flip or decoy, named by its `kind`."""

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
from khabar.records import Change, Decoy, Flip

_KINDS: dict[str, type[Change]] = {str(kind.__struct_config__.tag): kind for kind in (Change, Decoy, Flip)}


def read_changes(path: Path) -> list[Change]:
    """Read a file of changes. Raises InputError with every line that is none."""
    incidents = Incidents(check_file(path))
    incidents.refuse()
    changes: list[Change] = []
    for number, line in jsonl(path, incidents):
        report = partial(incidents.report, file=path, line=number)
        value = decoded(line, (str(path), number), incidents)
        kind = None if value is None else _KINDS.get(str(value.get("kind", "change")))
        if value is not None and kind is None:
            report("value-wrong", f"kind is {value['kind']!r}, not one of {', '.join(_KINDS)}")
        change = None if value is None or kind is None else shaped(value, kind, report)
        if change is not None:
            changes.append(change)
    incidents.refuse()
    return changes


def write_changes(path: Path, changes: Iterable[Change]) -> None:
    """Write a file of changes, in the order given."""
    write_lines(path, map(msgspec.json.encode, changes))
