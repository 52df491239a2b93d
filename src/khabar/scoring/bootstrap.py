"""Percentile bootstrap over units: 95% intervals for every figure, from one set of draws.

Efron and Tibshirani 1993, ch. 13. Units with equal counts are interchangeable, so in small strata a draw is one
multinomial over the distinct rows; in large ones, where nearly all rows differ, units are drawn by index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from khabar.scoring.counting import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counting import Column

    Array = NDArray[np.float64]

RESAMPLES = 1000
SEED = 0
_MOST_UNDEFINED = 0.05
_SMALL_STRATUM = 1000
_WEIGHTS_AT_A_TIME = 2_000_000
_FEWEST_AT_A_TIME = 32
_UNITS_AT_A_TIME = 1 << 16


def draw(table: Table, seed: int = SEED, resamples: int = RESAMPLES) -> dict[str, Array]:
    """Resample units with replacement within each stratum and sum the columns of every draw.

    Returns column → array of one sum a draw.
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    order = sorted(range(len(table.columns)), key=table.columns.__getitem__)
    columns = [table.values[column] for column in order]
    sums = np.zeros((resamples, len(order)))
    for start, stop in table.frame.slices:
        rows = [column[start:stop] for column in columns]
        if not any(column.any() for column in rows):
            continue
        is_small = stop - start <= _SMALL_STRATUM
        sums += _by_pattern(generator, rows, resamples) if is_small else _by_index(generator, rows, resamples)
    return {table.columns[column]: sums[:, at] for at, column in enumerate(order)}


def _by_pattern(generator: np.random.Generator, columns: Sequence[Column], resamples: int) -> Array:
    import numpy as np

    rows: NDArray[np.generic] = np.column_stack(columns)
    patterns, times = np.unique(rows, axis=0, return_counts=True)
    drawn: Array = generator.multinomial(len(rows), times / len(rows), size=resamples) @ patterns
    return drawn


def _by_index(generator: np.random.Generator, columns: Sequence[Column], resamples: int) -> Array:
    """Draw by index, several draws at a time, and sum block by block of units, so that memory is bounded."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    size = len(columns[0])
    at_once = min(resamples, max(_FEWEST_AT_A_TIME, _WEIGHTS_AT_A_TIME // size))
    whole = all(np.issubdtype(column.dtype, np.integer) for column in columns)
    sums: Array = np.zeros((resamples, len(columns)))
    times = np.empty((at_once, size), np.uint8)  # nothing is drawn 256 times of a thousand or more
    with threadpool_limits(1, "blas"):  # its other threads would spin while numbers are drawn
        for start in range(0, resamples, at_once):
            drawn = times[: resamples - start]
            for weights in drawn:
                weights[:] = np.bincount(generator.integers(0, size, size, dtype=np.uint32), minlength=size)
            for first in range(0, size, _UNITS_AT_A_TIME):
                here = slice(first, first + _UNITS_AT_A_TIME)
                block = [column[here] for column in columns]
                # Sums of counts are whole numbers: below 2**24 single precision holds them exactly.
                exact = whole and max(int(column.sum()) for column in block) * 4 < 1 << 24
                kind = np.float32 if exact else np.float64
                rows = np.empty((len(block[0]), len(block)), kind)
                for at, column in enumerate(block):
                    rows[:, at] = column
                sums[start : start + at_once] += drawn[:, here].astype(kind) @ rows
    return sums


def interval(draws: Array) -> tuple[float, float] | None:
    """95% percentile interval of the defined draws; None when over 5% are undefined."""
    import numpy as np

    defined = draws[~np.isnan(draws)]
    if len(defined) < len(draws) * (1 - _MOST_UNDEFINED) or not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
