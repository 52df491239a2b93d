"""Grouping: which items are put together, by gold and by a system; judged on pairs, so that names do not matter."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from khabar.scoring.members import Members, kind_for
from khabar.scoring.metrics import f1, quotient
from khabar.scoring.redrawing import Point, redrawn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counting import Frame
    from khabar.scoring.redrawing import Array, Draws, Sums


@dataclass(frozen=True, slots=True)
class Grouped:
    """An item, gold's and the system's group of it (None: in none), and the index of the unit it counts to."""

    gold: Hashable | None
    predicted: Hashable | None
    unit: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs put together by both (tp), by the system alone (fp), by gold alone (fn). Those of parts add."""

    tp: int
    fp: int
    fn: int

    def __add__(self, other: Pairs) -> Pairs:
        """Put two parts together; no group lies in both."""
        return Pairs(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    def points(self) -> dict[str, Point]:
        """F1 over pairs that are put into one utterance, and its counts."""
        counts: dict[str, float] = {"utterance.tp": self.tp, "utterance.fp": self.fp, "utterance.fn": self.fn}
        value = float(quotient(2 * self.tp, 2 * self.tp + self.fp + self.fn))
        return {_NAME: Point(value if value == value else None, counts)}

    def figures(self, sums: Mapping[str, Array]) -> dict[str, Array]:
        """The same on resamples; NaN where nobody puts anything together."""
        return {_NAME: f1(*(sums[each] for each in ("tp", "fp", "fn")))}


_NAME = "utterance.pair_f1"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The items of each group, as units: of gold's groups, of the system's, and of what both put together."""

    gold: Members
    predicted: Members
    both: Members

    @classmethod
    def of(cls, items: Sequence[Grouped]) -> Grouping:
        """Gather the groups. What is in none on either side plays no part."""
        import numpy as np

        unit = np.array([item.unit for item in items], np.int32)
        sides: list[list[Hashable | None]] = [
            [item.gold for item in items],
            [item.predicted for item in items],
            [None if item.gold is None or item.predicted is None else (item.gold, item.predicted) for item in items],
        ]
        return cls(*(Members.of(_numbers(names), unit) for names in sides))

    @property
    def summary(self) -> Pairs:
        """The pairs of the items themselves."""
        gold, predicted, both = (int(_pairs(each.sizes)) for each in (self.gold, self.predicted, self.both))
        return Pairs(both, predicted - both, gold - both)

    def points(self) -> dict[str, Point]:
        """F1 over pairs, and its counts."""
        return self.summary.points()

    def sums(self, times: Draws, whole: Pairs) -> Sums:
        """Pairs of each kind, for each draw; `times` is units × draws."""
        both = _pairs_drawn(self.both, times)
        return {
            "tp": both,
            "fp": _pairs_drawn(self.predicted, times) - both,
            "fn": _pairs_drawn(self.gold, times) - both,
        }

    def redraw(self, frame: Frame, seed: int, resamples: int) -> Mapping[str, Array]:
        """The figure on resamples."""
        return redrawn(self, frame, seed, resamples)


def _numbers(names: Sequence[Hashable | None]) -> NDArray[np.int32]:
    import numpy as np

    number = {name: at for at, name in enumerate(dict.fromkeys(name for name in names if name is not None))}
    return np.array([-1 if name is None else number[name] for name in names], np.int32)


def _pairs_drawn(groups: Members, times: Draws) -> NDArray[np.int64]:
    import numpy as np

    found = np.zeros(times.shape[1], np.int64)
    kind = kind_for(groups.most * int(times.max(initial=0)))
    for some in groups.some():
        found += _pairs(some.sums(times, kind))
    return found


def _pairs(sizes: NDArray[Any]) -> NDArray[np.int64]:
    """How many pairs there are in groups; groups are the rows."""
    import numpy as np

    pairs: NDArray[np.int64] = np.add.reduce(sizes * (sizes - 1), axis=0, dtype=np.int64) // 2
    return pairs
