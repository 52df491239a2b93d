"""Percentile bootstrap over units: 95% intervals for every figure, from one set of draws.

Efron and Tibshirani 1993, ch. 13. Units with equal counts are interchangeable, so in small strata a draw is one
multinomial over the distinct rows; in large ones, where nearly all rows differ, units are drawn by index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khabar.scoring.counting import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RESAMPLES = 1000
SEED = 0
_MOST_UNDEFINED = 0.05
_SMALL_STRATUM = 1000
_WEIGHTS_AT_A_TIME = 2_000_000


def draw(table: Table, seed: int = SEED, resamples: int = RESAMPLES) -> dict[str, Array]:
    """Resample units with replacement within each stratum and sum the columns of every draw.

    Returns column → array of one sum a draw.
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    order = sorted(range(len(table.columns)), key=table.columns.__getitem__)
    matrix = table.matrix[:, order] if order else np.zeros((len(table.frame), 0))
    sums = np.zeros((resamples, len(order)))
    for start, stop in table.frame.slices:
        rows = matrix[start:stop]
        if not rows.any():
            continue
        small = len(rows) <= _SMALL_STRATUM
        sums += _by_pattern(generator, rows, resamples) if small else _by_index(generator, rows, resamples)
    return {table.columns[column]: sums[:, at] for at, column in enumerate(order)}


def _by_pattern(generator: np.random.Generator, rows: NDArray[np.generic], resamples: int) -> Array:
    import numpy as np

    patterns, times = np.unique(rows, axis=0, return_counts=True)
    drawn: Array = generator.multinomial(len(rows), times / len(rows), size=resamples) @ patterns
    return drawn


def _by_index(generator: np.random.Generator, rows: NDArray[np.generic], resamples: int) -> Array:
    import numpy as np
    from threadpoolctl import threadpool_limits

    size = len(rows)
    at_once = min(resamples, max(1, _WEIGHTS_AT_A_TIME // size))
    # Sums of counts are whole numbers: below 2**24 single precision holds them exactly.
    exact = np.issubdtype(rows.dtype, np.integer) and int(rows.sum(axis=0).max()) * 4 < 1 << 24
    rows = rows.astype(np.float32 if exact else np.float64)
    sums = np.empty((resamples, rows.shape[1]))
    times = np.empty((at_once, size), rows.dtype)
    with threadpool_limits(1, "blas"):  # its other threads would spin while numbers are drawn
        for start in range(0, resamples, at_once):
            drawing = times[: resamples - start]
            for weights in drawing:
                weights[:] = np.bincount(generator.integers(0, size, size, dtype=np.uint32), minlength=size)
            sums[start : start + at_once] = drawing @ rows
    return sums


def interval(draws: Array) -> tuple[float, float] | None:
    """95% percentile interval of the defined draws; None when over 5% are undefined."""
    import numpy as np

    defined = draws[~np.isnan(draws)]
    if len(defined) < len(draws) * (1 - _MOST_UNDEFINED) or not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
