"""What the headline's pairing leaves over: missed rows and false predictions that overlap are one error, not two."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from khabar.scoring.assignment import Pair, assign


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Missed rows and false predictions by index: those that belong together, and those that stand alone."""

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]


def pair_up(missed: Collection[int], false: Collection[int], likeness: Iterable[Pair]) -> Leftovers:
    """Assign false predictions to missed rows one to one, for the largest sum of `likeness`; ties go by index."""
    rows, guesses = set(missed), set(false)
    pairs = assign(pair for pair in likeness if pair[0] in rows and pair[1] in guesses)
    found, used = {at for at, _ in pairs}, {guess for _, guess in pairs}
    return Leftovers(tuple(pairs), tuple(sorted(rows - found)), tuple(sorted(guesses - used)))


def permille(iou: tuple[int, int]) -> int:
    """An intersection over union in thousandths, and one more, so that any overlap weighs something."""
    shared, union = iou
    return 1 + (1000 * shared // union if union else 0)
