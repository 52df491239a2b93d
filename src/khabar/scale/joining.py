"""Joining: the counts of all parts laid out as the table that counting everything at once gives, bit for bit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from khabar.scale.counting import PartLayer
from khabar.scoring.bootstrap import OfStories
from khabar.scoring.counting import Counts, Frame, Table, narrow
from khabar.scoring.matching import Layer as Scored
from khabar.scoring.metrics import Figure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counting import Column

    Integers = NDArray[np.intp]


class Whole:
    """One layer of the whole, filled part by part, in any order. `units` is how many units it has."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._columns: dict[str, Column] = {}
        self._figures: dict[str, Figure] = {}
        self._resampled: list[list[OfStories]] = []
        self._set_aside = self._ungrounded = 0

    def add(self, layer: PartLayer, units: Integers) -> None:
        """Add a part; `units` gives the indices that its units have in the whole."""
        for name, values in zip(layer.columns, layer.values, strict=True):
            self._columns[name] = _added(self._columns.get(name), values, units, self._units)
        self._figures |= {figure.name: figure for figure in layer.figures}
        self._resampled.append(layer.resampled)
        self._set_aside += layer.set_aside
        self._ungrounded += layer.ungrounded

    def layer(self, frame: Frame) -> Scored:
        """The layer as it would be, had it been counted at once."""
        columns = sorted(self._columns)
        # Figures of phenomena stand at the end, by name; a part knows those of its own gold only.
        tagged = sorted(name for name in self._figures if name.startswith(_PHENOMENON))
        plain = [name for name in self._figures if not name.startswith(_PHENOMENON)]
        return Scored(
            Counts(),
            Table(frame, columns, [self._columns[name] for name in columns]),
            [self._figures[name] for name in (*plain, *tagged)],
            [type(parts[0]).joined(parts) for parts in zip(*self._resampled, strict=True)],
            set_aside=self._set_aside,
            ungrounded=self._ungrounded,
        )


_PHENOMENON = "phenomenon."


def _added(column: Column | None, values: Column, units: Integers, size: int) -> Column:
    """Add counts to a column at some units; the column widens where it has to."""
    import numpy as np

    if column is None:
        column = np.zeros(size, values.dtype)
    wide = np.int64 if np.issubdtype(values.dtype, np.integer) else np.float64
    sums = narrow(column[units].astype(np.promote_types(wide, np.int64)) + values)
    column = column.astype(np.promote_types(column.dtype, sums.dtype), copy=False)
    column[units] = sums
    return column


def positions(parts: NDArray[np.uint16], number: int) -> list[Integers]:
    """Where the documents of each part stand among all, from the part of each document in order."""
    import numpy as np

    order = np.argsort(parts, kind="stable")
    return np.split(order, np.cumsum(np.bincount(parts, minlength=number))[:-1])


def joined_conflicts(layers: Mapping[int, PartLayer]) -> Scored:
    """Join the disputes of all parts, whose units are named."""
    import numpy as np

    strata: dict[str, set[str | int]] = defaultdict(set)
    for layer in layers.values():
        for stratum, name in layer.units or ():
            strata[stratum].add(name)
    frame = Frame({stratum: sorted(names, key=str) for stratum, names in strata.items()})
    whole = Whole(len(frame))
    for _, layer in sorted(layers.items()):
        units = np.array([frame.index[unit] for unit in layer.units or ()], np.intp)
        whole.add(layer, units)
    return whole.layer(frame)


def frame_of(documents: Iterable[str]) -> Frame:
    """The documents of a gold as units."""
    names: Sequence[str | int] = sorted(documents)
    return Frame({"": names})
