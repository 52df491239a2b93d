"""Checking a dataset folder: per-file checksums, exact counts, first and last rows, and that its sources build it."""

from __future__ import annotations

from pathlib import Path

from khabar.corpus.build import build
from khabar.corpus.read import read_all
from khabar.corpus.release import CANARY, FileRecord, read_release, row_digest, sha256
from khabar.errors import InputError
from khabar.incidents import Incident


def check(folder: Path, sources: tuple[Path, Path] | None) -> list[Incident]:
    """List what is wrong with a dataset. `sources` are a seeds and a gold folder to rebuild it from.

    A rebuild must give the same rows; its bytes may differ between versions of pyarrow.
    """
    release = read_release(folder)
    incidents: list[Incident] = []
    for record in release.files:
        incidents += _check_file(folder / record.path, record)
    for path in sorted(folder.glob("*/*.parquet")):
        if str(path.relative_to(folder)) not in {record.path for record in release.files}:
            incidents.append(Incident("corpus-changed", f"{path.name} is not part of the release", str(path)))
    card = folder / "README.md"
    if not card.is_file() or CANARY.encode() not in card.read_bytes():
        incidents.append(Incident("corpus-changed", "the card or its canary is missing", str(card)))
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
    if sources is not None:
        try:
            built = build(*sources)
        except InputError as error:
            return [*incidents, *error.incidents]
        for split, configs in built.tables.items():
            for config, wanted in configs.items():
                if tables.get(split, {}).get(config) != wanted:
                    message = f"{config} of split {split} differs from what is built"
                    incidents.append(Incident("corpus-stale", message, str(folder / config / f"{split}.parquet")))
    return incidents


def _check_file(path: Path, record: FileRecord) -> list[Incident]:
    if not path.is_file():
        return [Incident("corpus-changed", f"no file {record.path}", str(path))]
    if sha256(path.read_bytes()) != record.sha256:
        return [Incident("corpus-changed", f"sha256 of {record.path} is not the released one", str(path))]
    return []
