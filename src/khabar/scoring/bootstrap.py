"""Percentile bootstrap over units: 95% intervals for every figure.

Efron and Tibshirani 1993, ch. 13. Most figures are formulas over sums of counts: `draw` gives the sums of each draw.
Units with equal counts are interchangeable, so in small strata a draw is one multinomial over the distinct rows; in
large ones, where nearly all rows differ, units are drawn by index.

What is no sum over units (coreference, utterances, average precision) is `Resampled`: made anew on draws of whole
stories, in which a story drawn twice stands there as two stories.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import exp, factorial
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, get_args

from khabar.scoring.counts import SamplingFrame, Table
from khabar.scoring.result import Measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counts import Array, Column

    Times = NDArray[np.uint8]
    """How often each unit is drawn: draws × units."""

RESAMPLES = 1000
SEED = 0
FEWEST_STORIES = 10
"""Stories below which draws of stories say nothing: figures made anew on them have no interval."""
_MOST_UNDEFINED = 0.05
TAIL = 0.025
"""The share of draws that an interval leaves out at either end."""
SMALL_STRATUM = 1000
"""Units up to which a stratum is drawn as one multinomial."""
_WEIGHTS_AT_A_TIME = 2_000_000
_LARGE_WEIGHTS_AT_A_TIME = 1 << 22
_FEWEST_AT_A_TIME = 32
_UNITS_AT_A_TIME = 1 << 16
_SPARE = 2.0
"""Standard deviations that Poisson weights are expected to fall short of what they have to sum to."""
_MOST_TIMES = 8
"""A Poisson weight of mean one is larger once in a million, which 16 bits do not tell from never."""


TableName = Literal["text", "conflicts"]
"""The text layers are counted over the same units, in one table; disputes are units of their own."""
STREAMS: tuple[TableName, ...] = get_args(TableName)


def random_stream(seed: int, table: TableName, use: Literal["draws", "swaps", "stories"]) -> np.random.Generator:
    """Random numbers for one use of one table: no two tables share any, whatever their shapes."""
    import numpy as np

    return np.random.default_rng([seed, ("draws", "swaps", "stories").index(use), STREAMS.index(table)])


def draw(table: Table, seed: int = SEED, resamples: int = RESAMPLES, name: TableName = "text") -> dict[str, Array]:
    """Resample units with replacement within each stratum and sum the columns of every draw.

    Returns column → its sums, (resamples,).
    """
    import numpy as np

    generator = random_stream(seed, name, "draws")
    order = sorted(range(len(table.columns)), key=table.columns.__getitem__)
    columns = [table.values[column] for column in order]
    sums = np.zeros((resamples, len(order)))
    for start, stop in table.frame.slices:
        rows = [column[start:stop] for column in columns]
        if not any(column.any() for column in rows):
            continue
        is_small = stop - start <= SMALL_STRATUM
        sums += _by_pattern(generator, rows, resamples) if is_small else _by_index(generator, rows, resamples)
    return {table.columns[column]: sums[:, place] for place, column in enumerate(order)}


def _by_pattern(generator: np.random.Generator, columns: Sequence[Column], resamples: int) -> Array:
    """Draw as one multinomial over the distinct rows of `columns`, (units,) each: sums, resamples × columns."""
    import numpy as np

    rows: NDArray[np.generic] = np.column_stack(columns)
    patterns, times = np.unique(rows, axis=0, return_counts=True)
    sums: Array = generator.multinomial(len(rows), times / len(rows), size=resamples) @ patterns
    return sums


def _by_index(generator: np.random.Generator, columns: Sequence[Column], resamples: int) -> Array:
    """Draw by index, several draws at a time, and sum block by block of units, so that memory is bounded.

    `columns` are (units,) each. Returns sums, resamples × columns.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    size = len(columns[0])
    at_once = min(resamples, max(_FEWEST_AT_A_TIME, _WEIGHTS_AT_A_TIME // size))
    sums: Array = np.zeros((resamples, len(columns)))
    times = np.empty((at_once, size), np.uint8)
    # Sums of counts are whole numbers: below 2**24 single precision holds them exactly, in half the time.
    whole = all(np.issubdtype(column.dtype, np.integer) and int(column.sum()) < 1 << 22 for column in columns)
    kind: type[np.floating[Any]] = np.float32 if whole else np.float64
    blocks = [slice(first, first + _UNITS_AT_A_TIME) for first in range(0, size, _UNITS_AT_A_TIME)]
    with threadpool_limits(1, "blas"):  # idle threads of linear algebra spin while numbers are drawn
        for start in range(0, resamples, at_once):
            drawn = times[: resamples - start]
            drawn_by_index(generator, size, drawn)
            for block in blocks:
                if start == 0 or len(blocks) > 1:
                    rows = np.stack([column[block] for column in columns], axis=1, dtype=kind)
                sums[start : start + at_once] += drawn[:, block].astype(kind) @ rows
    return sums


def drawn_by_index(generator: np.random.Generator, size: int, out: NDArray[np.uint8]) -> None:
    """Draw `size` of `size` units with replacement, once a row of `out` (draws × units): how often each is drawn.

    Poisson weights given their sum are multinomial. So each unit gets a Poisson weight of a mean just below one, and
    what is missing to `size` is drawn one by one; weights that sum to more are drawn anew. A Poisson weight is read
    from 16 random bits, so that its probabilities are right to one in 65,536.
    """
    import numpy as np

    mean = 1 - _SPARE / size**0.5
    chances = [exp(-mean) * mean**times / factorial(times) for times in range(_MOST_TIMES)]
    limits = [np.uint16(min(round(chance * (1 << 16)), (1 << 16) - 1)) for chance in accumulate(chances)]
    words = -(-size // 4)
    over = np.empty(size, bool)
    missing = np.empty(len(out), np.int64)
    for number, row in enumerate(out):
        missing[number] = -1
        while missing[number] < 0:
            bits = generator.bit_generator.random_raw(words).view(np.uint16)[:size]
            np.greater_equal(bits, limits[0], out=row.view(np.bool_))
            for limit in limits[1:]:
                np.greater_equal(bits, limit, out=over)
                np.add(row, over.view(np.uint8), out=row)
            missing[number] = size - int(row.sum(dtype=np.uint32))
    drawn = generator.integers(0, size, missing.sum()) + np.repeat(np.arange(len(out)) * size, missing)
    np.add.at(out.reshape(-1), drawn, np.uint8(1))


def tail_of(stories: int) -> float:
    """Give the share of draws to cut from either end where whole stories are drawn.

    Percentiles of few units lie too near: they lack what Student's t has beyond the normal distribution, and a factor
    of √(n / (n − 1)). Both are made good by cutting less (Hesterberg 2015, section 3.4): of ten stories 0.9%.
    """
    from scipy.special import ndtr, stdtrit

    return float(ndtr(stdtrit(stories - 1, TAIL) * (stories / (stories - 1)) ** 0.5))


def interval(draws: Array, tail: float = TAIL) -> tuple[float, float] | None:
    """95% percentile interval of the defined among `draws`, (resamples,); None when over 5% are undefined."""
    import numpy as np

    defined = draws[~np.isnan(draws)]
    if len(defined) < len(draws) * (1 - _MOST_UNDEFINED) or not len(defined):
        return None
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


class Resampled(Protocol):
    """Figures that are made anew on each draw of the units of a frame."""

    @property
    def frame(self) -> SamplingFrame | None:
        """What is drawn; None where there is too little to draw."""

    def values(self) -> dict[str, Measured]:
        """The figures, without intervals."""

    def resample(self, times: Times) -> Mapping[str, Array]:
        """Compute the figures on some draws (draws × units of the frame): of each, (draws,), NaN where undefined."""


class StoryFigures(Resampled, Protocol):
    """Figures computed on draws of whole stories; those of parts that share no story can be merged."""

    @classmethod
    def merge(cls, parts: Sequence[Self]) -> Self:
        """The figures of the whole."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """Figures that a run has no data for."""

    names: tuple[str, ...]
    frame: None = None

    def values(self) -> dict[str, Measured]:
        """The figures, all undefined."""
        return {name: Measured(None, None, {}) for name in self.names}

    def resample(self, times: Times) -> dict[str, Array]:
        """No values: there is nothing to draw."""
        return {}

    @classmethod
    def merge(cls, parts: Sequence[Undefined]) -> Undefined:
        """What is undefined in all parts is undefined in the whole."""
        return parts[0]


def redraw(
    figures: Resampled, seed: int = SEED, resamples: int = RESAMPLES, name: TableName = "text"
) -> dict[str, Array]:
    """Compute figures on resamples: name → (resamples,). Gives none where there is too little to draw."""
    import numpy as np

    if figures.frame is None:
        return {}
    generator = random_stream(seed, name, "stories")
    blocks = [figures.resample(times) for times in _times(figures.frame, generator, resamples)]
    return {key: np.concatenate([block[key] for block in blocks]) for key in (blocks[0] if blocks else ())}


def story_frame(stories: Sequence[str]) -> SamplingFrame | None:
    """Whole stories as units; None below ten."""
    return SamplingFrame({"": stories}) if len(stories) >= FEWEST_STORIES else None


@dataclass(frozen=True, slots=True)
class StorySums(ABC):
    """Figures made of numbers that add over stories."""

    stories: tuple[str, ...]
    """All stories, sorted, also those of which there is nothing to add."""
    rows: Array
    """Stories × columns."""
    total: tuple[Fraction, ...]
    """What `rows` adds up to, exactly: (columns,)."""

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[Fraction | int]], stories: Iterable[str], columns: int) -> Self:
        """Lay rows out by story; a story without one has zeros."""
        import numpy as np

        names = tuple(sorted({*stories, *rows}))
        zeros = (0,) * columns
        sums = np.array([rows.get(name, zeros) for name in names], float).reshape(-1, columns)
        return cls(names, sums, _added([zeros, *rows.values()]))

    @classmethod
    def merge(cls, parts: Sequence[Self]) -> Self:
        """Merge parts of a corpus."""
        import numpy as np

        names = tuple(sorted({name for part in parts for name in part.stories}))
        place = {name: index for index, name in enumerate(names)}
        sums = np.zeros((len(names), len(parts[0].total)))
        for part in parts:
            sums[[place[name] for name in part.stories]] += part.rows
        return cls(names, sums, _added([part.total for part in parts]))

    @property
    def frame(self) -> SamplingFrame | None:
        """Stories, if there are enough of them to draw."""
        return story_frame(self.stories)

    @abstractmethod
    def values(self) -> dict[str, Measured]:
        """The figures, without intervals."""

    @abstractmethod
    def of_sums(self, *sums: Array) -> dict[str, Array]:
        """The figures from the sums of each column on some draws, (draws,): of each, (draws,)."""

    def resample(self, times: Times) -> dict[str, Array]:
        """The figures on draws of stories (draws × stories): of each, (draws,)."""
        return self.of_sums(*(times.astype(float) @ self.rows).T)


def _added(rows: Sequence[Sequence[Fraction | int]]) -> tuple[Fraction, ...]:
    return tuple(sum(column, Fraction(0)) for column in zip(*rows, strict=True))


def _times(frame: SamplingFrame, generator: np.random.Generator, resamples: int) -> Iterator[Times]:
    """How often each unit is drawn, with replacement within its stratum, some draws at a time."""
    import numpy as np

    are_small = all(last - first <= SMALL_STRATUM for first, last in frame.slices)
    at_once = max(1, (_WEIGHTS_AT_A_TIME if are_small else _LARGE_WEIGHTS_AT_A_TIME) // max(1, len(frame)))
    for start in range(0, resamples, at_once):
        times = np.zeros((min(at_once, resamples - start), len(frame)), np.uint8)
        for first, last in frame.slices:
            size = last - first
            if size <= SMALL_STRATUM:  # nothing is drawn 256 times of some hundreds, or of thousands
                times[:, first:last] = generator.multinomial(size, np.full(size, 1 / size), size=len(times))
            else:
                drawn = np.empty((len(times), size), np.uint8)
                drawn_by_index(generator, size, drawn)
                times[:, first:last] = drawn
        yield times
