"""Comparing two systems on the same gold: the difference, its interval, and whether it may be chance.

p is that of a paired approximate randomization test (Noreen 1989; Yeh 2000): the two systems' counts are swapped
unit by unit at random, and the share of swaps with a difference at least as large is p.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.records.labels import LAYERS
from khabar.scoring.bootstrap import RESAMPLES, SEED, draw, interval
from khabar.scoring.counting import Counts, Unit
from khabar.scoring.formulas import f1
from khabar.scoring.scorer import TEXT_LAYERS, Counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TRIALS = 10_000
_HEADLINE = {"entities": "exact", "numbers": "full", "quotes": "said", "conflicts": "dispute"}
_SIDES = ("a", "b")


@dataclass(frozen=True, slots=True)
class Difference:
    """Headline of two systems on one layer. `difference` is a − b, with its 95% interval; None where undefined."""

    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Plain JSON form."""
        return {name: getattr(self, name) for name in ("a", "b", "difference", "low", "high", "p")}


def compare(a: Counted, b: Counted, *, seed: int = SEED, resamples: int = RESAMPLES) -> dict[str, Difference]:
    """Compare two runs on the layers both have; `overall` too when they have all four."""
    layers: list[str] = [layer for layer in LAYERS if layer in a.layers and layer in b.layers]
    joint = Counts()
    disputes = Counts()
    for layer in layers:
        target = joint if layer in TEXT_LAYERS else disputes
        for side, counted in zip(_SIDES, (a, b), strict=True):
            _add(target, counted.layers[layer].counts, layer, side)
    disputes.sizes = _sizes(disputes)
    draws: dict[str, Array] = {}
    swaps: dict[str, Array] = {}
    for counts in (joint, disputes):
        columns = [_column(layer, side, part) for layer in layers for side in _SIDES for part in _PARTS]
        mine = [column for column in columns if any(column in row for row in counts.rows.values())]
        draws.update(draw(counts, mine, seed, resamples))
        swaps.update(_swap(counts, layers, seed))
    found = {layer: _difference(layer, resamples, (joint, disputes), draws, swaps) for layer in layers}
    if len(found) == len(LAYERS):
        found["overall"] = _overall(found, layers, resamples, draws, swaps)
    return found


_PARTS = ("tp", "fp", "fn")


def _column(layer: str, side: str, part: str) -> str:
    return f"{side}:{layer}:{part}"


def _add(target: Counts, counts: Counts, layer: str, side: str) -> None:
    """Copy a headline's counts; a false record of one system is no unit of the other's."""
    target.sizes.update(counts.sizes)
    for unit, row in counts.rows.items():
        for part in _PARTS:
            amount = row.get(f"{_HEADLINE[layer]}.{part}", 0)
            if amount:
                name = unit[1]
                own = isinstance(name, str) and name.startswith("record ")
                target.add((unit[0], f"{side} {name}") if own else unit, _column(layer, side, part), amount)


def _sizes(counts: Counts) -> dict[str, int]:
    """Units of the conflicts layer: those of either system, or, among many stories, the stories."""
    if "" in counts.sizes:
        return counts.sizes
    return dict(Counter(stratum for stratum, _ in counts.rows))


def _swap(counts: Counts, layers: list[str], seed: int) -> dict[str, Array]:
    """Column sums of `TRIALS` random swaps of the two systems' counts, unit by unit."""
    import numpy as np

    generator = np.random.default_rng([seed, 1])
    units: list[Unit] = sorted(counts.rows, key=str)
    sums: dict[str, Array] = {}
    if not units:
        return sums
    names = [(layer, part) for layer in layers for part in _PARTS]
    ours, theirs = (
        np.array(
            [[counts.rows[unit].get(_column(layer, side, part), 0) for layer, part in names] for unit in units], float
        )
        for side in _SIDES
    )
    gain = theirs - ours
    swapped = np.zeros((TRIALS, len(names)))
    for start in range(0, TRIALS, 500):
        swapped[start : start + 500] = generator.integers(0, 2, (500, len(units))) @ gain
    for at, (layer, part) in enumerate(names):
        if ours[:, at].any() or theirs[:, at].any():
            sums[_column(layer, "a", part)] = ours[:, at].sum() + swapped[:, at]
            sums[_column(layer, "b", part)] = theirs[:, at].sum() - swapped[:, at]
    return sums


def _f1(layer: str, side: str, sums: dict[str, Array], length: int) -> Array:
    import numpy as np

    return f1(*(sums.get(_column(layer, side, part), np.zeros(length)) for part in _PARTS))


def _difference(
    layer: str, resamples: int, tables: tuple[Counts, Counts], draws: dict[str, Array], swaps: dict[str, Array]
) -> Difference:
    import numpy as np

    counts = tables[0] if layer in TEXT_LAYERS else tables[1]
    wanted = [_column(layer, side, part) for side in _SIDES for part in _PARTS]
    totals = {column: np.array([value]) for column, value in counts.totals(wanted).items()}
    a, b = (float(_f1(layer, side, totals, 1)[0]) for side in _SIDES)
    if np.isnan(a) or np.isnan(b):
        return Difference(_known(a), _known(b), None, None, None, None)
    ends = interval(_f1(layer, "a", draws, resamples) - _f1(layer, "b", draws, resamples))
    shuffled = _f1(layer, "a", swaps, TRIALS) - _f1(layer, "b", swaps, TRIALS)
    low, high = ends or (None, None)
    return Difference(a, b, a - b, low, high, _p(a - b, shuffled))


def _overall(
    found: dict[str, Difference], layers: list[str], resamples: int, draws: dict[str, Array], swaps: dict[str, Array]
) -> Difference:
    parts = [found[layer] for layer in layers]
    if any(part.difference is None for part in parts):
        return Difference(None, None, None, None, None, None)
    a, b = (sum(getattr(part, side) for part in parts) / len(parts) for side in _SIDES)

    def mean(sums: dict[str, Array], length: int) -> Array:
        each = [_f1(layer, "a", sums, length) - _f1(layer, "b", sums, length) for layer in layers]
        return sum(each[1:], each[0]) / len(each)

    low, high = interval(mean(draws, resamples)) or (None, None)
    return Difference(a, b, a - b, low, high, _p(a - b, mean(swaps, TRIALS)))


def _p(observed: float, shuffled: Array) -> float:
    import numpy as np

    # An undefined difference (a system left without any item) counts as large: the test errs on the safe side.
    large = np.isnan(shuffled) | (np.abs(shuffled) >= abs(observed) - 1e-12)
    return float((1 + large.sum()) / (1 + len(shuffled)))


def _known(value: float) -> float | None:
    return value if value == value else None
