"""Grouping: which items are put together, by gold and by a system; judged on pairs, so that names do not matter."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.scoring.formulas import f1

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grouped:
    """An item, gold's and the system's group of it (None: in none), and the index of the unit it counts to."""

    gold: Hashable | None
    predicted: Hashable | None
    unit: int


def pair_counts(items: Sequence[Grouped], times: Array) -> dict[str, Array]:
    """Count pairs put together by both (tp), by the system alone (fp), by gold alone (fn).

    `times` is draws × units: how often each item stands there. Gives one number a draw.
    """
    import numpy as np

    drawn = times[:, np.array([item.unit for item in items], np.intp)]

    def together(group: Callable[[Grouped], Hashable | None]) -> Array:
        named = [group(item) for item in items]
        numbers = {name: at for at, name in enumerate(dict.fromkeys(name for name in named if name is not None))}
        total = np.zeros(len(times))
        members: list[list[int]] = [[] for _ in numbers]
        for at, name in enumerate(named):
            if name is not None:
                members[numbers[name]].append(at)
        for each in members:
            size = drawn[:, each].sum(axis=1)
            total += size * (size - 1) / 2
        return total

    both = together(lambda item: None if None in (item.gold, item.predicted) else (item.gold, item.predicted))
    return {
        "tp": both,
        "fp": together(lambda item: item.predicted) - both,
        "fn": together(lambda item: item.gold) - both,
    }


def pair_f1(items: Sequence[Grouped], times: Array) -> Array:
    """F1 over pairs, for each draw; NaN where nobody puts anything together."""
    found = pair_counts(items, times)
    return f1(found["tp"], found["fp"], found["fn"])
