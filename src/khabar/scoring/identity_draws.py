"""Identity across articles on resamples of the corpus: the figures of `khabar.scoring.identity`, many draws at once.

Two clusterings are a table of cells: the mentions that gold puts into one cluster and the system into another. Drawing
units changes how many mentions a cell has, and the metrics are arithmetic on that.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]

Place = TypeVar("Place", bound=Hashable)


MOST_TANGLES = 1000
"""Groups of clusters beyond which CEAF, an assignment a group, is not made anew on each resample: no interval then."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Mentions by cell. `units` and `variant` run over mentions in the order of their cells, the others over cells."""

    units: Integers
    variant: Array
    """1 for a mention in a variant spelling, else 0."""
    starts: Integers
    """Where each cell's mentions begin."""
    key: Integers
    """Gold's cluster of each cell, numbered from 0; -1 for mentions gold does not have."""
    response: Integers
    """The system's, likewise."""
    tangles: tuple[Integers, ...]
    """Cells in groups that share no cluster with other groups, of those with a choice to make in CEAF's alignment."""


def joined(parts: Sequence[Cells], units: Sequence[Integers]) -> Cells:
    """Put the cells of parts together; no cluster lies in two. `units` gives each part's units in the whole."""
    import numpy as np

    keys: list[Integers] = []
    responses: list[Integers] = []
    starts: list[Integers] = []
    tangles: list[Integers] = []
    key = response = cell = mention = 0
    for part in parts:
        for found, of, before in ((keys, part.key, key), (responses, part.response, response)):
            found.append(np.where(of < 0, -1, of + before))
        starts.append(part.starts + mention)
        tangles += [group + cell for group in part.tangles]
        key += int(part.key.max(initial=-1)) + 1
        response += int(part.response.max(initial=-1)) + 1
        cell += len(part.starts)
        mention += len(part.units)
    return Cells(
        np.concatenate([of[part.units] for part, of in zip(parts, units, strict=True)]),
        np.concatenate([part.variant for part in parts]),
        np.concatenate(starts),
        np.concatenate(keys),
        np.concatenate(responses),
        tuple(tangles),
    )


def cells_of(
    gold: Mapping[Place, str], ours: Mapping[Place, str], unit: Mapping[Place, int], variants: Collection[Place]
) -> Cells:
    """Sort the mentions of two clusterings (place → cluster) into cells. `unit` gives each mention's unit."""
    import numpy as np

    keys, responses = ({name: at for at, name in enumerate(sorted(set(side.values())))} for side in (gold, ours))
    everything = list(dict.fromkeys((*gold, *ours)))
    placed = sorted(
        (keys[gold[place]] if place in gold else -1, responses[ours[place]] if place in ours else -1, unit[place], at)
        for at, place in enumerate(everything)
    )
    starts = [at for at, entry in enumerate(placed) if at == 0 or placed[at - 1][:2] != entry[:2]]
    key, response = ([placed[at][side] for at in starts] for side in (0, 1))
    marked = set(variants)
    return Cells(
        np.array([entry[2] for entry in placed], np.intp),
        np.array([everything[entry[3]] in marked for entry in placed], float),
        np.array(starts, np.intp),
        np.array(key, np.intp),
        np.array(response, np.intp),
        tuple(np.array(group, np.intp) for group in _tangles(key, response)),
    )


def redraw(cells: Cells, times: Array) -> dict[str, Array]:
    """F1 of each metric, and the variants' recall, for each draw; `times` is draws × units."""
    import numpy as np

    drawn = times[:, cells.units]
    counts = np.add.reduceat(drawn, cells.starts, axis=1)
    recall, precision = _shares(counts, cells.key, cells.response), _shares(counts, cells.response, cells.key)
    aligned = len(cells.tangles) <= MOST_TANGLES
    if aligned:
        ceaf = _alignment(cells, counts)
        for side, of in ((recall, cells.key), (precision, cells.response)):
            side["ceaf_e"] = ceaf, (_by_cluster(counts, of) > 0).sum(axis=1).astype(float)
    found = {f"identity.{name}.f1": _f1(recall[name], precision[name]) for name in recall}
    if aligned:
        muc, b_cubed, ceaf_e = (found[f"identity.{name}.f1"] for name in ("muc", "b_cubed", "ceaf_e"))
        found["identity.conll.f1"] = (muc + b_cubed + ceaf_e) / 3
    marked = np.add.reduceat(drawn * cells.variant, cells.starts, axis=1)
    found["identity.variants.recall"] = _variants(cells, counts, marked)
    return found


def _by_cluster(values: Array, cluster: Integers) -> Array:
    """Sum cells by cluster: draws × cells to draws × clusters."""
    import numpy as np

    order = np.argsort(cluster, kind="stable")
    order = order[cluster[order] >= 0]
    if not len(order):
        return np.zeros((len(values), 0))
    firsts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    summed: Array = np.add.reduceat(values[:, order], firsts, axis=1)
    return summed


