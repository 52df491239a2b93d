"""Records ranked by their confidence: average precision, of a run and of its resamples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from khabar.scoring.counting import Unit
from khabar.scoring.formulas import quotient
from khabar.scoring.redrawing import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]

_NAME = "average_precision"


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

    def redraw(self, times: Array) -> dict[str, Array]:
        """Average precision of resamples."""
        import numpy as np

        hard = times[:, self.disputes].sum(axis=1)
        if not len(self.units):
            return {_NAME: quotient(np.zeros(len(times)), hard)}
        order = np.argsort(-self.confidence, kind="stable")
        levels = np.unique(-self.confidence[order], return_index=True)[1]
        drawn = times[:, self.units[order]]
        right = drawn * self.right[order]
        seen, found = (np.add.reduceat(each, levels, axis=1) for each in (drawn, right))
        precision = np.nan_to_num(quotient(found.cumsum(axis=1), seen.cumsum(axis=1)))
        return {_NAME: quotient((found * precision).sum(axis=1), hard)}

    def width(self) -> int:
        """One number a record and dispute."""
        return len(self.units) + len(self.disputes)

    def joined(self, others: Sequence[Any], units: Sequence[Integers]) -> Ranking:
        """Put parts together. Records of equal confidence share one rank, so the order of the parts does not matter."""
        import numpy as np

        parts: list[Ranking] = [self, *others]
        return Ranking(
            np.concatenate([part.confidence for part in parts]),
            np.concatenate([part.right for part in parts]),
            np.concatenate([of[part.units] for part, of in zip(parts, units, strict=True)]),
            np.concatenate([of[part.disputes] for part, of in zip(parts, units, strict=True)]),
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
