"""Progress: how long work says where it is. The command line draws bars with it; else the logger `khabar` gets it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

LOGGER = logging.getLogger("khabar")
ItemT = TypeVar("ItemT")


class Progress(Protocol):
    """Called whenever something is done."""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        """Say that `done` of `total` (None: unknown) are done of what `doing` names."""


def logged(doing: str, done: int, total: int | None) -> None:
    """Say it to the logger `khabar`: level INFO when something begins, DEBUG for each step of it."""
    level = logging.DEBUG if done else logging.INFO
    LOGGER.log(level, "%s%s", doing, "" if total is None else f" ({done} of {total})")


def steps(items: Sequence[ItemT], doing: str, progress: Progress) -> Iterator[ItemT]:
    """Go through items, and say before each how many are done."""
    for done, item in enumerate(items):
        progress(doing, done, len(items))
        yield item
