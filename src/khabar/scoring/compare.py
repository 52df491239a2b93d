"""Comparing two systems on the same gold: the difference, its interval, and whether it may be chance.

Both are counted over the same units. A hard dispute is one unit with what either system did to it; so is a false record
that both have, with the same spans on the same sides, and any other is a unit of its own.

p is that of a paired approximate randomization test (Noreen 1989; Yeh 2000): the two systems' counts are swapped
unit by unit at random, and the share of swaps with a difference at least as large is p. Where several systems are
compared with one baseline, p is corrected for that layer by layer (Holm 1979).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from khabar.records.labels import LAYERS
from khabar.scoring.bootstrap import RESAMPLES, SEED, TableName, draw, interval, random_stream
from khabar.scoring.counting import SamplingFrame, Table
from khabar.scoring.metrics import f1
from khabar.scoring.tally import TEXT_LAYERS, Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counting import Column

    Array = NDArray[np.float64]

TRIALS = 10_000
_STANDARD_ERRORS = 2.8
"""The 97.5th percentile of the normal distribution and its 80th."""
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
    p_raw: float | None = None
    """p before it was corrected for several comparisons; None where there was only one."""
    standard_error: float | None = None
    """Standard deviation of a − b under the paired bootstrap; None where there is no interval."""

    @property
    def smallest_detectable(self) -> float | None:
        """The smallest difference that this corpus would show to be one, four times in five, of systems such as these.

        A test at 5% has a power of 80% for differences of 2.8 standard errors. None where the difference does not vary.
        """
        return _STANDARD_ERRORS * self.standard_error if self.standard_error else None

    @property
    def b_is_worse(self) -> bool:
        """Whether the interval of a − b lies wholly above 0."""
        return self.low is not None and self.low > 0

    def to_dict(self) -> dict[str, float | None]:
        """Plain JSON form of a comparison of two."""
        return {name: getattr(self, name) for name in ("a", "b", "difference", "low", "high", "p")}

    def to_dict_of_several(self) -> dict[str, float | None]:
        """Plain JSON form where there are several comparisons: also p uncorrected, and what could be detected."""
        return {**self.to_dict(), "p_raw": self.p_raw, "smallest_detectable": self.smallest_detectable}


def compare(
    a: Tally, b: Tally, *, seed: int = SEED, resamples: int = RESAMPLES, trials: int = TRIALS
) -> dict[str, Difference]:
    """Compare two runs on the layers both have; `overall` too when they have all four.

    p is no less than 1 / (1 + trials): whoever corrects it for many comparisons needs more trials.
    """
    layers: list[str] = [layer for layer in LAYERS if layer in a.layers and layer in b.layers]
    tables: dict[TableName, Table] = {
        "text": _side_by_side(a, b, [layer for layer in layers if layer in TEXT_LAYERS]),
        "conflicts": _side_by_side(a, b, [layer for layer in layers if layer == "conflicts"]),
    }
    totals: dict[str, float] = {}
    draws: dict[str, Array] = {}
    swaps: dict[str, Array] = {}
    for name, table in tables.items():
        totals.update(table.totals())
        draws.update(draw(table, seed, resamples, name))
        swaps.update(_swap(table, seed, trials, name))
    found = {layer: _difference(layer, resamples, trials, totals, draws, swaps) for layer in layers}
    if len(found) == len(LAYERS):
        found["overall"] = _overall(found, layers, resamples, trials, draws, swaps)
    return found


def compare_with_first(
    baseline: Tally, others: Sequence[Tally], *, seed: int = SEED, resamples: int = RESAMPLES
) -> list[dict[str, Difference]]:
    """Compare each of several runs (b) with the first (a). From two on, `p` is Holm-corrected within each layer."""
    found = [compare(baseline, other, seed=seed, resamples=resamples) for other in others]
    if len(found) < 2:
        return found
    corrected = {layer: holm([each[layer].p for each in found]) for layer in found[0]}
    return [
        {layer: replace(one, p=corrected[layer][at], p_raw=one.p) for layer, one in each.items()}
        for at, each in enumerate(found)
    ]


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Correct p values for their number (Holm 1979): step down from the smallest. An undefined one is no comparison."""
    defined = sorted((p, at) for at, p in enumerate(ps) if p is not None)
    corrected: list[float | None] = [None] * len(ps)
    least = 0.0
    for rank, (p, at) in enumerate(defined):
        least = max(least, min(1.0, (len(defined) - rank) * p))
        corrected[at] = least
    return corrected


_PARTS = ("tp", "fp", "fn")


def _column(layer: str, side: str, part: str) -> str:
    return f"{side}:{layer}:{part}"


def _side_by_side(a: Tally, b: Tally, layers: Sequence[str]) -> Table:
    """Headline counts of both runs over all units that either has."""
    columns: list[str] = []
    values: list[Column] = []
    tables = [(layer, side, _table(run, layer)) for layer in layers for side, run in zip(_SIDES, (a, b), strict=True)]
    frame = _union([table.frame for _, _, table in tables])
    for layer, side, table in tables:
        for part in _PARTS:
            column = table.column(f"{_HEADLINE[layer]}.{part}")
            if column is not None:
                columns.append(_column(layer, side, part))
                values.append(_spread(column, table.frame, frame))
    return Table(frame, columns, values)


