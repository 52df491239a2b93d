"""Comparing two systems on the same gold: the difference, its interval, and whether it may be chance.

Both are counted over the same units. A hard dispute is one unit with what either system did to it; so is a false record
that both have, with the same spans on the same sides, and any other is a unit of its own. Of a contrast set each pair
is a unit.

p is that of a paired approximate randomization test (Noreen 1989; Yeh 2000): the two systems' counts are swapped
unit by unit at random, and the share of swaps with a difference at least as large is p. Where several systems are
compared with one baseline, p is corrected for that layer by layer (Holm 1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from khabar.scoring.bootstrap import RESAMPLES, SEED, STREAMS, TableName, draw, interval, random_stream
from khabar.scoring.counts import Metric, SamplingFrame, Table
from khabar.scoring.result import Interval, figure_words
from khabar.scoring.tally import Tally

if TYPE_CHECKING:
    from khabar.scoring.counts import Array, Column

TRIALS = 10_000
_LEVEL = 0.05
Conclusion = Literal["better", "worse", "not shown"]
"""What a comparison says of b. `not shown`: chance explains the difference, which does not prove that there is none."""
_STANDARD_ERRORS = 2.8
"""The 97.5th percentile of the normal distribution and its 80th."""
_COINS_AT_A_TIME = 2_000_000
_SIDES = ("a", "b")


@dataclass(frozen=True, slots=True)
class Difference:
    """Headline of two systems on one layer. `difference` is b − a, with its 95% interval; None where undefined."""

    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_raw: float | None = None
    """p before it was corrected for several comparisons; None where there was only one."""
    standard_error: float | None = None
    """Standard deviation of b − a under the paired bootstrap; None where there is no interval."""

    def __str__(self) -> str:
        p = "" if self.p is None else f", p = {self.p:.4f}"
        words = {None: "", "not shown": ", not shown"}.get(self.conclusion, f": b is {self.conclusion}")
        return f"{figure_words(self.difference, self.interval, '+.3f')}{p}{words}"

    @property
    def interval(self) -> Interval:
        """The ends of the 95% interval; None where it is undefined."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def smallest_detectable(self) -> float | None:
        """The smallest difference that this corpus would show to be one, four times in five, of systems such as these.

        A test at 5% has a power of 80% for differences of 2.8 standard errors. None where the difference does not vary.
        """
        return _STANDARD_ERRORS * self.standard_error if self.standard_error else None

    @property
    def conclusion(self) -> Conclusion | None:
        """Whether b is better or worse than a: its interval leaves out 0 and p is below 0.05. None where undefined."""
        if self.difference is None or self.p is None or self.low is None or self.high is None:
            return None
        if self.p >= _LEVEL or self.low <= 0 <= self.high:
            return "not shown"
        return "better" if self.difference > 0 else "worse"

    @property
    def b_is_worse(self) -> bool:
        """Whether the interval of b − a lies wholly below 0."""
        return self.high is not None and self.high < 0

    def to_dict(self) -> dict[str, float | None]:
        """Plain JSON form of a comparison of two."""
        return {name: getattr(self, name) for name in ("a", "b", "difference", "low", "high", "p")}

    def to_dict_of_several(self) -> dict[str, float | None]:
        """Plain JSON form where there are several comparisons: also p uncorrected, and what could be detected."""
        return {**self.to_dict(), "p_raw": self.p_raw, "smallest_detectable": self.smallest_detectable}


