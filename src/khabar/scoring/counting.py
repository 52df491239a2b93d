"""Counts per unit, and what they say: the one table all figures, slices, intervals and tests are arithmetic on.

A unit is what the bootstrap draws: a paragraph within its document, a document, a dispute within its story, a story.
Counts add, so tables of parts of a corpus can be summed in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Unit = tuple[str, str | int]
"""Stratum (what is drawn within) and the unit's name in it."""


@dataclass(slots=True)
class Counts:
    """Numbers per unit and column. `sizes` says how many units each stratum has, the empty ones included."""

    sizes: dict[str, int] = field(default_factory=dict)
    rows: dict[Unit, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, unit: Unit, column: str, amount: float = 1) -> None:
        """Count `amount` more in a column of a unit."""
        self.rows[unit][column] += amount

    def totals(self, columns: Iterable[str]) -> dict[str, float]:
        """Sum several columns."""
        wanted = list(dict.fromkeys(columns))
        sums = dict.fromkeys(wanted, 0.0)
        for unit in sorted(self.rows, key=str):
            row: Mapping[str, float] = self.rows[unit]
            for column in wanted:
                if column in row:
                    sums[column] += row[column]
        return {column: int(value) if value == int(value) else value for column, value in sums.items()}

    def as_unit(self, unit: Unit) -> Counts:
        """Sum everything into one unit."""
        whole = Counts({unit[0]: 1})
        for row in self.rows.values():
            for column, amount in row.items():
                whole.add(unit, column, amount)
        return whole

    def merge(self, other: Counts) -> None:
        """Add another part's counts to these."""
        for stratum, size in other.sizes.items():
            self.sizes[stratum] = self.sizes.get(stratum, 0) + size
        for unit, row in other.rows.items():
            for column, amount in row.items():
                self.rows[unit][column] += amount
