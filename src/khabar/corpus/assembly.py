"""From rows to the files of a release: Parquet, its checksums, its card and its description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from khabar.corpus.card import CARD, card
from khabar.corpus.croissant import CROISSANT, croissant
from khabar.corpus.derive import Tables
from khabar.corpus.features import to_table
from khabar.corpus.places import Place
from khabar.corpus.release import PLACES, RELEASE, FileRecord, Release, Withheld, row_digest, sha256
from khabar.reading.incidents import Incident
from khabar.records import CONFIGS, Row

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Built:
    """A built dataset: its rows, its files by relative path, and the warnings met."""

    tables: Tables
    files: dict[str, bytes]
    warnings: list[Incident]


def assemble(
    release: Release,
    tables: Tables,
    statement: str,
    places: Sequence[Place] | None = None,
    warnings: Sequence[Incident] = (),
) -> Built:
    """Make the files of a release, `statement` in its card. With `places` (what stood where) it is one without text."""
    parquet = {
        f"{config}/{split}.parquet": parquet_bytes(to_table(config, tables[split][config]))
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
