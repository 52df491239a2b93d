"""Progress: how long work says where it is. The command line draws bars with it; everybody else may leave it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Progress(Protocol):
    """Called whenever something is done."""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Say that `done` of `total` (None: unknown) are done of what `doing` names."""


def quiet(doing: str, done: int, total: int | None) -> None:
    """Say nothing."""


def steps(items: Sequence[Item], doing: str, progress: Progress) -> Iterator[Item]:
    """Go through items, and say before each how many are done."""
    for done, item in enumerate(items):
        progress(doing, done, len(items))
        yield item
