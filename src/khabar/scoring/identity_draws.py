"""Identity across articles on resamples of the corpus: the figures of `khabar.scoring.identity`, many draws at once.

Drawing units changes how many mentions a cell has, and the metrics are arithmetic on that. What they are quotients of
are sums over clusters of whole numbers (fractions are rounded to steps), so that neither the order of clusters nor the
parts they are counted in can change a bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from khabar.scoring.members import kind_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.cells import Cells
    from khabar.scoring.members import Rows
    from khabar.scoring.redrawing import Draws, Sums

    Array = NDArray[np.float64]

_STEPS = 1 << 36
_NUMBERS_AT_A_TIME = 1 << 17
_FEWEST_AT_A_TIME = 8


def figures(sums: Mapping[str, Array]) -> dict[str, Array]:
    """F1 of each metric, and the variants' recall, for each draw."""
    import numpy as np

    steps = {name: sums[name] / _STEPS for name in sums if name.startswith(_FRACTIONS)}
    shares: dict[str, list[tuple[Array, Array]]] = {}
    for side in ("recall", "precision"):
        mentions, clusters = sums[f"mentions.{side}"], sums[f"clusters.{side}"]
        tops = {
            "lea": (steps[f"lea.{side}"] + sums["alone"], mentions),
            "b_cubed": (steps[f"b_cubed.{side}"], mentions),
            "muc": (sums["muc.kept"], mentions - clusters),
        }
        if "ceaf_e.similar" in steps:
            tops["ceaf_e"] = steps["ceaf_e.similar"], clusters
        for name, share in tops.items():
            shares.setdefault(name, []).append(share)
    found = {f"identity.{name}.f1": _f1(*both) for name, both in shares.items()}
    if "ceaf_e" in shares:
        muc, b_cubed, ceaf_e = (found[f"identity.{name}.f1"] for name in ("muc", "b_cubed", "ceaf_e"))
        found["identity.conll.f1"] = (muc + b_cubed + ceaf_e) / 3
    links = sums["variants.links"]
    found["identity.variants.recall"] = np.divide(
        sums["variants.kept"], links, out=np.full(len(links), np.nan), where=links > 0
    )
    return found


_FRACTIONS = ("lea.", "b_cubed.", "ceaf_e.")


def _f1(recall: tuple[Array, Array], precision: tuple[Array, Array]) -> Array:
    """Harmonic mean; 0 where one of the two is undefined, NaN where both are."""
    import numpy as np

    r, p = (np.divide(top, of, out=np.zeros(len(of)), where=of > 0) for top, of in (recall, precision))
    mean = np.divide(2 * p * r, p + r, out=np.zeros(len(r)), where=p + r > 0)
    return np.where((recall[1] > 0) | (precision[1] > 0), mean, np.nan)


def sums(cells: Sequence[Cells], times: Draws, aligned: bool) -> Sums:
    """What the metrics are quotients of, for each draw; CEAF's only if clusters are to be `aligned`.

    `times` is units × draws.
    """
    import numpy as np

    most_drawn = int(times.max(initial=0))
    found: Sums = {}
    for each in cells:
        kind = kind_for(each.most * most_drawn)
        width = max(1, len(each.mentions), each.key.number, each.response.number)
        at_once = max(_FEWEST_AT_A_TIME, _NUMBERS_AT_A_TIME // width)
        for start in range(0, times.shape[1], at_once):
            draws = slice(start, start + at_once)
            for name, values in _sums(each, times[:, draws], aligned, kind).items():
                found.setdefault(name, np.zeros(times.shape[1], np.int64))[draws] += values
    return found


def _sums(cells: Cells, times: Draws, aligned: bool, kind: Any) -> Sums:
    import numpy as np

    counts = cells.mentions.sums(times, kind)
    squares = counts * counts
    found: Sums = {"muc.kept": _total(counts) - _total(counts > 0)}
    sizes = []
    for name, side in (("recall", cells.key), ("precision", cells.response)):
        shared, size = side.sizes(counts, times)
        sizes.append(size)
        square = np.zeros_like(shared)
        square[: len(side.cells)] = side.cells.sums(squares, kind)
        # Where nothing is drawn, the numerators are 0 too. Links are counted twice, those kept and all alike.
        links = np.maximum(size.astype(float) * (size - 1), 1)
        found |= {
            f"b_cubed.{name}": _in_steps(square / np.maximum(size, 1)),
            f"lea.{name}": _in_steps((square - shared) / links * size),
            f"mentions.{name}": _total(size),
            f"clusters.{name}": _total(size > 0),
        }
    together = sizes[0][cells.key.of] + sizes[1][cells.response.of]
    # LEA's link of a single mention to itself is kept where both sides have it alone.
    found["alone"] = _total((together == 2) & (counts == 1))
    if aligned:
        found["ceaf_e.similar"] = _alignment(cells, counts, together)
    found |= _variants(cells, counts, sizes[0], times, kind)
    return found


def _total(rows: Rows) -> NDArray[np.int64]:
    """Sum over rows."""
    import numpy as np

    total: NDArray[np.int64] = np.add.reduce(rows, axis=0, dtype=np.int64)
    return total


def _in_steps(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round each to whole steps and sum over rows."""
    import numpy as np

    values *= _STEPS
    return _total(np.rint(values, out=values).astype(np.int64))


def _alignment(cells: Cells, counts: Rows, together: Rows) -> NDArray[np.int64]:
    """Sum of φ4 over the best one-to-one alignment, in steps; `together`: the sizes of a cell's two clusters."""
    import numpy as np

    similar = 2.0 * counts / np.maximum(together, 1)
    untangled = np.ones(len(counts), bool)
    for tangle in cells.tangles:
        untangled[tangle.cells] = False
    best = [tangle.best(similar[tangle.cells]) for tangle in cells.tangles]
    return _in_steps(np.concatenate([similar[untangled], *(sums[None] for sums in best)]))


def _variants(cells: Cells, counts: Rows, size: Rows, times: Draws, kind: Any) -> Sums:
    """Links of mentions in a variant spelling to their entity's other mentions: all, and those that are kept."""
    import numpy as np

    found = {}
    for name, marked, others in (
        ("variants.links", cells.variant_keys, size),
        ("variants.kept", cells.variants, counts),
    ):
        links = marked.sums(times, kind).astype(np.int64)
        found[name] = _total(links * (others[marked.groups] - 1))
    return found
