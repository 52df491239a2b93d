"""Entity mentions of all documents as columns, so that a hundred thousand are matched in a few array operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from khabar.records import SaidEntity
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.placing import PlacedDocument

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

_LABEL = {label: at for at, label in enumerate(ENTITY_LABELS)}


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions as parallel columns; `document` is an index, `start` is -1 for a mention that is nowhere."""

    document: Integers
    start: Integers
    end: Integers
    label: Integers
    scored: Booleans
    said: list[SaidEntity]

    def __len__(self) -> int:
        return len(self.said)

    @property
    def grounded(self) -> Booleans:
        """Which mentions have a place."""
        return self.start >= 0

    def take(self, which: Integers) -> Mentions:
        """Some of the mentions, by index."""
        said = [self.said[at] for at in which.tolist()]
        return Mentions(
            self.document[which], self.start[which], self.end[which], self.label[which], self.scored[which], said
        )


def mentions(documents: Sequence[PlacedDocument]) -> Mentions:
    """Gather the mentions of documents in canonical order: by document, start, end, label."""
    import numpy as np

    said: list[SaidEntity] = []
    sizes: list[int] = []
    strings: dict[int, tuple[int, int]] = {}
    for document in documents:
        items = document.said.entities
        if any(item.start is None for item in items):
            for placed in document.entities:
                strings[len(said)] = placed.spans[0] if placed.spans else (-1, -1)
                said.append(placed.said)
        else:
            said.extend(items)
        sizes.append(len(items))
    start = np.array([item.start or 0 for item in said], np.int64)
    end = np.array([item.end or 0 for item in said], np.int64)
    for at, place in strings.items():
        start[at], end[at] = place
    found = Mentions(
        np.repeat(np.arange(len(sizes), dtype=np.int64), sizes),
        start,
        end,
        np.array([_LABEL[item.label] for item in said], np.int64),
        np.array([item.scored for item in said], bool),
        said,
    )
    order = np.lexsort((found.label, found.end, found.start, found.document))
    return found if np.array_equal(order, np.arange(len(order))) else found.take(order)


def keys(*groups: tuple[Integers, ...]) -> list[Integers]:
    """Number rows of equal columns alike, across groups of rows: one key array a group.

    Columns hold integers from -1 up; they are packed into 64 bits where they fit and sorted out by rows where not.
    """
    import numpy as np

    joined = [np.concatenate([group[at] for group in groups]) + 1 for at in range(len(groups[0]))]
    widths = [int(column.max(initial=0)) + 1 for column in joined]
    packed = np.zeros(len(joined[0]), np.int64)
    if prod(widths) < 1 << 62:
        for column, width in zip(joined, widths, strict=True):
            packed = packed * width + column
    else:
        packed = np.unique(np.stack(joined), axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)
    ends = np.cumsum([len(group[0]) for group in groups])[:-1]
    return list(np.split(packed, ends))