def _table(run: Tally, layer: str) -> Table:
    table = run.layers[layer].table
    assert table is not None, "a run is compared after it is counted"
    return table


def _union(frames: Sequence[SamplingFrame]) -> SamplingFrame:
    """The units of all frames. Text layers have the same anyway."""
    if frames and all(frame.strata == frames[0].strata for frame in frames):
        return frames[0]
    strata: dict[str, set[str | int]] = defaultdict(set)
    for frame in frames:
        for name, units in frame.strata.items():
            strata[name].update(units)
    return SamplingFrame({name: sorted(units, key=str) for name, units in strata.items()})


def _spread(column: Column, units: SamplingFrame, over: SamplingFrame) -> Column:
    """Lay the counts of some units out over a frame that has them all."""
    import numpy as np

    if units is over:
        return column
    spread = np.zeros(len(over), column.dtype)
    spread[[over.index[unit] for unit in units.index]] = column
    return spread


def _swap(table: Table, seed: int, trials: int, name: TableName) -> dict[str, Array]:
    """Column sums of `trials` random swaps of the two systems' counts, unit by unit."""
    import numpy as np

    generator = random_stream(seed, name, "swaps")
    pairs = sorted({column.split(":", 1)[1] for column in table.columns})
    nothing = np.zeros(len(table.frame))

    def side(letter: str, pair: str) -> Array:
        values = table.column(f"{letter}:{pair}")
        return nothing if values is None else values.astype(float)

    ours, theirs = (np.stack([side(letter, pair) for pair in pairs] or [nothing], axis=1) for letter in _SIDES)
    changed = (ours != theirs).any(axis=1)
    gain = (theirs - ours)[changed]
    swapped = np.zeros((trials, ours.shape[1]))
    at_once = max(1, 2_000_000 // max(1, len(gain)))
    for start in range(0, trials, at_once):
        count = min(at_once, trials - start)
        swapped[start : start + count] = generator.integers(0, 2, (count, len(gain)), dtype=np.int8) @ gain
    sums: dict[str, Array] = {}
    for at, pair in enumerate(pairs):
        sums[f"a:{pair}"] = ours[:, at].sum() + swapped[:, at]
        sums[f"b:{pair}"] = theirs[:, at].sum() - swapped[:, at]
    return sums


def _f1(layer: str, side: str, sums: Mapping[str, Array | float], shape: tuple[int, ...]) -> Array:
    import numpy as np

    zero = np.zeros(shape)
    return f1(*(np.asarray(sums.get(_column(layer, side, part), zero), float) for part in _PARTS))


def _difference(
    layer: str,
    resamples: int,
    trials: int,
    totals: Mapping[str, float],
    draws: Mapping[str, Array],
    swaps: Mapping[str, Array],
) -> Difference:
    a, b = (float(_f1(layer, side, totals, ())) for side in _SIDES)
    if a != a or b != b:
        return Difference(_known(a), _known(b), None, None, None, None)
    drawn = _f1(layer, "a", draws, (resamples,)) - _f1(layer, "b", draws, (resamples,))
    return _tested(a, b, drawn, _f1(layer, "a", swaps, (trials,)) - _f1(layer, "b", swaps, (trials,)))


def _overall(
    found: Mapping[str, Difference],
    layers: Sequence[str],
    resamples: int,
    trials: int,
    draws: Mapping[str, Array],
    swaps: Mapping[str, Array],
) -> Difference:
    parts = [found[layer] for layer in layers]
    if any(part.difference is None for part in parts):
        return Difference(None, None, None, None, None, None)
    a, b = (sum(getattr(part, side) for part in parts) / len(parts) for side in _SIDES)

    def mean(sums: Mapping[str, Array], length: int) -> Array:
        each = [_f1(layer, "a", sums, (length,)) - _f1(layer, "b", sums, (length,)) for layer in layers]
        return sum(each[1:], each[0]) / len(each)

    return _tested(a, b, mean(draws, resamples), mean(swaps, trials))


def _tested(a: float, b: float, drawn: Array, swapped: Array) -> Difference:
    """Two figures, from the differences on resamples and on swaps."""
    import numpy as np

    low, high = interval(drawn) or (None, None)
    error = None if low is None else float(np.nanstd(drawn, ddof=1))
    return Difference(a, b, a - b, low, high, _p(a - b, swapped), standard_error=error)


def _p(observed: float, swapped: Array) -> float:
    import numpy as np

    # An undefined difference (a system left without any item) counts as large: the test errs on the safe side.
    large = np.isnan(swapped) | (np.abs(swapped) >= abs(observed) - 1e-12)
    return float((1 + large.sum()) / (1 + len(swapped)))


def _known(value: float) -> float | None:
    return value if value == value else None
