"""Progress: how long work says where it is. The command line draws bars with it; everybody else may leave it out."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called whenever something is done."""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Say that `done` of `total` (None: unknown) are done of what `doing` names."""


def quiet(doing: str, done: int, total: int | None) -> None:
    """Say nothing."""
