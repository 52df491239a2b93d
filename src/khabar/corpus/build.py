"""Building: seeds and gold in, the files of a release out, whole or not at all; and checking what was built."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from khabar.corpus.card import CARD, card, read_statement
from khabar.corpus.contrast import (
    CorpusSource,
    VariantChange,
    contrast_split,
    lines,
    read_folder,
    read_released,
    with_variants,
)
from khabar.corpus.croissant import CROISSANT, croissant
from khabar.corpus.derivation import derive
from khabar.corpus.release import RELEASE, read_release, row_digest
from khabar.corpus.tables import Tables, parquet_bytes, read_all
from khabar.corpus.withheld import with_surfaces, without_text
from khabar.reading.files import json_lines, recover, replace_files, sha256, unfinished
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.rows import check as check_rows
from khabar.reading.rows import read_gold
from khabar.records import CONFIGS, Seed
from khabar.records.repository import CANARY, CHANGES, PLACES, ChangesFile, FileRecord, Release, Withheld
from khabar.seeds import ntrex
from khabar.seeds.store import MANIFEST, read_manifest, read_texts, verify

KEPT_WORDS = 5
"""Of an article whose text is withheld, so many running words may stand in a name."""
Texts = Literal["here", "none", "all"]


@dataclass(frozen=True, slots=True)
class Built:
    """A built dataset: its rows, its files by relative path, and the warnings met."""

    tables: Tables
    files: dict[str, bytes]
    warnings: list[Incident]


def build(seeds: Path, gold: Path, texts: Texts = "here", splits: Collection[str] | None = None) -> Built:
    """Build in memory from a seeds folder and a gold folder. Raises InputError with every problem found.

    Stories that have flips and decoys beside the gold folder, in `contrast`, become contrast sets too.

    A split keeps its texts and surfaces if these are "here", in the seeds folder, or "all"; with "none" it is a release
    of offsets and hashes. Files and columns are the same. `splits` are those to build (None: all).
    """
    incidents = Incidents(verify(seeds))
    manifest = [
        seed
        for seed in read_manifest(seeds)
        if splits is None or not {seed.split, contrast_split(seed.split)}.isdisjoint(splits)
    ]
    release, changes = read_release(gold), read_folder(gold)
    located = read_gold(gold, incidents)
    incidents.refuse()
    text_of = read_texts(seeds, manifest)
    incidents.extend(_one_split_a_story(manifest, seeds / MANIFEST))
    stories = {seed.doc_id: seed.story for seed in manifest}
    fetched = {seed.doc_id: text_of[seed.doc_id] for seed in manifest if seed.source}
    if splits is not None:
        located = [item for item in located if item.row.story_key(stories) in stories.values()]
    located = [replace(item, row=with_surfaces(item.row, fetched)) for item in located]
    incidents.extend(check_rows(located, text_of, stories))
    incidents.refuse()
    articles = with_variants(CorpusSource(manifest, text_of, [item.row for item in located]), changes)
    tables = derive(articles.seeds, articles.texts, articles.rows)
    tables = {split: configs for split, configs in tables.items() if splits is None or split in splits}
    statement = read_statement(gold)
    withheld = withheld_splits(articles.seeds) if texts == "here" else tuple(tables) if texts == "none" else ()
    if not withheld:
        return assemble(release, tables, statement, changes, warnings=list(incidents))
    kept_words = KEPT_WORDS if texts == "here" else 0
    bare, strings = without_text(tables, withheld, kept_words)
    places = json_lines(strings)
    left_out = Withheld(sha256=sha256(places), rows=len(strings), splits=withheld, kept_words=kept_words)
    release = msgspec.structs.replace(release, withheld=left_out)
    return assemble(release, bare, statement, changes, places, list(incidents))


def withheld_splits(manifest: Sequence[Seed]) -> tuple[str, ...]:
    """The splits that have articles whose text is not in the seeds folder."""
    return tuple(sorted({seed.split for seed in manifest if seed.source}))


def _one_split_a_story(manifest: Sequence[Seed], path: Path) -> list[Incident]:
    """A story lies in one split: issues join its articles, and splits are never mixed."""
    by_story: dict[str, set[str]] = {}
    for seed in manifest:
        by_story.setdefault(seed.story, set()).add(seed.split)
    return [
        Incident("story-split", f"story {story!r} lies in splits {', '.join(sorted(splits))}", str(path))
        for story, splits in sorted(by_story.items())
        if len(splits) > 1
    ]


def write(built: Built, out: Path) -> None:
    """Write a built dataset, and remove what the release it replaces lists and this one does not.

    A run that is killed leaves the old release, or one that the next run or `recover` completes.
    """
    recover(out)
    before = read_release(out).listed if (out / RELEASE).is_file() else ()
    names = [file.path for file in before]
    inside = [name for name in names if ".." not in Path(name).parts and not Path(name).is_absolute()]
    replace_files(out, built.files, gone=[name for name in inside if name not in built.files], last=RELEASE)


def read_built(folder: Path) -> Built:
    """Take a dataset folder for what was built. Raises InputError."""
    names = [RELEASE, CARD, CROISSANT, *(record.path for record in read_release(folder).files)]
    return Built(read_all(folder), {name: (folder / name).read_bytes() for name in names}, [])


def assemble(
    release: Release,
    tables: Tables,
    statement: str,
    changes: Sequence[VariantChange] = (),
    places: bytes | None = None,
    warnings: Sequence[Incident] = (),
) -> Built:
    """Make the files of a release, `statement` in its card. `release` says which splits lack their text.

    `changes` are those of its contrast sets. `places` is the file that says what stood where in those splits.
    """
    bare = release.withheld_splits
    parquet = {
        f"{config}/{split}.parquet": parquet_bytes(config, tables[split][config], withheld=split in bare)
        for split in tables
        for config in CONFIGS
    }
    records = tuple(_record(path, sha256(data), tables) for path, data in parquet.items())
    contrast_file: ChangesFile | msgspec.UnsetType = msgspec.UNSET
    if changes:
        contrast_file = ChangesFile(sha256=sha256(lines(changes)), rows=len(changes))
    complete = msgspec.structs.replace(release, files=records, changes=contrast_file)
    text = msgspec.json.format(msgspec.json.encode(complete), indent=2) + b"\n"
    files = {
        **parquet,
        RELEASE: text,
        CARD: card(complete, tables, statement, changes).encode(),
        CROISSANT: croissant(complete, statement),
        **({} if places is None else {PLACES: places}),
        **({CHANGES: lines(changes)} if changes else {}),
    }
    return Built(tables, files, list(warnings))


def _record(path: str, digest: str, tables: Tables) -> FileRecord:
    config, _, split = path.removesuffix(".parquet").partition("/")
    rows = tables.get(split, {}).get(config, [])
    ends = [row_digest(row) for row in (rows[:1] + rows[-1:])] or ["-", "-"]
    return FileRecord(path=path, sha256=digest, rows=len(rows), first=ends[0], last=ends[-1])


def check(folder: Path, sources: tuple[Path, Path] | None) -> list[Incident]:
    """List what is wrong with a dataset. `sources` are a seeds and a gold folder to rebuild it from.

    A rebuild must give the same rows; its bytes may differ between versions of pyarrow.
    """
    release = read_release(folder)
    incidents: list[Incident] = []
    for file in release.listed:
        incidents += _check_file(folder / file.path, file.path, file.sha256)
    for path in sorted(folder.glob("*/*.parquet")):
        if str(path.relative_to(folder)) not in {record.path for record in release.files}:
            incidents.append(Incident("corpus-changed", f"{path.name} is not part of the release", str(path)))
    for path in unfinished(folder):
        message = "a run was stopped while it wrote here"
        incidents.append(Incident("corpus-changed", message, str(path), fix="run it again"))
    page = folder / CARD
    if not page.is_file() or CANARY.encode() not in page.read_bytes():
        incidents.append(Incident("corpus-changed", "the card or its canary is missing", str(page)))
    incidents += _check_description(folder / CROISSANT, release)
    if incidents:
        return incidents
    tables = read_all(folder)
    for record in release.files:
        held = _record(record.path, record.sha256, tables)
        if held != record:
            message = f"{record.path} holds {held.rows} rows, first {held.first}, last {held.last}"
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
