"""Counts per unit: the one table all figures, slices, intervals and tests are arithmetic on.

A unit is what the bootstrap draws: a paragraph within its document, a document, a dispute within its story, a story.
Counts add, so tables of parts of a corpus can be summed in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.generic]

Unit = tuple[str, str | int]
"""Stratum (what is drawn within) and the unit's name in it."""


class Frame:
    """All units of a run in order, those without counts included: strata one after the other, units within them."""

    def __init__(self, strata: Mapping[str, Sequence[str | int]]) -> None:
        self.strata = {name: strata[name] for name in sorted(strata)}

    def __len__(self) -> int:
        return sum(map(len, self.strata.values()))

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Index of the first unit of each stratum."""
        found, at = {}, 0
        for name, units in self.strata.items():
            found[name] = at
            at += len(units)
        return found

    @cached_property
    def index(self) -> dict[Unit, int]:
        """Index of each unit."""
        units = ((name, unit) for name, names in self.strata.items() for unit in names)
        return {unit: at for at, unit in enumerate(units)}

    @property
    def slices(self) -> list[tuple[int, int]]:
        """First and last index (exclusive) of each stratum."""
        return [(self.offsets[name], self.offsets[name] + len(units)) for name, units in self.strata.items()]


@dataclass(slots=True)
class Counts:
    """Numbers per unit and column, gathered one by one."""

    rows: dict[Unit, dict[str, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, unit: Unit, column: str, amount: float = 1) -> None:
        """Count `amount` more in a column of a unit."""
        self.rows[unit][column] += amount

    def as_unit(self, unit: Unit) -> Counts:
        """Sum everything into one unit."""
        whole = Counts()
        for row in self.rows.values():
            for column, amount in row.items():
                whole.add(unit, column, amount)
        return whole

    def merge(self, other: Counts) -> None:
        """Add another part's counts to these."""
        for unit, row in other.rows.items():
            for column, amount in row.items():
                self.rows[unit][column] += amount

    def frame(self) -> Frame:
        """The units that have counts, as a frame of their own."""
        strata: dict[str, list[str | int]] = defaultdict(list)
        for stratum, name in sorted(self.rows, key=lambda unit: (unit[0], str(unit[1]))):
            strata[stratum].append(name)
        return Frame(strata)

    def table(self, frame: Frame) -> Table:
        """Lay the counts out over a frame that has all their units."""
        import numpy as np

        columns = sorted({column for row in self.rows.values() for column in row})
        place = {column: at for at, column in enumerate(columns)}
        matrix = np.zeros((len(frame), len(columns)))
        for unit, row in self.rows.items():
            for column, amount in row.items():
                matrix[frame.index[unit], place[column]] += amount
        return Table(frame, columns, matrix)


@dataclass(frozen=True, slots=True)
class Table:
    """Counts laid out: one row a unit of the frame, one column a name. A column that is not there is all zero."""

    frame: Frame
    columns: list[str]
    matrix: Matrix

    def totals(self) -> dict[str, float]:
        """Column sums: integers where they are whole."""
        sums = self.matrix.sum(axis=0).tolist()
        return {c: int(v) if v == int(v) else v for c, v in zip(self.columns, sums, strict=True)}

    def beside(self, prefix: str, other: Table | None) -> Table:
        """Rename the columns with a prefix and put them beside another table of the same frame."""
        import numpy as np

        named = [prefix + column for column in self.columns]
        if other is None:
            return Table(self.frame, named, self.matrix)
        return Table(self.frame, [*other.columns, *named], np.hstack([other.matrix, self.matrix]))
