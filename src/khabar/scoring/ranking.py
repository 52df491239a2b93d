"""Records ranked by their confidence: average precision, of a run and of its resamples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.scoring.counting import Unit
from khabar.scoring.metrics import quotient
from khabar.scoring.redrawing import Point, times_drawn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counting import Frame
    from khabar.scoring.redrawing import Array, Draws

    Integers = NDArray[np.intp]

_NAME = "average_precision"
_NUMBERS_AT_A_TIME = 1 << 17


@dataclass(frozen=True, slots=True)
class Ranked:
    """A record as average precision sees it, and the unit it counts to."""

    unit: Unit
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Records as columns, each with the unit it counts to; `disputes` holds the unit of each hard dispute."""

    confidence: Array
    right: Array
    units: Integers
    disputes: Integers

    @classmethod
    def of(cls, ranked: Sequence[Ranked], disputes: Sequence[int], index: Mapping[Unit, int]) -> Ranking:
        """Gather records; `index` gives that of each unit."""
        import numpy as np

        return cls(
            np.array([each.confidence for each in ranked], float),
            np.array([each.right for each in ranked], float),
            np.array([index[each.unit] for each in ranked], np.intp),
            np.array(disputes, np.intp),
        )

    def points(self) -> dict[str, Point]:
        """Average precision."""
        ranked = zip(self.confidence.tolist(), self.right.astype(bool).tolist(), strict=True)
        return {_NAME: Point(average_precision(ranked, len(self.disputes)))}

    def redraw(self, frame: Frame, seed: int, resamples: int) -> dict[str, Array]:
        """Average precision of resamples."""
        import numpy as np

        found = [self.drawn(times) for times in times_drawn(frame, seed, resamples)]
        return {_NAME: np.concatenate(found)} if found else {}

    def drawn(self, times: Draws) -> Array:
        """Average precision of some draws: draws × units."""
        import numpy as np

        order = np.argsort(-self.confidence, kind="stable")
        levels = np.unique(-self.confidence[order], return_index=True)[1]
        units, right = self.units[order], self.right[order]
        total = np.zeros(len(times))
        at_once = max(1, _NUMBERS_AT_A_TIME // max(1, len(units)))
        for start in range(0, len(times) if len(units) else 0, at_once):
            draws = slice(start, start + at_once)
            seen = times[draws].take(units, axis=1).astype(float)
            found = seen * right
            if len(levels) < len(units):
                seen, found = (np.add.reduceat(each, levels, axis=1) for each in (seen, found))
            # Where nothing is seen yet nothing is found either.
            precision = found.cumsum(axis=1) / np.maximum(seen.cumsum(axis=1), 1)
            total[draws] = (found * precision).sum(axis=1)
        return quotient(total, times.take(self.disputes, axis=1).sum(axis=1))


def joined(parts: Sequence[tuple[Ranking, Integers]]) -> Ranking:
    """Put parts together, each given with the indices that its units have in the whole.

    Records of equal confidence share one rank, so the order of the parts does not matter.
    """
    import numpy as np

    return Ranking(
        np.concatenate([part.confidence for part, _ in parts]),
        np.concatenate([part.right for part, _ in parts]),
        np.concatenate([of[part.units] for part, of in parts]),
        np.concatenate([of[part.disputes] for part, of in parts]),
    )


def average_precision(ranked: Iterable[tuple[float, bool]], hard: int) -> float | None:
    """Mean over hard disputes of the precision at the rank that finds each; None without hard disputes.

    Records of equal confidence share one rank, so their order cannot matter.
    """
    if not hard:
        return None
    levels: dict[float, list[bool]] = defaultdict(list)
    for confidence, right in ranked:
        levels[confidence].append(right)
    total = seen = found = 0.0
    for confidence in sorted(levels, reverse=True):
        here = levels[confidence]
        seen += len(here)
        found += sum(here)
        total += sum(here) * found / seen
    return total / hard
