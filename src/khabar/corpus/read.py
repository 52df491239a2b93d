"""Reading a dataset folder back into records, with pyarrow alone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from khabar.corpus.derive import Tables
from khabar.corpus.features import from_table
from khabar.corpus.places import Place
from khabar.corpus.release import PLACES, RELEASE, read_release
from khabar.reading.incidents import Incident, InputError, errors
from khabar.records import CONFIGS, Row


def is_corpus(folder: Path) -> bool:
    """Tell whether a folder holds a built dataset."""
    return (folder / RELEASE).is_file()


def splits(folder: Path) -> list[str]:
    """Names of the splits a dataset folder holds."""
    return sorted({path.stem for path in folder.glob("documents/*.parquet")})


def read_split(folder: Path, split: str) -> dict[str, list[Row]]:
    """Read all configs of a split. Raises InputError if one is missing, cannot be read, or has no text."""
    if is_corpus(folder) and read_release(folder).textless:
        raise InputError([Incident("text-missing", f"{folder} is a release without text", str(folder))])
    return _read_split(folder, split)


def read_all(folder: Path) -> Tables:
    """Read all splits, of a release without text too. Raises InputError if a file is missing or cannot be read."""
    return {split: _read_split(folder, split) for split in splits(folder)}


def read_places(folder: Path) -> list[Place]:
    """Where the quotations of a release without text stand. Raises InputError."""
    path = folder / PLACES
    try:
        return [msgspec.json.decode(line, type=Place) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        raise InputError([Incident("file-missing", f"no {PLACES} in {folder}", str(path))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError([Incident("value-wrong", str(error), str(path))]) from None


def _read_split(folder: Path, split: str) -> dict[str, list[Row]]:
    incidents: list[Incident] = []
    found = {config: _read(folder / config / f"{split}.parquet", config, incidents) for config in CONFIGS}
    if errors(incidents):
        raise InputError(incidents)
    return found


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
