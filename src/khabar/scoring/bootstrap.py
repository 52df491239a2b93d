"""Percentile bootstrap over units: 95% intervals for every figure, from one set of draws.

Units with equal counts are interchangeable, so a draw is one multinomial over the distinct rows of a stratum instead
of one index per unit: the same distribution at a fraction of the work (Efron and Tibshirani 1993, ch. 13, for the
percentile interval).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from khabar.scoring.counting import Counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RESAMPLES = 1000
SEED = 0
_MOST_UNDEFINED = 0.05


def draw(counts: Counts, columns: list[str], seed: int = SEED, resamples: int = RESAMPLES) -> dict[str, Array]:
    """Resample units with replacement within each stratum and sum the columns of every draw.

    Returns column → array of one sum a draw."""
    import numpy as np

    generator = np.random.default_rng(seed)
    columns = sorted(set(columns))
    sums = np.zeros((resamples, len(columns)))
    by_stratum: dict[str, Counter[tuple[float, ...]]] = {stratum: Counter() for stratum in sorted(counts.sizes)}
    for (stratum, _), row in counts.rows.items():
        by_stratum[stratum][tuple(row.get(column, 0) for column in columns)] += 1
    for stratum, patterns in by_stratum.items():
        size = counts.sizes[stratum]
        nothing = (0,) * len(columns)
        patterns[nothing] += size - patterns.total()
        rows = sorted(pattern for pattern, times in patterns.items() if times > 0)
        if not size or rows == [nothing]:
            continue
        shares = np.array([patterns[row] for row in rows], float) / size
        times = generator.multinomial(size, shares, size=resamples)
        sums += times @ np.array(rows, float)
    return {column: sums[:, at] for at, column in enumerate(columns)}


def interval(draws: Array) -> tuple[float, float] | None:
    """95% percentile interval of the defined draws; None when over 5% are undefined."""
    import numpy as np

    defined = draws[~np.isnan(draws)]
    if len(defined) < len(draws) * (1 - _MOST_UNDEFINED) or not len(defined):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
