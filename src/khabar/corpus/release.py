"""A release: its version, what a change of the rows asks of that, and what each of its files must hold."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from khabar.reading.files import sha256
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.shape import read_json
from khabar.reading.sources import RELEASE as RELEASE
from khabar.records import Row
from khabar.records.repository import Release

Step = Literal["MAJOR", "MINOR", "PATCH"]
"""MAJOR edits or removes gold, MINOR adds, PATCH re-serialises."""
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)


class Version(NamedTuple):
    """MAJOR.MINOR.PATCH; compares as numbers do."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return ".".join(map(str, self))

    def after(self, step: Step) -> Version:
        """The lowest version that takes this step from here."""
        if step == "MAJOR":
            return Version(self.major + 1, 0, 0)
        return Version(self.major, self.minor + (step == "MINOR"), 0 if step == "MINOR" else self.patch + 1)

    def is_honoured_by(self, new: Version, step: Step) -> bool:
        """Tell whether `new` is far enough from this one for a change of this step. A PATCH may keep its number."""
        return new >= self if step == "PATCH" else new >= self.after(step)


def parse_version(text: str, file: str) -> Version:
    """Parse a version of `file`. Raises InputError where it is not three numbers with dots between."""
    match = _VERSION.fullmatch(text)
    if match is None:
        message = f"version is {text!r}, where MAJOR.MINOR.PATCH is asked for"
        raise InputError.of("value-wrong", message, file, fix="write three numbers, such as 1.0.0")
    return Version(*map(int, match.groups()))


def read_release(folder: Path) -> Release:
    """Read a folder's release.json. Raises InputError, also where version or date is none."""
    path = folder / RELEASE
    try:
        release = read_json(path, Release)
    except OSError:
        raise InputError.of("file-missing", f"no {RELEASE} in {folder}", str(path)) from None
    except msgspec.ValidationError as error:
        raise InputError.of("value-wrong", str(error), str(path)) from None
    except msgspec.DecodeError as error:
        raise InputError.of("json-broken", str(error), str(path)) from None
    incidents = Incidents()
    try:
        parse_version(release.version, str(path))
    except InputError as error:
        incidents.extend(error.incidents)
    try:
        iso = date.fromisoformat(release.date).isoformat()
    except ValueError:
        iso = ""
    if release.date != iso:
        message = f"date is {release.date!r}, where a day is asked for"
        incidents.report("value-wrong", message, file=path, fix="write YEAR-MONTH-DAY, such as 2026-11-22")
    incidents.refuse()
    return release


def row_digest(row: Row) -> str:
    """Digest of a row's canonical JSON, every column in it."""
    return sha256(msgspec.json.encode(msgspec.structs.asdict(row), order="sorted"))[:16]


def repository() -> Path | None:
    """The checkout this package runs from, or None when it is installed."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "seeds" / "manifest.jsonl").is_file() and (root / "pyproject.toml").is_file() else None


def released_corpus() -> Path:
    """The released corpus: the copy the wheel carries, or corpus/ of the checkout."""
    packaged = Path(str(files("khabar"))) / "_data" / "corpus"
    root = repository()
    return root / "corpus" if root is not None and not packaged.is_dir() else packaged
