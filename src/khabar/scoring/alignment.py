"""CEAF's alignment on many draws: clusters that share mentions are paired, one to one, with those most like them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.members import Integers

    Array = NDArray[np.float64]

_NARROW = 6
_EFFORT_OF_A_CALL = 1000


@dataclass(frozen=True, slots=True)
class Tangle:
    """Two or more cells that share clusters with each other and with no other cell: a choice has to be made."""

    cells: Integers
    many: Integers
    """The cluster of each cell on one side, numbered from 0."""
    few: Integers
    """The cluster on the other side, which has as many or fewer."""

    @classmethod
    def of(cls, cells: Integers, key: Integers, response: Integers) -> Tangle:
        """A tangle of cells; `key` and `response` give the clusters of all cells."""
        import numpy as np

        sides = (np.unique(of[cells], return_inverse=True)[1].astype(np.int32) for of in (key, response))
        few, many = sorted(sides, key=lambda side: int(side.max()))
        return cls(cells, many, few)

    @property
    def is_wide(self) -> bool:
        """Whether there are too many clusters to try all their combinations: each draw is then solved alone."""
        return int(self.few.max()) >= _NARROW

    @property
    def effort(self) -> int:
        """How long a draw takes, about, in entries of the matrix to solve; next to nothing if all are tried at once."""
        rows, columns = int(self.many.max()) + 1, int(self.few.max()) + 1
        return rows * columns + _EFFORT_OF_A_CALL if self.is_wide else 0

    def best(self, values: Array) -> Array:
        """The largest sum over cells no two of which share a cluster, for each draw. `values` is cells × draws."""
        return self._one_by_one(values) if self.is_wide else self._all_at_once(values)

    def _all_at_once(self, values: Array) -> Array:
        """Clusters of the larger side one after the other: the best sum with each set of clusters of the smaller."""
        import numpy as np

        draws = values.shape[1]
        best = np.zeros((1 << (int(self.few.max()) + 1), draws))
        for cluster in range(int(self.many.max()) + 1):
            before = best.copy()
            for cell in np.flatnonzero(self.many == cluster):
                sets = (-1, 2, 1 << int(self.few[cell]), draws)  # those without and with the cell's other cluster
                taken, free = best.reshape(sets)[:, 1], before.reshape(sets)[:, 0]
                np.maximum(taken, free + values[cell], out=taken)
        sums: Array = best[-1]
        return sums

    def _one_by_one(self, values: Array) -> Array:
        import numpy as np
        from scipy.optimize import linear_sum_assignment

        matrix = np.zeros((int(self.many.max()) + 1, int(self.few.max()) + 1))
        sums = np.empty(values.shape[1])
        for draw, here in enumerate(values.T):
            matrix[self.many, self.few] = here
            sums[draw] = matrix[linear_sum_assignment(matrix, maximize=True)].sum()
        return sums
