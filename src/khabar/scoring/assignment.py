"""Maximum-weight one-to-one assignment: the one matcher all layers use.

Pairs fall into groups that share no item; each is solved by itself. Most groups are one pair. Small ones are solved
exactly by trying all choices over the smaller side; what is too large for that goes to scipy, which takes half a
second to import and is therefore imported only then.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Node = TypeVar("Node", bound=Hashable)
Pair = tuple[int, int, int]
"""Index of a gold row, index of a prediction, weight (a positive integer)."""

_MOST_STATES = 20_000
"""Size up to which a group is solved here: rows times the sets of the smaller side."""


def assign(pairs: Iterable[Pair]) -> list[tuple[int, int]]:
    """Choose pairs so that no row and no prediction is used twice and the sum of weights is largest.

    Ties are broken by index, so callers that sort their items get an answer that does not depend on input order.
    Returns (gold, prediction) pairs in ascending order.
    """
    ordered = sorted([pair for pair in pairs if pair[2] > 0])
    if len({gold for gold, _, _ in ordered}) == len({predicted for _, predicted, _ in ordered}) == len(ordered):
        return [(gold, predicted) for gold, predicted, _ in ordered]  # there is nothing to choose, as mostly
    chosen: list[tuple[int, int]] = []
    for group in _groups(ordered):
        if len(group) == 1:
            chosen.append(group[0][:2])
        else:
            chosen.extend(_solve(group))
    return sorted(chosen)


def lexicographic(*ranks: int, base: int = 1 << 20) -> int:
    """Fold ranks into one integer weight, so that sums compare by the first rank, then the second, and so on.

    Exact while the sum of each rank over a group stays below `base`.
    """
    weight = 0
    for rank in ranks:
        weight = weight * base + rank
    return weight


def is_small(rows: int, predictions: int) -> bool:
    """Tell whether a group of that size is solved here, without scipy."""
    smaller, larger = sorted((rows, predictions))
    return smaller <= 14 and larger << smaller <= _MOST_STATES


def assign_matrix(weights: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Solve one large, dense group: `weights` of gold rows × predictions, 0 where two are no pair.

    Returns the chosen pairs, as indices of rows (ascending) and of their predictions.
    """
    from scipy.optimize import linear_sum_assignment

    rows, predictions = linear_sum_assignment(weights, maximize=True)
    chosen = weights[rows, predictions] > 0
    return rows[chosen], predictions[chosen]


class Components(Generic[Node]):
    """Connected components of a growing graph: which nodes hang together, however indirectly (union-find)."""

    def __init__(self) -> None:
        self._above: dict[Node, Node] = {}

    def join(self, one: Node, other: Node) -> None:
        """Put two nodes into one component. It goes by the root of `other`."""
        root, onto = self.root(one), self.root(other)
        if root != onto:
            self._above[root] = onto

    def root(self, node: Node) -> Node:
        """The node that a component goes by."""
        root = node
        while (above := self._above.get(root)) is not None:
            root = above
        while node != root:
            self._above[node], node = root, self._above[node]
        return root


def _groups(pairs: list[Pair]) -> list[list[Pair]]:
    """Split pairs into connected groups."""
    components: Components[int] = Components()
    for gold, predicted, _ in pairs:
        components.join(~predicted, gold)  # a prediction p is node ~p
    groups: dict[int, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(components.root(pair[0]), []).append(pair)
    return list(groups.values())


def _solve(group: list[Pair]) -> list[tuple[int, int]]:
    golds = sorted({gold for gold, _, _ in group})
    predictions = sorted({predicted for _, predicted, _ in group})
    if not is_small(len(golds), len(predictions)):
        return _solve_with_scipy(group, golds, predictions)
    if len(predictions) > len(golds):  # the sets are of the smaller side
        swapped = _solve([(predicted, gold, weight) for gold, predicted, weight in group])
        return [(gold, predicted) for predicted, gold in swapped]
    index = {predicted: place for place, predicted in enumerate(predictions)}
    options: dict[int, list[tuple[int, int]]] = {gold: [] for gold in golds}
    for gold, predicted, weight in group:
        options[gold].append((index[predicted], weight))
    return [(gold, predictions[place]) for gold, place in _best(golds, options)]


def _best(rows: list[int], options: dict[int, list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Exact optimum row by row over the sets of columns used so far (at most two to the power of the columns)."""
    best: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {0: (0, ())}
    for row in rows:
        following = dict(best)
        for used, (total, chosen) in best.items():
            for column, weight in options[row]:
                if used >> column & 1:
                    continue
                key = used | 1 << column
                if key not in following or following[key][0] < total + weight:
                    following[key] = (total + weight, (*chosen, (row, column)))
        best = following
    return list(max(best.items(), key=lambda item: (item[1][0], -item[0]))[1][1])


def _solve_with_scipy(group: list[Pair], golds: list[int], predictions: list[int]) -> list[tuple[int, int]]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching, min_weight_full_bipartite_matching

    row = {gold: place for place, gold in enumerate(golds)}
    column = {predicted: place for place, predicted in enumerate(predictions)}
    if len({weight for _, _, weight in group}) == 1:
        ones = ([1] * len(group), ([row[g] for g, _, _ in group], [column[p] for _, p, _ in group]))
        partner = maximum_bipartite_matching(csr_array(ones, shape=(len(golds), len(predictions))), perm_type="column")
        return [(gold, predictions[place]) for gold, place in zip(golds, partner.tolist(), strict=True) if place >= 0]
    # A full matching always exists once every gold row may also take a stand-in of its own, at no gain.
    rows = [row[g] for g, _, _ in group] + list(range(len(golds)))
    columns = [column[p] for _, p, _ in group] + [len(predictions) + stand_in for stand_in in range(len(golds))]
    top = max(weight for _, _, weight in group) + 1
    costs = [float(top - weight) for _, _, weight in group] + [float(top)] * len(golds)
    matrix = csr_array((costs, (rows, columns)), shape=(len(golds), len(predictions) + len(golds)))
    chosen = zip(*(places.tolist() for places in min_weight_full_bipartite_matching(matrix)), strict=True)
    return [(golds[place], predictions[other]) for place, other in chosen if other < len(predictions)]
