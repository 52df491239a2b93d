"""Grouping: which items are put together, by gold and by a system; judged on pairs, so that names do not matter."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from khabar.scoring.formulas import f1
from khabar.scoring.redrawing import Point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Grouped:
    """An item, gold's and the system's group of it (None: in none), and the index of the unit it counts to."""

    gold: Hashable | None
    predicted: Hashable | None
    unit: int


_UTTERANCES = "utterance"


@dataclass(frozen=True, slots=True)
class Grouping:
    """Items as columns: the unit of each, and the number of its group on both sides (-1: in none)."""

    unit: Integers
    gold: Integers
    predicted: Integers

    @classmethod
    def of(cls, items: Sequence[Grouped]) -> Grouping:
        """Number the groups. What is in none on either side plays no part."""
        import numpy as np

        items = [item for item in items if item.gold is not None or item.predicted is not None]
        sides = []
        for names in ([item.gold for item in items], [item.predicted for item in items]):
            number = {name: at for at, name in enumerate(dict.fromkeys(name for name in names if name is not None))}
            sides.append(np.array([-1 if name is None else number[name] for name in names], np.intp))
        return cls(np.array([item.unit for item in items], np.intp), *sides)

    def points(self) -> dict[str, Point]:
        """F1 over pairs that are put into one utterance, and its counts."""
        import numpy as np

        once = np.ones((1, int(self.unit.max(initial=0)) + 1))
        value = float(pair_f1(self, once)[0])
        counts: dict[str, float] = {f"{_UTTERANCES}.{part}": int(n[0]) for part, n in pair_counts(self, once).items()}
        return {f"{_UTTERANCES}.pair_f1": Point(value if value == value else None, counts)}

    def redraw(self, times: Array) -> dict[str, Array]:
        """The same on resamples."""
        return {f"{_UTTERANCES}.pair_f1": pair_f1(self, times)}

    def width(self) -> int:
        """One number an item."""
        return len(self.unit)

    def joined(self, others: Sequence[Any], units: Sequence[Integers]) -> Grouping:
        """Put parts together; no group lies in two."""
        import numpy as np

        parts: list[Grouping] = [self, *others]
        sides = []
        for side in ("gold", "predicted"):
            moved, before = [], 0
            for part in parts:
                groups = getattr(part, side)
                moved.append(np.where(groups < 0, -1, groups + before))
                before += int(groups.max(initial=-1)) + 1
            sides.append(np.concatenate(moved))
        return Grouping(np.concatenate([of[part.unit] for part, of in zip(parts, units, strict=True)]), *sides)


def pair_counts(items: Grouping, times: Array) -> dict[str, Array]:
    """Count pairs put together by both (tp), by the system alone (fp), by gold alone (fn).

    `times` is draws × units: how often each item stands there. Gives one number a draw.
    """
    import numpy as np

    def together(group: Integers) -> Array:
        order = np.argsort(group, kind="stable")
        order = order[group[order] >= 0]
        if not len(order):
            return np.zeros(len(times))
        firsts = np.flatnonzero(np.diff(group[order], prepend=-1))
        size = np.add.reduceat(times[:, items.unit[order]], firsts, axis=1)
        pairs: Array = (size * (size - 1) / 2).sum(axis=1)
        return pairs

    width = int(items.predicted.max(initial=-1)) + 1
    in_both = (items.gold >= 0) & (items.predicted >= 0)
    both = together(np.where(in_both, items.gold * width + items.predicted, -1))
    return {"tp": both, "fp": together(items.predicted) - both, "fn": together(items.gold) - both}


def pair_f1(items: Grouping, times: Array) -> Array:
    """F1 over pairs, for each draw; NaN where nobody puts anything together."""
    found = pair_counts(items, times)
    return f1(found["tp"], found["fp"], found["fn"])
