"""Percentile bootstrap over units: 95% intervals for every figure, from one set of draws.

Efron and Tibshirani 1993, ch. 13. Units with equal counts are interchangeable, so in small strata a draw is one
multinomial over the distinct rows; in large ones, where nearly all rows differ, units are drawn by index.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate
from math import exp, factorial
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
SMALL_STRATUM = 1000
"""Units up to which a stratum is drawn as one multinomial."""
BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""Says to NumPy, before it is loaded, how many threads its linear algebra is to have. Idle ones cost CPU time."""
_WEIGHTS_AT_A_TIME = 2_000_000
_FEWEST_AT_A_TIME = 32
_UNITS_AT_A_TIME = 1 << 16
_SPARE = 2.0
"""Standard deviations that Poisson weights are expected to fall short of what they have to sum to."""
_MOST_TIMES = 8
"""A Poisson weight of mean one is larger once in a million, which 16 bits do not tell from never."""


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
        is_small = stop - start <= SMALL_STRATUM
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

    size = len(columns[0])
    at_once = min(resamples, max(_FEWEST_AT_A_TIME, _WEIGHTS_AT_A_TIME // size))
    whole = all(np.issubdtype(column.dtype, np.integer) for column in columns)
    sums: Array = np.zeros((resamples, len(columns)))
    times = np.empty((at_once, size), np.uint8)
    # Sums of counts are whole numbers: below 2**24 single precision holds them exactly.
    blocks = [slice(first, first + _UNITS_AT_A_TIME) for first in range(0, size, _UNITS_AT_A_TIME)]
    exact = whole and max(int(column[block].sum()) for column in columns for block in blocks) * 4 < 1 << 24
    kind = np.float32 if exact else np.float64
    rows = np.empty((min(size, _UNITS_AT_A_TIME), len(columns)), kind)
    weights = np.empty((at_once, len(rows)), kind)
    with _one_thread():
        for start in range(0, resamples, at_once):
            drawn = times[: resamples - start]
            drawn_by_index(generator, size, drawn)
            for block in blocks:
                some = drawn[:, block]
                if start == 0 or len(blocks) > 1:
                    for at, column in enumerate(columns):
                        rows[: some.shape[1], at] = column[block]
                weights[: len(some), : some.shape[1]] = some
                sums[start : start + at_once] += weights[: len(some), : some.shape[1]] @ rows[: some.shape[1]]
    return sums


def _one_thread() -> AbstractContextManager[object]:
    """Keep linear algebra to one thread: others would spin while numbers are drawn."""
    if os.environ.get(BLAS_THREADS) == "1":
        return nullcontext()
    from threadpoolctl import threadpool_limits

    alone: AbstractContextManager[object] = threadpool_limits(1, "blas")
    return alone


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
    for at, row in enumerate(out):
        missing[at] = -1
        while missing[at] < 0:
            bits = generator.bit_generator.random_raw(words).view(np.uint16)[:size]
            np.greater_equal(bits, limits[0], out=row.view(np.bool_))
            for limit in limits[1:]:
                np.greater_equal(bits, limit, out=over)
                np.add(row, over.view(np.uint8), out=row)
            missing[at] = size - int(row.sum(dtype=np.uint32))
    drawn = generator.integers(0, size, missing.sum()) + np.repeat(np.arange(len(out)) * size, missing)
    np.add.at(out.reshape(-1), drawn, np.uint8(1))


def interval(draws: Array) -> tuple[float, float] | None:
    """95% percentile interval of the defined draws; None when over 5% are undefined."""
    import numpy as np

    defined = draws[~np.isnan(draws)]
    if len(defined) < len(draws) * (1 - _MOST_UNDEFINED) or not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