class Comparison(dict[str, Difference]):
    """Layer → difference of two systems. It prints as a line for each layer, in a notebook as a table."""

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{layer:<{width}}  {difference}" for layer, difference in self.items())

    def _repr_html_(self) -> str:
        """A table of a and b, b − a with its interval, p, and what b is."""
        head = "".join(f"<th>{name}</th>" for name in ("", "a", "b", "b − a", "p", "b is"))
        rows = []
        for layer, each in self.items():
            p = "–" if each.p is None else f"{each.p:.4f}"
            moved = figure_words(each.difference, each.interval, "+.3f")
            cells = (figure_words(each.a, None), figure_words(each.b, None), moved, p, each.conclusion or "–")
            rows.append(f"<tr><th>{layer}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def compare(a: Tally, b: Tally, *, seed: int = SEED, resamples: int = RESAMPLES, trials: int = TRIALS) -> Comparison:
    """Compare two runs on the layers both have; `overall` too when they have all four, all labels included.

    p is no less than 1 / (1 + trials): whoever corrects it for many comparisons needs more trials.
    """
    layers = [layer for layer in a.layers if layer in b.layers]
    tables: dict[TableName, Table] = {
        stream: _side_by_side(a, b, [layer for layer in layers if a.layers[layer].stream == stream])
        for stream in STREAMS
    }
    totals: dict[str, float] = {}
    draws: dict[str, Array] = {}
    swaps: dict[str, Array] = {}
    for name, table in tables.items():
        totals.update(table.totals())
        draws.update(draw(table, seed, resamples, name))
        swaps.update(_swap(table, seed, trials, name))
    samples = {layer: _samples(layer, a.layers[layer].headline, totals, draws, swaps) for layer in layers}
    if a.has_overall and len(samples) == len(a.layers):
        samples["overall"] = _mean(list(samples.values()))
    return Comparison({layer: sample.difference(a.tail) for layer, sample in samples.items()})


def compare_with_first(baseline: Tally, others: Sequence[Tally], *, seed: int = SEED) -> list[Comparison]:
    """Compare each of several runs (b) with the first (a). From two on, `p` is Holm-corrected within each layer."""
    comparisons = [compare(baseline, other, seed=seed) for other in others]
    if len(comparisons) < 2:
        return comparisons
    corrected = {layer: holm([differences[layer].p for differences in comparisons]) for layer in comparisons[0]}
    return [
        Comparison(
            {
                layer: replace(difference, p=corrected[layer][number], p_raw=difference.p)
                for layer, difference in differences.items()
            }
        )
        for number, differences in enumerate(comparisons)
    ]


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Correct p values for their number (Holm 1979): step down from the smallest. An undefined one is no comparison."""
    defined = sorted((p, index) for index, p in enumerate(ps) if p is not None)
    corrected: list[float | None] = [None] * len(ps)
    least = 0.0
    for rank, (p, index) in enumerate(defined):
        least = max(least, min(1.0, (len(defined) - rank) * p))
        corrected[index] = least
    return corrected


def _column(layer: str, side: str, column: str) -> str:
    return f"{side}:{layer}:{column}"


def _side_by_side(a: Tally, b: Tally, layers: Sequence[str]) -> Table:
    """Headline counts of both runs over all units that either has."""
    columns: list[str] = []
    values: list[Column] = []
    tables = [
        (layer, side, run.layers[layer].table) for layer in layers for side, run in zip(_SIDES, (a, b), strict=True)
    ]
    frame = SamplingFrame.union([table.frame for _, _, table in tables])
    for layer, side, table in tables:
        for name in a.layers[layer].headline.columns:
            column = table.column(name)
            if column is not None:
                columns.append(_column(layer, side, name))
                values.append(_spread(column, table.frame, frame))
    return Table(frame, columns, values)


def _spread(column: Column, units: SamplingFrame, over: SamplingFrame) -> Column:
    """Lay the counts of some units out over a frame that has them all."""
    import numpy as np

    if units is over:
        return column
    spread = np.zeros(len(over), column.dtype)
    spread[[over.index[unit] for unit in units.index]] = column
    return spread


def _swap(table: Table, seed: int, trials: int, name: TableName) -> dict[str, Array]:
    """Swap the two systems' counts at random, unit by unit: column → its sum on each swap, (trials,)."""
    import numpy as np

    generator = random_stream(seed, name, "swaps")
    pairs = sorted({column.split(":", 1)[1] for column in table.columns})
    nothing = np.zeros(len(table.frame))

    def side(letter: str, pair: str) -> Array:
        values = table.column(f"{letter}:{pair}")
        return nothing if values is None else values.astype(float)

    # Units × columns.
    ours, theirs = (np.stack([side(letter, pair) for pair in pairs] or [nothing], axis=1) for letter in _SIDES)
    gain = (theirs - ours)[(ours != theirs).any(axis=1)]
    gained = np.zeros((trials, ours.shape[1]))  # by a, trials × columns
    at_once = max(1, _COINS_AT_A_TIME // max(1, len(gain)))
    for start in range(0, trials, at_once):
        coins = generator.integers(0, 2, (min(at_once, trials - start), len(gain)), dtype=np.int8)
        gained[start : start + at_once] = coins @ gain
    sums: dict[str, Array] = {}
    for pair, mine, other, more in zip(pairs, ours.T, theirs.T, gained.T, strict=False):
        sums[f"a:{pair}"] = mine.sum() + more
        sums[f"b:{pair}"] = other.sum() - more
    return sums


@dataclass(frozen=True, slots=True)
class _Samples:
    """Headlines of two runs (NaN where undefined), and their difference b − a on each resample and on each swap."""

    a: float
    b: float
    drawn: Array
    """(resamples,)"""
    swapped: Array
    """(trials,)"""

    def difference(self, tail: float) -> Difference:
        import numpy as np

        a, b = (None if np.isnan(figure) else figure for figure in (self.a, self.b))
        if a is None or b is None:
            return Difference(a, b, None, None, None, None)
        low, high = interval(self.drawn, tail) or (None, None)
        error = None if low is None else float(np.nanstd(self.drawn, ddof=1))
        # An undefined difference (a system left without any item) counts as large: the test errs on the safe side.
        large = np.isnan(self.swapped) | (np.abs(self.swapped) >= abs(b - a) - 1e-12)
        p = float((1 + large.sum()) / (1 + len(self.swapped)))
        return Difference(a, b, b - a, low, high, p, standard_error=error)


def _samples(
    layer: str,
    headline: Metric,
    totals: Mapping[str, float],
    draws: Mapping[str, Array],
    swaps: Mapping[str, Array],
) -> _Samples:

    def value(side: str, sums: Mapping[str, Array | float]) -> Array:
        return headline.of({name: sums.get(_column(layer, side, name), 0.0) for name in headline.columns})

    drawn, swapped = (value("b", sums) - value("a", sums) for sums in (draws, swaps))
    return _Samples(float(value("a", totals)), float(value("b", totals)), drawn, swapped)


def _mean(samples: Sequence[_Samples]) -> _Samples:
    """Average layers: their figures, and their draws and swaps one by one. Undefined if any is, for either run."""
    a, b = (sum(getattr(sample, side) for sample in samples) / len(samples) for side in _SIDES)
    drawn, swapped = (
        sum((getattr(sample, name) for sample in samples[1:]), getattr(samples[0], name)) / len(samples)
        for name in ("drawn", "swapped")
    )
    return _Samples(a + 0 * b, b + 0 * a, drawn, swapped)
