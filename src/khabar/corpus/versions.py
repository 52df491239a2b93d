"""Versions of the data: what a change of the rows asks of the version's number."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from khabar.reading.incidents import Incident, InputError

Step = Literal["MAJOR", "MINOR", "PATCH"]
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)


class Version(NamedTuple):
    """MAJOR.MINOR.PATCH; compares as numbers do."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return ".".join(map(str, self))


def parse_version(text: str, file: str) -> Version:
    """Parse a version of `file`. Raises InputError where it is not three numbers with dots between."""
    found = _VERSION.fullmatch(text)
    if found is None:
        message = f"version is {text!r}, where MAJOR.MINOR.PATCH is asked for"
        raise InputError([Incident("value-wrong", message, file, fix="write three numbers, such as 1.0.0")])
    return Version(*map(int, found.groups()))


def honours(old: Version, new: Version, step: Step) -> bool:
    """Tell whether `new` is far enough from `old` for a change of this step. A PATCH may keep its number."""
    if step == "MAJOR":
        return new.major > old.major
    if step == "MINOR":
        return new[:2] > old[:2]
    return new >= old


def least(old: Version, step: Step) -> Version:
    """The lowest version that takes this step from `old`."""
    if step == "MAJOR":
        return Version(old.major + 1, 0, 0)
    return Version(old.major, old.minor + 1, 0) if step == "MINOR" else Version(*old[:2], old.patch + 1)
