"""Groups of rows that are added up together: mentions of a cell, cells of a cluster, many draws at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[Any]
    """Rows × draws, whole numbers: draws lie side by side, so that adding rows is what processors do best."""
    Integers = NDArray[np.integer[Any]]

_LARGE = 64
_AT_A_TIME = 256


@dataclass(frozen=True, slots=True)
class Members:
    """Which rows belong to which group. Groups without rows are not among them."""

    groups: Integers
    """The number of each group, the largest first."""
    large: tuple[Integers, ...]
    """Rows of each group that has many; these groups come first."""
    rounds: tuple[Integers, ...]
    """Of the other groups, one row of each, then a second one of those that have two, and so on."""

    @classmethod
    def of(cls, group: Integers, rows: Integers | None = None) -> Members:
        """Gather `rows` (default: 0, 1, …) by the group that `group` gives for each; -1 is none."""
        import numpy as np

        order = np.argsort(group, kind="stable")
        order = order[group[order] >= 0]
        found, starts, sizes = np.unique(group[order], return_index=True, return_counts=True)
        largest_first = np.argsort(-sizes, kind="stable")
        found, starts, sizes = found[largest_first], starts[largest_first], sizes[largest_first]
        placed = (order if rows is None else rows[order]).astype(np.int32)
        many = int(np.count_nonzero(sizes > _LARGE))
        large = (placed[start : start + size] for start, size in zip(starts[:many], sizes[:many], strict=True))
        few, firsts = sizes[many:], starts[many:]
        rounds = (placed[firsts[: np.count_nonzero(few > at)] + at] for at in range(int(few.max(initial=0))))
        return cls(found.astype(np.int32), tuple(large), tuple(rounds))

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def most(self) -> int:
        """How many rows the largest group has."""
        return max([len(self.rounds), *map(len, self.large)])

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many rows each group has."""
        import numpy as np

        found = np.zeros(len(self), np.int64)
        many = len(self.large)
        found[:many] = [len(rows) for rows in self.large]
        for rows in self.rounds:
            found[many : many + len(rows)] += 1
        return found

    def some(self) -> Iterator[Members]:
        """Some groups at a time, so that their sums fit into a processor's cache."""
        many = len(self.large)
        if many:
            yield Members(self.groups[:many], self.large, ())
        for start in range(0, len(self) - many, _AT_A_TIME):
            end = start + _AT_A_TIME
            rounds = (rows[start:end] for rows in self.rounds if len(rows) > start)
            yield Members(self.groups[many + start : many + end], (), tuple(rounds))

    def sums(self, values: Rows, kind: Any) -> Rows:
        """Add up the rows of each group, as numbers of a kind that holds the sums: groups × draws."""
        import numpy as np

        found = np.empty((len(self), values.shape[1]), kind)
        many = len(self.large)
        for row, members in zip(found[:many], self.large, strict=True):
            row[:] = 0
            for start in range(0, len(members), _AT_A_TIME):
                row += values[members[start : start + _AT_A_TIME]].sum(axis=0, dtype=kind)
        for at, members in enumerate(self.rounds):
            if at == 0:
                found[many:] = values[members]
            else:
                found[many : many + len(members)] += values[members]
        return found


def by_size(group: Integers, rows: Integers | slice = slice(None)) -> Integers:
    """Number groups anew, those of most `rows` first, as `Members.of` gives them; -1 stays."""
    import numpy as np

    names, at = np.unique(group, return_inverse=True)
    sizes = np.bincount(at[rows], minlength=len(names))
    sizes[names < 0] = -1
    number = np.empty(len(names), np.int32)
    number[np.argsort(-sizes, kind="stable")] = np.arange(len(names))
    return np.where(group < 0, np.int32(-1), number[at])


def kind_for(largest: int) -> type[np.signedinteger[Any]]:
    """The narrowest kind of number that holds the square of `largest`."""
    import numpy as np

    return np.int16 if largest**2 < 1 << 15 else np.int32 if largest**2 < 1 << 31 else np.int64
