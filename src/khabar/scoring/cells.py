"""Two clusterings of mentions as cells: the mentions that gold puts into one cluster and the system into another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.scoring.alignment import Tangle
from khabar.scoring.members import Members, by_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.members import Integers, Rows
    from khabar.scoring.redrawing import Draws

_AT_A_TIME = 256


@dataclass(frozen=True, slots=True)
class Side:
    """Clusters of gold, or of the system."""

    of: Integers
    """The cluster of each cell; clusters are numbered from 0, those with most cells first."""
    cells: Members
    """The cells of each."""
    rest: Members
    """Units of its mentions that the other side does not have."""
    number: int

    def sizes(self, counts: Rows, times: Draws) -> tuple[Rows, Rows]:
        """How many mentions each cluster has in cells, and how many in all: clusters × draws."""
        import numpy as np

        shared = np.zeros((self.number, counts.shape[1]), counts.dtype)
        shared[: len(self.cells)] = self.cells.sums(counts, counts.dtype)
        size = shared.copy()
        size[self.rest.groups] += self.rest.sums(times, counts.dtype)
        return shared, size


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a few clusters that share mentions with each other only: mentions which both sides have, as units."""

    mentions: Members
    """Units of the mentions of each cell."""
    key: Side
    response: Side
    variants: Members
    """Units of mentions in a variant spelling, by cell."""
    variant_keys: Members
    """Units of mentions in a variant spelling, by gold's cluster."""
    tangles: tuple[Tangle, ...]
    """Where CEAF's alignment has a choice."""
    most: int
    """How many mentions the largest cluster has."""


def cells_of(
    gold: Mapping[int, str], ours: Mapping[int, str], unit: Sequence[int], variants: Collection[int]
) -> tuple[Cells, ...]:
    """Sort the mentions of two clusterings (mention → cluster) into cells, some clusters at a time.

    Mentions are numbered; `unit` gives the unit of each.
    """
    import numpy as np

    columns = np.full((2, len(unit)), -1, np.int32)
    for column, side in zip(columns, (gold, ours), strict=True):
        number = {name: at for at, name in enumerate(sorted(set(side.values())))}
        column[list(side)] = [number[name] for name in side.values()]
    key, response = columns
    units, marked = np.array(unit, np.int32), np.zeros(len(unit), bool)
    marked[list(variants)] = True
    pairs = list(zip(key.tolist(), response.tolist(), strict=True))
    return tuple(_cells(key[some], response[some], units[some], marked[some]) for some in _chunks(pairs))


def _chunks(pairs: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Some mentions at a time, by index, those of connected clusters together. `pairs` gives both clusters of each."""
    cells = dict.fromkeys(pairs)
    root = connected((key, -2 - response) for key, response in cells if key >= 0 and response >= 0)
    group = {(key, response): root(key if key >= 0 else -2 - response) for key, response in cells}
    width = Counter(group.values())
    members: dict[int, list[int]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        members[group[pair]].append(at)
    chunk: list[int] = []
    cells_there = 0
    for node, found in members.items():
        if chunk and cells_there + width[node] > _AT_A_TIME:
            yield chunk
            chunk, cells_there = [], 0
        chunk += found
        cells_there += width[node]
    if chunk:
        yield chunk


def connected(links: Iterable[tuple[int, int]]) -> Callable[[int], int]:
    """Connect nodes; gives a function from a node to the one that stands for all that it is connected with."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while (above := parent.get(node, node)) != node:
            parent[node] = node = parent.get(above, above)
        return node

    for one, other in links:
        parent[root(one)] = root(other)
    return root


def _cells(key: Integers, response: Integers, unit: Integers, marked: NDArray[np.bool_]) -> Cells:
    """Cells of mentions, given gold's cluster and the system's (-1: none) and the unit of each."""
    import numpy as np

    both = (key >= 0) & (response >= 0)
    cell = by_size(np.where(both, key * np.int64(response.max() + 1) + response, -1))
    of_each = np.flatnonzero(both)[np.unique(cell[both], return_index=True)[1]]
    key, response = by_size(key, of_each), by_size(response, of_each)
    ours, theirs = (
        Side(of[of_each], Members.of(of[of_each]), Members.of(np.where(both, -1, of), unit), int(of.max()) + 1)
        for of in (key, response)
    )
    return Cells(
        Members.of(cell, unit),
        ours,
        theirs,
        Members.of(np.where(marked, cell, -1), unit),
        Members.of(np.where(marked, key, -1), unit),
        _tangles(ours.of, theirs.of),
        max(int(np.bincount(of[of >= 0]).max(initial=0)) for of in (key, response)),
    )


def _tangles(key: Integers, response: Integers) -> tuple[Tangle, ...]:
    import numpy as np

    pairs = list(zip(key.tolist(), response.tolist(), strict=True))
    root = connected((one, -1 - other) for one, other in pairs)
    groups: dict[int, list[int]] = defaultdict(list)
    for at, (one, _) in enumerate(pairs):
        groups[root(one)].append(at)
    found = (np.array(group, np.int32) for group in groups.values() if len(group) > 1)
    return tuple(Tangle.of(cells, key, response) for cells in found)
