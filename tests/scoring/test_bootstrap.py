"""Drawing units: as often as chance would, in all exactly as many as there are."""

from __future__ import annotations

import numpy as np
import pytest

from khabar.scoring.bootstrap import draw, drawn_by_index
from khabar.scoring.counts import SamplingFrame, Table


@pytest.mark.parametrize("size", [1001, 1003, 4096, 30_000])
def test_a_draw_holds_as_many_units_as_there_are(size: int) -> None:
    drawn = np.empty((20, size), np.uint8)
    drawn_by_index(np.random.default_rng(1), size, drawn)
    assert (drawn.sum(axis=1, dtype=int) == size).all()


def test_units_are_drawn_as_often_as_chance_would() -> None:
    """Against the multinomial itself: how often units are drawn k times, and the variance and covariance of units."""
    size, draws = 2000, 2000
    drawn = np.empty((draws, size), np.uint8)
    drawn_by_index(np.random.default_rng(2), size, drawn)
    wanted = np.random.default_rng(3).multinomial(size, np.full(size, 1 / size), size=draws)
    ours, theirs = (np.bincount(each.ravel(), minlength=12)[:8] / each.size for each in (drawn, wanted))
    assert np.allclose(ours, theirs, atol=6e-4)
    of_unit = drawn.astype(float)
    assert of_unit.mean(axis=0).std() == pytest.approx(np.sqrt((1 - 1 / size) / draws), rel=0.1)
    assert of_unit.var(axis=0).mean() == pytest.approx(1 - 1 / size, abs=0.01)
    halves = of_unit[:, : size // 2].sum(axis=1)  # of size draws, how many fall into one half: binomial
    assert halves.var() == pytest.approx(size / 4, rel=0.15)


def test_a_large_stratum_is_drawn_with_the_spread_of_its_units() -> None:
    """The spread of a resampled sum is that of its units times the square root of their number, and counts may be large."""
    size = 5000
    columns = [np.random.default_rng(4).integers(0, most, size) for most in (2, 300, 1 << 40)]
    table = Table(SamplingFrame({"": range(size)}), ["a", "b", "c"], list(columns))
    for name, column in zip("abc", columns, strict=True):
        sums = draw(table, resamples=1000)[name]
        assert sums.mean() == pytest.approx(column.sum(), rel=0.02)
        assert sums.std() == pytest.approx(column.std() * np.sqrt(size), rel=0.1)
