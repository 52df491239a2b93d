"""Resampling what no sum of counts can say: how often each unit is drawn, for figures that are made anew each time.

Clusters cross documents and ranks cross disputes, so their figures are no formula over column sums. They are computed
again on each resample, in which a unit drawn twice stands there twice. Same bootstrap, same units, draws of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from khabar.scoring.counting import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]

Redraw = Callable[["Array"], Mapping[str, "Array"]]
"""From how often each unit was drawn (draws × units of the frame) to figures by name: a value a draw, NaN undefined."""

_NUMBERS_AT_A_TIME = 2_000_000


@dataclass(frozen=True, slots=True)
class Point:
    """A figure that is no formula over column sums, and the counts it was made from, if any."""

    value: float | None
    counts: dict[str, float] = field(default_factory=dict)


class Beyond(Protocol):
    """What figures beyond column sums are made of. Like counts, it adds: those of parts join into that of the whole."""

    def points(self) -> dict[str, Point]:
        """The figures."""

    def redraw(self, times: Array) -> Mapping[str, Array]:
        """The figures on resamples; see `Redraw`."""

    def width(self) -> int:
        """How many numbers a single draw is made of, so that memory stays bounded."""

    def joined(self, others: Sequence[Beyond], units: Sequence[Integers]) -> Beyond:
        """Join with those of other parts. `units` gives for each part the indices its units have in the whole."""


def redrawn(beyond: Beyond, times: Array) -> Iterator[Mapping[str, Array]]:
    """Redraw, as many draws at a time as fit."""
    at_once = max(1, _NUMBERS_AT_A_TIME // max(1, beyond.width()))
    for start in range(0, len(times), at_once):
        yield beyond.redraw(times[start : start + at_once])


def times_drawn(frame: Frame, seed: int, resamples: int) -> Iterator[Array]:
    """How often each unit is drawn, with replacement within its stratum: draws × units, some draws at a time."""
    import numpy as np

    generator = np.random.default_rng([seed, 2])
    at_once = max(1, _NUMBERS_AT_A_TIME // max(1, len(frame)))
    for start in range(0, resamples, at_once):
        times = np.zeros((min(at_once, resamples - start), len(frame)))
        for first, last in frame.slices:
            size = last - first
            times[:, first:last] = generator.multinomial(size, np.full(size, 1 / size), size=len(times))
        yield times
