"""The manifest of a seeds folder: one JSON line a file, sorted by name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from khabar.errors import InputError
from khabar.files import write_lines
from khabar.incidents import Incident, errors
from khabar.reading.lines import check_file, decoded, jsonl
from khabar.reading.shape import shaped
from khabar.records import Seed

MANIFEST = "manifest.jsonl"


def read_manifest(folder: Path) -> list[Seed]:
    """Read a folder's manifest. Raises InputError with every problem in it."""
    path = folder / MANIFEST
    incidents = check_file(path)
    seeds: list[Seed] = []
    seen: set[str] = set()
    for number, line in jsonl(path, incidents) if not incidents else ():
        value = decoded(line, (str(path), number), incidents)
        if value is None:
            continue

        def report(incident: str, message: str, number: int = number) -> None:
            incidents.append(Incident(incident, message, str(path), number))

        seed = shaped(value, Seed, report)
        if seed is not None and seed.file in seen:
            report("id-repeated", f"{seed.file} has a line already")
        elif seed is not None and ("/" in seed.file or "\\" in seed.file or seed.file.startswith(".")):
            report("value-wrong", f"file is {seed.file!r}, where the name of a file in this folder is asked for")
        elif seed is not None:
            seen.add(seed.file)
            seeds.append(seed)
    if errors(incidents):
        raise InputError(incidents)
    return sorted(seeds, key=lambda seed: seed.file)


def write_manifest(folder: Path, seeds: Iterable[Seed]) -> None:
    """Write a folder's manifest, sorted by file name."""
    ordered = sorted(seeds, key=lambda seed: seed.file)
    write_lines(folder / MANIFEST, [msgspec.json.encode(seed) for seed in ordered])
