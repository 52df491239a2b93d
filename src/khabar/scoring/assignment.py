"""Maximum-weight one-to-one assignment: the one matcher all layers use.

Pairs fall into groups that share no item; each is solved by itself. Most groups are one pair. Small ones are solved
exactly by trying all choices over the smaller side; what is too large for that goes to scipy, which takes half a
second to import and is therefore imported only then.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

Pair = tuple[int, int, int]
"""Index of a gold row, index of a prediction, weight (a positive integer)."""

_MOST_STATES = 20_000
"""Size up to which a group is solved here: rows times the sets of the smaller side."""


def assign(pairs: Iterable[Pair]) -> list[tuple[int, int]]:
    """Choose pairs so that no row and no prediction is used twice and the sum of weights is largest.

    Ties are broken by index, so callers that sort their items get an answer that does not depend on input order.
    Returns (gold, prediction) pairs in ascending order.
    """
    ordered = sorted(pair for pair in pairs if pair[2] > 0)
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


def _groups(pairs: list[Pair]) -> list[list[Pair]]:
    """Split pairs into connected groups (union-find over gold rows and predictions)."""
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def find(node: tuple[int, int]) -> tuple[int, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for gold, predicted, _ in pairs:
        left, right = find((0, gold)), find((1, predicted))
        if left != right:
            parent[max(left, right)] = min(left, right)
    rooted = sorted((find((0, pair[0])), pair) for pair in pairs)
    return [[pair for _, pair in members] for _, members in groupby(rooted, key=lambda item: item[0])]


def _solve(group: list[Pair]) -> list[tuple[int, int]]:
    golds = sorted({gold for gold, _, _ in group})
    predictions = sorted({predicted for _, predicted, _ in group})
    smaller, larger = sorted((len(golds), len(predictions)))
    if smaller > 14 or larger << smaller > _MOST_STATES:
        return _solve_with_scipy(group, golds, predictions)
    swapped = len(predictions) > len(golds)
    rows, columns = (predictions, golds) if swapped else (golds, predictions)
    index = {item: place for place, item in enumerate(columns)}
    options: dict[int, list[tuple[int, int]]] = {row: [] for row in rows}
    for gold, predicted, weight in group:
        row, column = (predicted, gold) if swapped else (gold, predicted)
        options[row].append((index[column], weight))
    best = _best(rows, options)
    found = [(row, columns[column]) for row, column in best]
    return [(column, row) if swapped else (row, column) for row, column in found]


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
        return [(golds[at], predictions[found]) for at, found in enumerate(partner) if found >= 0]
    # A full matching always exists once every gold row may also take a stand-in of its own, at no gain.
    rows = [row[g] for g, _, _ in group] + list(range(len(golds)))
    columns = [column[p] for _, p, _ in group] + [len(predictions) + at for at in range(len(golds))]
    top = max(weight for _, _, weight in group) + 1
    costs = [float(top - weight) for _, _, weight in group] + [float(top)] * len(golds)
    matrix = csr_array((costs, (rows, columns)), shape=(len(golds), len(predictions) + len(golds)))
    at_rows, at_columns = min_weight_full_bipartite_matching(matrix)
    return [
        (golds[at], predictions[found])
        for at, found in zip(at_rows.tolist(), at_columns.tolist(), strict=True)
        if found < len(predictions)
    ]
