"""Reading a dataset folder back into records, with pyarrow alone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from khabar.corpus.derive import Tables
from khabar.corpus.features import from_table
from khabar.corpus.release import RELEASE
from khabar.errors import InputError
from khabar.incidents import Incident, errors
from khabar.records import CONFIGS, Row


def is_corpus(folder: Path) -> bool:
    """Tell whether a folder holds a built dataset."""
    return (folder / RELEASE).is_file()


def splits(folder: Path) -> list[str]:
    """Names of the splits a dataset folder holds."""
    return sorted({path.stem for path in folder.glob("documents/*.parquet")})


def read_split(folder: Path, split: str) -> dict[str, list[Row]]:
    """Read all configs of a split. Raises InputError if one is missing or cannot be read."""
    incidents: list[Incident] = []
    found = {config: _read(folder / config / f"{split}.parquet", config, incidents) for config in CONFIGS}
    if errors(incidents):
        raise InputError(incidents)
    return found


def read_all(folder: Path) -> Tables:
    """Read all splits."""
    return {split: read_split(folder, split) for split in splits(folder)}


def _read(path: Path, config: str, incidents: list[Incident]) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        incidents.append(Incident("file-missing", f"no file {path.name} for config {config}", str(path)))
        return []
    try:
        return from_table(config, pq.read_table(path, partitioning=None))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        incidents.append(Incident("file-not-parquet", str(error).splitlines()[0][:200], str(path)))
    except (msgspec.ValidationError, KeyError, IndexError, TypeError) as error:
        incidents.append(Incident("value-wrong", f"config {config}: {error}", str(path)))
    return []
