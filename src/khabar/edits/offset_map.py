"""Offsets: where the spans of a text go when parts of it are replaced."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from khabar.records import Edit


class Replaced(NamedTuple):
    """A stretch `[start, end)` of a text that gives way to `length` code points."""

    start: int
    end: int
    length: int


class Offsets:
    """Carries spans of one text into another. What is replaced is sorted, and no two stretches overlap.

    What is inserted at the border of a span stays outside it. A span that holds a replaced stretch holds what stands
    in its place.
    """

    def __init__(self, replaced: Iterable[Replaced] = ()) -> None:
        self.replaced = sorted(replaced)
        self._starts = [stretch.start for stretch in self.replaced]
        self._ends = [stretch.end for stretch in self.replaced]
        self._shifts = [0, *accumulate(stretch.length - (stretch.end - stretch.start) for stretch in self.replaced)]

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Offsets:
        """The offsets of a text in which edits are made, all of one document."""
        return cls(Replaced(edit.start, edit.end, len(edit.new)) for edit in edits)

    def carried(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a span goes; None if a replaced stretch crosses one of its borders, or nothing is left of it."""
        first, last = bisect_right(self._ends, start), self._last(end)
        crossed = self._is_inside(first, start) or self._is_inside(last, end)
        moved = start + self._shifts[first], end + self._shifts[last]
        return None if crossed or moved[0] >= moved[1] else moved

    def snapped(self, start: int, end: int) -> tuple[int, int]:
        """Where a span goes, widened to the whole of what stands in place of a stretch that crosses its border."""
        first, last = bisect_right(self._ends, start), self._last(end)
        if self._is_inside(first, start):
            start = self._starts[first]
        new_start = start + self._shifts[first]
        if self._is_inside(last, end):
            return new_start, self._ends[last] + self._shifts[last + 1]
        return new_start, end + self._shifts[last]

    def border(self, offset: int) -> int | None:
        """Where a border between zones goes: before what is inserted at it. None if it lies inside what is replaced."""
        last = self._last(offset)
        return None if self._is_inside(last, offset) else offset + self._shifts[last]

    def touching(self, start: int, end: int) -> list[Replaced]:
        """The stretches that lie in a span or cross its borders."""
        first = bisect_right(self._ends, start)
        return [stretch for stretch in self.replaced[first : bisect_left(self._starts, end)] if stretch.start < end]

    @property
    def replacing(self) -> list[tuple[int, int]]:
        """Where what stands in place of each replaced stretch is; the place of a deleted one has no length."""
        starts = [stretch.start + shift for stretch, shift in zip(self.replaced, self._shifts, strict=False)]
        return [(start, start + stretch.length) for start, stretch in zip(starts, self.replaced, strict=True)]

    def inverse(self) -> Offsets:
        """The offsets of the way back. Stretches deleted side by side come back as one."""
        back: list[Replaced] = []
        for stretch, (start, end) in zip(self.replaced, self.replacing, strict=True):
            length = stretch.end - stretch.start
            if back and start == end and back[-1].start == back[-1].end == start:
                length += back.pop().length
            back.append(Replaced(start, end, length))
        return Offsets(back)

    def _last(self, end: int) -> int:
        """How many stretches end before a span that ends here: not what is inserted just there."""
        count = bisect_right(self._ends, end)
        return count - 1 if count and self._starts[count - 1] == end else count

    def _is_inside(self, index: int, offset: int) -> bool:
        return index < len(self.replaced) and self._starts[index] < offset < self._ends[index]
