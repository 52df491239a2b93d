"""Counts per unit, and the figures that are formulas over their sums.

A unit is what the bootstrap draws: a paragraph within its document, a document, a dispute within its story, a story.
Counts add, so tables of parts of a corpus can be summed in any order.

Formulas take column sums: scalars, or arrays of one shape, (draws,) for resamples. They give NaN where a figure is
undefined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.number]
    Array = NDArray[np.float64]


Unit = tuple[str, str | int]
"""Stratum (what is drawn within) and the unit's name in it."""


class SamplingFrame:
    """All units of a run in order, those without counts included: strata one after the other, units within them."""

    def __init__(self, strata: Mapping[str, Sequence[str | int]]) -> None:
        self.strata = {name: strata[name] for name in sorted(strata)}

    def __len__(self) -> int:
        return sum(map(len, self.strata.values()))

    def __reduce__(self) -> tuple[type[SamplingFrame], tuple[Mapping[str, Sequence[str | int]]]]:
        """Travel without the index."""
        return SamplingFrame, (self.strata,)

    @classmethod
    def union(cls, frames: Sequence[SamplingFrame]) -> SamplingFrame:
        """The units of all frames: those of the first in its order if all have the same, else by name."""
        if frames and all(frame.strata == frames[0].strata for frame in frames):
            return frames[0]
        strata: dict[str, set[str | int]] = defaultdict(set)
        for frame in frames:
            for name, units in frame.strata.items():
                strata[name].update(units)
        return cls({name: sorted(units, key=str) for name, units in strata.items()})

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Index of the first unit of each stratum."""
        sizes = list(map(len, self.strata.values()))
        return dict(zip(self.strata, accumulate(sizes, initial=0), strict=False))

    @cached_property
    def index(self) -> dict[Unit, int]:
        """Index of each unit."""
        units = ((name, unit) for name, names in self.strata.items() for unit in names)
        return {unit: index for index, unit in enumerate(units)}

    @property
    def slices(self) -> list[tuple[int, int]]:
        """First and last index (exclusive) of each stratum."""
        return [(self.offsets[name], self.offsets[name] + len(units)) for name, units in self.strata.items()]


@dataclass(slots=True)
class Counts:
    """Numbers per unit and column, gathered one by one."""

    rows: dict[Unit, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, unit: Unit, column: str, amount: float = 1) -> None:
        """Count `amount` more in a column of a unit."""
        self.rows[unit][column] += amount

    def frame(self) -> SamplingFrame:
        """The units that have counts, as a frame of their own."""
        strata: dict[str, list[str | int]] = defaultdict(list)
        for stratum, name in sorted(self.rows, key=lambda unit: (unit[0], str(unit[1]))):
            strata[stratum].append(name)
        return SamplingFrame(strata)

    def table(self, frame: SamplingFrame) -> Table:
        """Lay the counts out over a frame that has all their units."""
        import numpy as np

        columns = sorted({column for row in self.rows.values() for column in row})
        place = {column: index for index, column in enumerate(columns)}
        by_column = np.zeros((len(columns), len(frame)))
        for unit, row in self.rows.items():
            for column, amount in row.items():
                by_column[place[column], frame.index[unit]] += amount
        return Table(frame, columns, list(map(narrow, by_column)))


@dataclass(frozen=True, slots=True)
class Table:
    """Counts laid out: a name and an array over the units of the frame for each column; one that is not there is zero.

    Most counts of a document are small, so a column is as narrow as what it holds: a byte a unit, mostly.
    """

    frame: SamplingFrame
    columns: list[str]
    values: list[Column]

    def column(self, name: str) -> Column | None:
        """The counts of a column, if there is one."""
        return self.values[self.columns.index(name)] if name in self.columns else None

    def totals(self) -> dict[str, float]:
        """Column sums: integers where they are whole."""
        sums = [_sum(values) for values in self.values]
        return {c: int(v) if v == int(v) else v for c, v in zip(self.columns, sums, strict=True)}

    @classmethod
    def join(cls, tables: Mapping[str, Table]) -> Table:
        """Join tables of one frame, at least one: column `c` of table `t` becomes `t:c`."""
        columns = [f"{name}:{column}" for name, table in tables.items() for column in table.columns]
        values = [column for table in tables.values() for column in table.values]
        return cls(next(iter(tables.values())).frame, columns, values)


def narrow(values: Column) -> Column:
    """The same counts in the smallest type that holds them."""
    import numpy as np

    if not len(values):
        return values.astype(np.uint8)
    whole = values.astype(np.int64)
    if (whole != values).any() or whole.min() < 0:
        return values.astype(np.float64)
    return whole.astype(np.min_scalar_type(int(whole.max())))


def _sum(values: Column) -> float:
    """Add up; what is no integer one after the other, so that the sum has the same bits everywhere."""
    import numpy as np

    if np.issubdtype(values.dtype, np.integer):
        return float(values.sum(dtype=np.int64))
    return float(values.cumsum()[-1]) if len(values) else 0.0


def ratio(numerator: Any, denominator: Any) -> Array:
    """Divide; NaN where the denominator is 0."""
    import numpy as np

    top, bottom = np.asarray(numerator, float), np.asarray(denominator, float)
    shape = np.broadcast(top, bottom).shape
    result: Array = np.divide(top, bottom, out=np.full(shape, np.nan), where=bottom != 0)
    return result


def f1(tp: Array, fp: Array, fn: Array) -> Array:
    """F1 = 2TP / (2TP + FP + FN), undefined when that is 0/0."""
    return ratio(2 * tp, 2 * tp + fp + fn)


def precision(tp: Array, fp: Array) -> Array:
    """TP / (TP + FP), undefined without predictions."""
    return ratio(tp, tp + fp)


def recall(tp: Array, fn: Array) -> Array:
    """TP / (TP + FN), undefined without gold."""
    return ratio(tp, tp + fn)


def chance_of_pairs(called_where_hard: Array, called_where_not: Array, pairs: Array) -> Array:
    """The share of pairs that would be right if as many calls fell on members at random: at most one in four."""
    rate = ratio(called_where_hard + called_where_not, 2 * pairs)
    return rate * (1 - rate)


def per_thousand(numerator: Array, denominator: Array) -> Array:
    """A rate per 1,000."""
    return ratio(1000 * numerator, denominator)


def credit_f1(credit: Array, predicted: Array, gold: Array) -> Array:
    """2 · credit / (predictions + gold rows): the F1 of schemes that give part of a point."""
    return ratio(2 * credit, predicted + gold)


def semeval_f1(cor: Array, inc: Array, par: Array, mis: Array, spu: Array) -> Array:
    """F1 of a SemEval-2013 scheme: credit is COR + PAR/2, out of all predicted and all gold."""
    return credit_f1(cor + 0.5 * par, cor + inc + par + spu, cor + inc + par + mis)


def semeval_precision(cor: Array, inc: Array, par: Array, mis: Array, spu: Array) -> Array:
    """Credit out of ACTUAL = COR + INC + PAR + SPU."""
    return ratio(cor + 0.5 * par, cor + inc + par + spu)


def semeval_recall(cor: Array, inc: Array, par: Array, mis: Array, spu: Array) -> Array:
    """Credit out of POSSIBLE = COR + INC + PAR + MIS."""
    return ratio(cor + 0.5 * par, cor + inc + par + mis)


def macro_f1(*columns: Array) -> Array:
    """Mean over labels of F1 (three columns a label: TP, FP, FN), over the labels whose F1 is defined."""
    import numpy as np

    each = np.stack([f1(*columns[at : at + 3]) for at in range(0, len(columns), 3)])
    defined = ~np.isnan(each)
    return ratio(np.where(defined, each, 0).sum(axis=0), defined.sum(axis=0))


@dataclass(frozen=True, slots=True)
class Metric:
    """A named figure: a formula over the sums of some columns."""

    name: str
    formula: Callable[..., Array]
    columns: tuple[str, ...]

    def of(self, sums: Mapping[str, Array | float], shape: tuple[int, ...] = ()) -> Array:
        """Compute it from column sums of `shape`: () for totals, (draws,) for draws. A missing column is all zeros."""
        import numpy as np

        return self.formula(*(np.asarray(sums.get(column, np.zeros(shape)), float) for column in self.columns))


def prf(name: str, prefix: str) -> tuple[Metric, Metric, Metric]:
    """F1, precision and recall over the columns `prefix.tp`, `prefix.fp` and `prefix.fn`; `name` may be empty."""
    tp, fp, fn = f"{prefix}.tp", f"{prefix}.fp", f"{prefix}.fn"
    head = f"{name}." if name else ""
    return (
        Metric(f"{head}f1", f1, (tp, fp, fn)),
        Metric(f"{head}precision", precision, (tp, fp)),
        Metric(f"{head}recall", recall, (tp, fn)),
    )


def of_phenomena(tags: Iterable[str]) -> list[Metric]:
    """Recall of the gold rows that carry each tag."""
    return [
        Metric(f"phenomenon.{tag}.recall", recall, (f"phenomenon.{tag}.tp", f"phenomenon.{tag}.fn")) for tag in tags
    ]


def semeval(name: str) -> tuple[Metric, Metric, Metric]:
    """F1, precision and recall of a SemEval-2013 scheme over the columns `name.cor` and so on."""
    columns = tuple(f"{name}.{outcome}" for outcome in ("cor", "inc", "par", "mis", "spu"))
    return (
        Metric(f"{name}.f1", semeval_f1, columns),
        Metric(f"{name}.precision", semeval_precision, columns),
        Metric(f"{name}.recall", semeval_recall, columns),
    )