def _shares(counts: Array, own: Integers, other: Integers) -> dict[str, tuple[Array, Array]]:
    """Numerator and denominator of MUC, B³ and LEA with `own` as the key: a recall, or a precision."""
    import numpy as np

    shared = counts * (other >= 0)
    size, other_size = _by_cluster(counts, own), _by_cluster(counts, other)
    parts = _by_cluster(np.where(other >= 0, counts > 0, counts), own)
    links, kept = size * (size - 1) / 2, _by_cluster(shared * (shared - 1) / 2, own)
    alone_there = other_size[:, np.maximum(other, 0)] == 1 if other_size.shape[1] else np.zeros(counts.shape, bool)
    alone = _by_cluster((shared == 1) & alone_there, own)
    nothing = np.zeros_like(size)
    b_cubed = np.divide(_by_cluster(shared**2, own), size, out=nothing.copy(), where=size > 0)
    lea = np.where(size == 1, alone, size * np.divide(kept, links, out=nothing.copy(), where=links > 0))
    mentions = size.sum(axis=1)
    return {
        "lea": (_sum(lea), mentions),
        "b_cubed": (_sum(b_cubed), mentions),
        "muc": ((size - parts).sum(axis=1), np.maximum(size - 1, 0).sum(axis=1)),
    }


def _alignment(cells: Cells, counts: Array) -> Array:
    """Sum of φ4 over the best one-to-one alignment of clusters, for each draw."""
    import numpy as np

    both = np.flatnonzero((cells.key >= 0) & (cells.response >= 0))
    keys, responses = _by_cluster(counts, cells.key), _by_cluster(counts, cells.response)
    sizes = keys[:, cells.key[both]] + responses[:, cells.response[both]]
    similar = np.zeros(counts.shape)
    similar[:, both] = np.divide(2 * counts[:, both], sizes, out=np.zeros(sizes.shape), where=sizes > 0)
    tangled = np.concatenate(cells.tangles) if cells.tangles else np.zeros(0, np.intp)
    total = _sum(similar[:, np.setdiff1d(both, tangled)])
    for group in cells.tangles:
        rows, columns = (np.unique(of[group], return_inverse=True)[1] for of in (cells.key, cells.response))
        if min(rows.max(), columns.max()) == 0:  # one cluster on one side: it takes the best of the others
            total += _in_steps(similar[:, group].max(axis=1))
            continue
        from scipy.optimize import linear_sum_assignment

        matrix = np.zeros((rows.max() + 1, columns.max() + 1))
        for at, values in enumerate(similar[:, group]):
            matrix[rows, columns] = values
            total[at] += _in_steps(matrix[linear_sum_assignment(matrix, maximize=True)].sum())
    return total


_STEPS = 2.0**36


def _in_steps(values: Array) -> Array:
    """Round to whole steps of 2**-36: sums of these are exact, so that no order of clusters changes a bit."""
    import numpy as np

    rounded: Array = np.rint(values * _STEPS) / _STEPS
    return rounded


def _sum(values: Array) -> Array:
    """Sum over clusters, exactly."""
    summed: Array = _in_steps(values).sum(axis=1)
    return summed


def _variants(cells: Cells, counts: Array, marked: Array) -> Array:
    """Links of mentions in a variant spelling to their entity's other mentions: the share that is kept."""
    import numpy as np

    of_gold = cells.key >= 0
    size = _by_cluster(counts, cells.key)[:, np.maximum(cells.key, 0)] if of_gold.any() else counts
    links = (marked * (size - 1) * of_gold).sum(axis=1)
    kept = (marked * (counts - 1) * (of_gold & (cells.response >= 0))).sum(axis=1)
    share: Array = np.divide(kept, links, out=np.full(len(links), np.nan), where=links > 0)
    return share


def _f1(recall: tuple[Array, Array], precision: tuple[Array, Array]) -> Array:
    """Harmonic mean; 0 where one of the two is undefined, NaN where both are."""
    import numpy as np

    r, p = (np.divide(top, of, out=np.zeros(len(of)), where=of > 0) for top, of in (recall, precision))
    mean = np.divide(2 * p * r, p + r, out=np.zeros(len(r)), where=p + r > 0)
    return np.where((recall[1] > 0) | (precision[1] > 0), mean, np.nan)


def _tangles(key: list[int], response: list[int]) -> list[list[int]]:
    """Groups of two or more cells that share clusters, directly or through others."""
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = node = parent[above]
        return node

    both = [at for at in range(len(key)) if key[at] >= 0 and response[at] >= 0]
    for at in both:
        parent[root((0, key[at]))] = root((1, response[at]))
    groups: dict[tuple[int, int], list[int]] = {}
    for at in both:
        groups.setdefault(root((0, key[at])), []).append(at)
    return [group for group in groups.values() if len(group) > 1]
