"""The tally: a run's counts per unit, and the metrics that make figures of their sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from khabar.scoring.bootstrap import Resampled
from khabar.scoring.counting import Counts, Table, Unit
from khabar.scoring.metrics import Metric
from khabar.scoring.verdicts import Verdict


@dataclass(slots=True)
class LayerTally:
    """A layer's counts."""

    metrics: list[Metric]
    counts: Counts = field(default_factory=Counts)
    """What verdicts add up to."""
    table: Table | None = None
    resampled: list[Resampled] = field(default_factory=list)
    """Figures that are no formula over the table's sums, and are made anew on each draw."""
    set_aside: int = 0
    ungrounded: int = 0

    def add(self, verdict: Verdict, gold: Sequence[Unit], predicted: Sequence[Unit], case: Unit) -> None:
        """Add a verdict. `gold`, `predicted` and `case` are the units of its rows, its predictions and itself."""
        units = {"gold": gold, "predicted": predicted, "case": (case,)}
        for column, side, index, amount in verdict.counts():
            self.counts.add(units[side][index], column, amount)
        self.set_aside += len(verdict.headline.aside)
        self.ungrounded += verdict.ungrounded


@dataclass(frozen=True, slots=True)
class Tally:
    """A run's counts: all that figures, intervals and comparisons are arithmetic on."""

    layers: dict[str, LayerTally]
    unit: str
    corpus: str
    hash: str
