"""How much two claims are about the same: the weight of the roots they share, and the things they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from khabar.systems.rules.conflicts.claims import Claim


class Weights:
    """Weights of roots in a story: what stands in every second clause tells little."""

    def __init__(self, claims: Sequence[Claim]):
        count = Counter(root for claim in claims for root in claim.about)
        self._total = max(len(claims), 12)
        self._weight = {root: log(1 + self._total / number) for root, number in count.items()}

    def of(self, roots: Iterable[str]) -> float:
        """The weight of some roots together; one the story does not hold weighs as one seen once."""
        rare = log(1 + self._total)
        return sum(self._weight.get(root, rare) for root in sorted(roots))

    def covered(self, one: frozenset[str], two: frozenset[str]) -> float:
        """The share of the first's weight that stands in the second, 0 to 1."""
        whole = self.of(one)
        return self.of(one & two) / whole if whole else 0.0

    def similarity(self, one: frozenset[str], two: frozenset[str]) -> float:
        """The shared weight, in that of the lighter and in that of both, 0 to 1."""
        shared = self.of(one & two)
        least, both = min(self.of(one), self.of(two)), self.of(one | two)
        return (shared / least + shared / both) / 2 if least and both else 0.0


def apart(one: Claim, two: Claim) -> bool:
    """Whether two claims stand in other documents or in other clauses of other speakers."""
    if one.document != two.document:
        return True
    return one.start != two.start and one.speaker != two.speaker


def strangers(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether each names something that the other does not."""
    return bool(one - two) and bool(two - one)


def other_time(one: Claim, two: Claim) -> bool:
    """Whether both name a time and not the same: an as-of apart."""
    return bool(one.dates and two.dates) and not set(one.dates) & set(two.dates)
