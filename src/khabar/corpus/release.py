"""A release: its version, and what each of its files must hold."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import msgspec

from khabar.reading.incidents import Incident, InputError
from khabar.records import Row

RELEASE = "release.json"
PLACES = "withheld.jsonl"
"""Of a release without text: where its quotations outside of spans stand, one place a line."""
CANARY = "khabar-canary 7b1f0a52-6f0e-4d8e-9c55-2c1d9a0c6e11: benchmark data; do not train on this file"
"""Stands in each public file, so that its presence in training data can be found."""


class FileRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one Parquet file holds: bytes, rows, and the first and last row as canonical JSON digests."""

    path: str
    sha256: str
    rows: int
    first: str
    last: str


class Withheld(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Marks a release without text: what its file of places holds."""

    path: str = PLACES
    sha256: str
    rows: int


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of the data: MAJOR edits or removes gold, MINOR adds, PATCH re-serialises."""

    name: str
    version: str
    date: str
    canary: str = CANARY
    files: tuple[FileRecord, ...] = ()
    withheld: Withheld | msgspec.UnsetType = msgspec.UNSET

    @property
    def textless(self) -> bool:
        """Whether texts and surfaces are left out."""
        return self.withheld is not msgspec.UNSET


def read_release(folder: Path) -> Release:
    """Read a folder's release.json. Raises InputError."""
    path = folder / RELEASE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Release)
    except OSError:
        raise InputError([Incident("file-missing", f"no {RELEASE} in {folder}", str(path))]) from None
    except msgspec.ValidationError as error:
        raise InputError([Incident("value-wrong", str(error), str(path))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError([Incident("json-broken", str(error), str(path))]) from None


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


def row_digest(row: Row) -> str:
    """Digest of a row's canonical JSON, every column in it."""
    columns = {name: getattr(row, name) for name in row.__struct_fields__}
    return sha256(msgspec.json.encode(columns, order="sorted"))[:16]


def repository() -> Path | None:
    """The checkout this package runs from, or None when it is installed."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "seeds" / "manifest.jsonl").is_file() and (root / "pyproject.toml").is_file() else None


def released_corpus() -> Path:
    """The released corpus: the copy the wheel carries, or corpus/ of the checkout."""
    packaged = Path(str(files("khabar"))) / "_data" / "corpus"
    root = repository()
    return root / "corpus" if root is not None and not packaged.is_dir() else packaged
