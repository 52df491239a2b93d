"""Building: seeds and gold in, the files of a release out, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.corpus.card import CARD, card, read_statement
from khabar.corpus.croissant import CROISSANT, croissant
from khabar.corpus.derivation import derive
from khabar.corpus.release import PLACES, RELEASE, FileRecord, Release, Withheld, read_release, row_digest
from khabar.corpus.tables import Tables, parquet_bytes, read_all
from khabar.corpus.textless import Place, without_text
from khabar.reading.files import recover, replace_files, sha256
from khabar.reading.incidents import Incident, Incidents
from khabar.reading.row_checks import check
from khabar.reading.rows import read_gold
from khabar.records import CONFIGS, Row, Seed
from khabar.seeds import MANIFEST, read_manifest, read_text, verify


@dataclass(frozen=True, slots=True)
class Built:
    """A built dataset: its rows, its files by relative path, and the warnings met."""

    tables: Tables
    files: dict[str, bytes]
    warnings: list[Incident]


def build(seeds: Path, gold: Path, *, with_text: bool = True) -> Built:
    """Build in memory from a seeds folder and a gold folder. Raises InputError with every problem found.

    Without text it is a release of offsets and hashes: same files and columns, every text and surface empty.
    """
    incidents = Incidents(verify(seeds))
    manifest = read_manifest(seeds)
    release = read_release(gold)
    located = read_gold(gold, incidents)
    incidents.refuse()
    texts = {seed.doc_id: read_text(seeds, seed) for seed in manifest}
    incidents.extend(_one_split_a_story(manifest, seeds / MANIFEST))
    incidents.extend(check(located, texts, {seed.doc_id: seed.story for seed in manifest}))
    incidents.refuse()
    tables = derive(manifest, texts, [item.row for item in located])
    statement = read_statement(gold)
    if with_text:
        return assemble(release, tables, statement, warnings=list(incidents))
    bare, places = without_text(tables)
    return assemble(release, bare, statement, places, warnings=list(incidents))


def _one_split_a_story(manifest: Sequence[Seed], path: Path) -> list[Incident]:
    """A story lies in one split: issues join its articles, and splits are never mixed."""
    found: dict[str, set[str]] = {}
    for seed in manifest:
        found.setdefault(seed.story, set()).add(seed.split)
    return [
        Incident("story-split", f"story {story!r} lies in splits {', '.join(sorted(splits))}", str(path))
        for story, splits in sorted(found.items())
        if len(splits) > 1
    ]


def write(built: Built, out: Path) -> None:
    """Write a built dataset, and remove what the release it replaces lists and this one does not.

    A run that is killed leaves the old release, or one that the next run or `recover` completes.
    """
    recover(out)
    before = read_release(out).files if (out / RELEASE).is_file() else ()
    listed = [*(record.path for record in before), *([PLACES] if before else [])]
    inside = [name for name in listed if ".." not in Path(name).parts and not Path(name).is_absolute()]
    replace_files(out, built.files, gone=[name for name in inside if name not in built.files], last=RELEASE)


def read_built(folder: Path) -> Built:
    """Take a dataset folder for what was built. Raises InputError."""
    names = [RELEASE, CARD, CROISSANT, *(record.path for record in read_release(folder).files)]
    return Built(read_all(folder), {name: (folder / name).read_bytes() for name in names}, [])


def assemble(
    release: Release,
    tables: Tables,
    statement: str,
    places: Sequence[Place] | None = None,
    warnings: Sequence[Incident] = (),
) -> Built:
    """Make the files of a release, `statement` in its card. With `places` (what stood where) it is one without text."""
    parquet = {
        f"{config}/{split}.parquet": parquet_bytes(config, tables[split][config])
        for split in tables
        for config in CONFIGS
    }
    records = tuple(
        _record(f"{config}/{split}.parquet", parquet, tables[split][config]) for split in tables for config in CONFIGS
    )
    lines = b"".join(msgspec.json.encode(place) + b"\n" for place in places or ())
    left_out = msgspec.UNSET if places is None else Withheld(sha256=sha256(lines), rows=len(places))
    made = msgspec.structs.replace(release, files=records, withheld=left_out)
    text = msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    files = {**parquet, RELEASE: text, CARD: card(made, tables, statement).encode(), CROISSANT: croissant(made)}
    return Built(tables, {**files, **({} if places is None else {PLACES: lines})}, list(warnings))


def _record(path: str, files: Mapping[str, bytes], rows: list[Row]) -> FileRecord:
    ends = [row_digest(row) for row in (rows[:1] + rows[-1:])] or ["-", "-"]
    return FileRecord(path=path, sha256=sha256(files[path]), rows=len(rows), first=ends[0], last=ends[-1])
