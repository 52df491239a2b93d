"""Resampling what no sum of counts can say: how often each unit is drawn, for figures that are made anew each time.

Clusters cross documents and ranks cross disputes, so their figures are no formula over column sums. They are computed
again on each resample, in which a unit drawn twice stands there twice. Same bootstrap, same units, draws of their own.

Clusters do not cross stories, though. What their figures are quotients of adds over parts that share no story, draw by
draw, in whole numbers: a part that knows how often its own units are drawn can say its share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from khabar.scoring.bootstrap import SMALL_STRATUM, drawn_by_index
from khabar.scoring.counting import Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Draws = NDArray[np.uint8]
    """How often each unit is drawn in each draw."""
    Sums = dict[str, NDArray[np.int64]]
    """Whole numbers by name, one a draw."""

Redraw = Callable[["Draws"], Mapping[str, "Array"]]
"""From how often each unit was drawn (draws × units of the frame) to figures by name: a value a draw, NaN undefined."""

_NUMBERS_IN_SMALL_STRATA = 2_000_000
_NUMBERS_AT_A_TIME = 1 << 24


@dataclass(frozen=True, slots=True)
class Point:
    """A figure that is no formula over column sums, and the counts it was made from, if any."""

    value: float | None
    counts: dict[str, float] = field(default_factory=dict)


class Beyond(Protocol):
    """Figures beyond column sums."""

    def points(self) -> dict[str, Point]:
        """The figures."""

    def redraw(self, frame: Frame, seed: int, resamples: int) -> Mapping[str, Array]:
        """The figures on resamples of the frame's units: a value a draw, NaN undefined."""


Summary = TypeVar("Summary", bound="Adding")


class Adding(Protocol):
    """What figures are in all, without the units that have to be drawn anew; summaries of parts add."""

    def __add__(self: Summary, other: Summary) -> Summary: ...

    def points(self) -> dict[str, Point]:
        """The figures."""

    def figures(self, sums: Mapping[str, Array]) -> Mapping[str, Array]:
        """The figures on resamples, from what their parts' shares sum up to."""


class Parted(Protocol[Summary]):
    """What a part knows of figures that add."""

    @property
    def summary(self) -> Summary:
        """The figures of the part."""

    def sums(self, times: Draws, whole: Summary) -> Sums:
        """The part's share of what the figures of the `whole` are quotients of. `times` is units × draws."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """Figures for which nothing is said here or in any other part: what a part knows, and the summary of all."""

    names: tuple[str, ...]

    @property
    def summary(self) -> Undefined:
        """Itself."""
        return self

    def __add__(self, other: Undefined) -> Undefined:
        return self

    def points(self) -> dict[str, Point]:
        """No figure has a value."""
        return {name: Point(None) for name in self.names}

    def sums(self, times: Draws, whole: Undefined) -> Sums:
        """Nothing to sum."""
        return {}

    def figures(self, sums: Mapping[str, Array]) -> Mapping[str, Array]:
        """Nothing to draw."""
        return {}

    def redraw(self, frame: Frame, seed: int, resamples: int) -> Mapping[str, Array]:
        """Nothing to draw."""
        return {}


def figures_of(summary: Adding, sums: Mapping[str, NDArray[Any]]) -> dict[str, Array]:
    """Figures on resamples from what all shares sum up to, moved so that the mean of the draws is the figure's value.

    A unit drawn twice stands there twice, and its copies are linked with each other, which nobody gets wrong: draws of
    clusters lie too high. Without the move, 95% intervals of LEA held the truth 19 times in 100
    (`benchmarks/coverage.py`).
    """
    import numpy as np

    points = summary.points()
    found = dict(summary.figures({name: values.astype(float) for name, values in sums.items()}))
    for name, draws in found.items():
        value = points[name].value
        if value is not None and not np.isnan(draws).all():
            found[name] = np.clip(draws - (np.nanmean(draws) - value), 0, 1)
    return found


def redrawn(part: Parted[Summary], frame: Frame, seed: int, resamples: int) -> Mapping[str, Array]:
    """Redraw a part that is the whole."""
    import numpy as np

    summary = part.summary
    blocks = [part.sums(np.ascontiguousarray(times.T), summary) for times in times_drawn(frame, seed, resamples)]
    if not blocks:
        return {}
    joint = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return figures_of(summary, joint)


def times_drawn(frame: Frame, seed: int, resamples: int) -> Iterator[Draws]:
    """How often each unit is drawn, with replacement within its stratum: draws × units, some draws at a time."""
    import numpy as np

    generator = np.random.default_rng([seed, 2])
    are_small = all(last - first <= SMALL_STRATUM for first, last in frame.slices)
    at_once = max(1, (_NUMBERS_IN_SMALL_STRATA if are_small else _NUMBERS_AT_A_TIME) // max(1, len(frame)))
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
