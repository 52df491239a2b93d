"""Building: seeds and gold in, the dataset folder out, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from khabar.annotations import check, read_gold
from khabar.corpus.card import card
from khabar.corpus.derive import Tables, derive
from khabar.corpus.features import to_table
from khabar.corpus.release import RELEASE, FileRecord, read_release, row_digest, sha256
from khabar.errors import InputError
from khabar.files import write_all
from khabar.incidents import Incident, errors
from khabar.records import CONFIGS, Row, Seed
from khabar.seeds import MANIFEST, read_manifest, read_text, verify

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Built:
    """A built dataset: its rows, its files by relative path, and the warnings met."""

    tables: Tables
    files: dict[str, bytes]
    warnings: list[Incident]


def build(seeds: Path, gold: Path) -> Built:
    """Build in memory from a seeds folder and a gold folder. Raises InputError with every problem found."""
    incidents = verify(seeds)
    manifest = read_manifest(seeds)
    release = read_release(gold)
    located = read_gold(gold, incidents)
    if errors(incidents):
        raise InputError(incidents)
    texts = {seed.doc_id: read_text(seeds, seed) for seed in manifest}
    incidents += _one_split_a_story(manifest, seeds / MANIFEST)
    incidents += check(located, texts, {seed.doc_id: seed.story for seed in manifest})
    if errors(incidents):
        raise InputError(incidents)
    tables = derive(manifest, texts, [item.row for item in located])
    parquet = {
        f"{config}/{split}.parquet": parquet_bytes(to_table(config, tables[split][config]))
        for split in tables
        for config in CONFIGS
    }
    records = tuple(
        _record(f"{config}/{split}.parquet", parquet, tables[split][config]) for split in tables for config in CONFIGS
    )
    made = msgspec.structs.replace(release, files=records)
    text = msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    readme = card(made, tables).encode()
    return Built(tables, {**parquet, RELEASE: text, "README.md": readme}, incidents)


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

    All files are written beside their places and renamed in the end, so that a failure leaves no mixture.
    """
    before = read_release(out).files if (out / RELEASE).is_file() else ()
    write_all({out / name: data for name, data in built.files.items()})
    for record in before:
        inside = ".." not in Path(record.path).parts and not Path(record.path).is_absolute()
        if inside and record.path not in built.files:
            (out / record.path).unlink(missing_ok=True)


def parquet_bytes(table: pa.Table) -> bytes:
    """Serialise a table so that the same rows give the same bytes on the same pyarrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=False, store_schema=True, version="2.6")
    return bytes(sink.getvalue())


def _record(path: str, files: Mapping[str, bytes], rows: list[Row]) -> FileRecord:
    ends = [row_digest(row) for row in (rows[:1] + rows[-1:])] or ["-", "-"]
    return FileRecord(path=path, sha256=sha256(files[path]), rows=len(rows), first=ends[0], last=ends[-1])
