"""The manifest of a seeds folder: one JSON line a file, sorted by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.records import Seed
from khabar.text.dates import is_date

MANIFEST = "manifest.jsonl"
_SPLIT = re.compile(r"\w+(\.\w+)*")
_LONGEST_NAME = 200
"""Bytes of a file's name; file systems take 255, and a file half written has a longer one."""


def read_manifest(folder: Path) -> list[Seed]:
    """Read a folder's manifest. Raises InputError with every problem in it."""
    incidents = Incidents()
    seeds: list[Seed] = []
    seen: set[str] = set()
    for _, value, report in json_objects(folder / MANIFEST, incidents):
        seed = shaped(value, Seed, report)
        if seed is None:
            continue
        problems = [*misnamed(seed.file), *miskeyed(seed.story, seed.split)]
        if seed.published is not None and not is_date(seed.published):
            problems.append(f"published is {seed.published!r}, where EDTF is asked for, such as 2030-05-06")
        for problem in problems:
            report("value-wrong", problem)
        if seed.doc_id in seen:
            report("id-repeated", f"document {seed.doc_id!r} has a line already")
        elif not problems:
            seen.add(seed.doc_id)
            seeds.append(seed)
    incidents.refuse()
    return sorted(seeds, key=lambda seed: seed.file)


def misnamed(file: str) -> list[str]:
    """Say why a name cannot be a seed's: it names a file of the folder, and a document."""
    plain = file.isprintable() and len(file.encode()) <= _LONGEST_NAME and not set("/\\") & set(file)
    if plain and file and not file.startswith("."):
        return []
    return [f"file is {file!r}, where the name of a file in this folder is asked for"]


def miskeyed(story: str, split: str) -> list[str]:
    """Say why story and split cannot be a seed's: a split names files, and is what `datasets` takes as one."""
    problems = [] if story.strip() else ["story is empty"]
    if not story.isprintable():
        problems.append(f"story is {story!r}, which does not print")
    if not _SPLIT.fullmatch(split):
        problems.append(f"split is {split!r}, where letters, digits, _ and inner dots are asked for")
    return problems


def write_manifest(folder: Path, seeds: Iterable[Seed]) -> None:
    """Write a folder's manifest, sorted by file name."""
    ordered = sorted(seeds, key=lambda seed: seed.file)
    write_records(folder / MANIFEST, ordered)
