"""Checking a dataset folder: checksums, exact counts, first and last rows, description, and its sources."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from khabar.corpus.build import Texts, build, withheld_splits
from khabar.corpus.card import CARD, card, read_statement
from khabar.corpus.contrast import contrast_split, lines, read_folder, read_released
from khabar.corpus.croissant import CROISSANT, croissant
from khabar.corpus.release import RELEASE, read_release, row_digest
from khabar.corpus.tables import Tables, read_all
from khabar.reading.files import sha256, unfinished
from khabar.reading.incidents import Incident, InputError
from khabar.records.repository import CANARY, CHANGES, PLACES, ChangesFile, Release, Withheld
from khabar.seeds import ntrex, read_manifest


def check(folder: Path, sources: tuple[Path, Path] | None) -> list[Incident]:
    """List what is wrong with a dataset. `sources` are a seeds and a gold folder to rebuild it from.

    A rebuild must give the same rows; its bytes may differ between versions of pyarrow.
    """
    release = read_release(folder)
    incidents: list[Incident] = []
    for record in release.files:
        incidents += _check_file(folder / record.path, record.path, record.sha256)
    for path in sorted(folder.glob("*/*.parquet")):
        if str(path.relative_to(folder)) not in {record.path for record in release.files}:
            incidents.append(Incident("corpus-changed", f"{path.name} is not part of the release", str(path)))
    for path in unfinished(folder):
        message = "a run was stopped while it wrote here"
        incidents.append(Incident("corpus-changed", message, str(path), fix="run it again"))
    if isinstance(release.withheld, Withheld):
        incidents += _check_file(folder / PLACES, PLACES, release.withheld.sha256)
    if isinstance(release.changes, ChangesFile):
        incidents += _check_file(folder / CHANGES, CHANGES, release.changes.sha256)
    page = folder / CARD
    if not page.is_file() or CANARY.encode() not in page.read_bytes():
        incidents.append(Incident("corpus-changed", "the card or its canary is missing", str(page)))
    incidents += _check_description(folder / CROISSANT, release)
    if incidents:
        return incidents
    tables = read_all(folder)
    for record in release.files:
        config, _, name = record.path.removesuffix(".parquet").partition("/")
        rows = tables.get(name, {}).get(config, [])
        ends = [row_digest(row) for row in (rows[:1] + rows[-1:])] or ["-", "-"]
        if (len(rows), ends[0], ends[-1]) != (record.rows, record.first, record.last):
            message = f"{record.path} holds {len(rows)} rows, first {ends[0]}, last {ends[-1]}"
            incidents.append(Incident("corpus-changed", message, str(folder / record.path)))
    return incidents if sources is None else [*incidents, *_compared(folder, release, tables, sources)]


def compared_splits(release: Release, seeds: Path) -> list[str]:
    """The splits of a release that can be built anew: those whose texts are in the seeds folder, or fetched."""
    withheld = () if ntrex.is_fetched() else withheld_splits(read_manifest(seeds))
    return [split for split in release.splits if split not in {*withheld, *map(contrast_split, withheld)}]


def _compared(folder: Path, release: Release, tables: Tables, sources: tuple[Path, Path]) -> list[Incident]:
    """What differs from a rebuild. Without all texts, only the splits that have them are built."""
    seeds, gold = sources
    texts: Texts = "here" if release.fetchable else "none" if release.withheld_splits else "all"
    try:
        described = msgspec.structs.replace(
            read_release(gold), files=release.files, withheld=release.withheld, changes=release.changes
        )
        changes = read_folder(gold)
        words = card(described, tables, read_statement(gold), changes).encode()
        splits = compared_splits(release, seeds)
        built = build(seeds, gold, texts, None if splits == list(release.splits) else splits)
    except InputError as error:
        return list(error.incidents)
    following = {CROISSANT: croissant(described, read_statement(gold)), CARD: words}
    stale = [(name, folder / name) for name, data in following.items() if (folder / name).read_bytes() != data]
    if described != release:
        stale.append((RELEASE, folder / RELEASE))
    if lines(read_released(folder, release)) != lines(changes):
        stale.append((CHANGES, folder / CHANGES))
    for split, configs in built.tables.items():
        for config, wanted in configs.items():
            if tables.get(split, {}).get(config) != wanted:
                stale.append((f"{config} of split {split}", folder / config / f"{split}.parquet"))
    return [Incident("corpus-stale", f"{name} differs from what is built", str(path)) for name, path in stale]


def _check_file(path: Path, name: str, digest: str) -> list[Incident]:
    if not path.is_file():
        return [Incident("corpus-changed", f"no file {name}", str(path))]
    if sha256(path.read_bytes()) != digest:
        return [Incident("corpus-changed", f"sha256 of {name} is not the released one", str(path))]
    return []


def _check_description(path: Path, release: Release) -> list[Incident]:
    """The description for machines names the files of this release by their SHA-256, and holds the canary."""
    if not path.is_file():
        return [Incident("corpus-changed", f"no file {CROISSANT}", str(path))]
    try:
        listed = {file["contentUrl"]: file["sha256"] for file in json.loads(path.read_bytes())["distribution"]}
    except (ValueError, LookupError, TypeError):
        return [Incident("corpus-changed", f"{CROISSANT} lists no files", str(path))]
    problems = [
        f"{CROISSANT} does not describe {record.path} of this release"
        for record in release.files
        if listed.get(record.path) != record.sha256
    ]
    if CANARY.encode() not in path.read_bytes():
        problems.append(f"the canary is missing from {CROISSANT}")
    return [Incident("corpus-changed", problem, str(path)) for problem in problems]
