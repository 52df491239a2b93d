"""Average precision: records ranked by confidence, made anew on draws of stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.scoring.bootstrap import story_frame
from khabar.scoring.metrics import ratio
from khabar.scoring.result import Measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.bootstrap import Array, Times
    from khabar.scoring.counting import SamplingFrame

    Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A record as average precision sees it."""

    story: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Records that are right or false, ranked by their confidence, and how many disputes there are to find."""

    stories: tuple[str, ...]
    """All stories, sorted."""
    hard: Array
    """Hard disputes of each story."""
    story: Integers
    """Index of the story of each record."""
    confidence: Array
    right: Array
    """1 for each record that is right, 0 for each that is false."""

    @classmethod
    def of(cls, records: Sequence[Ranked], hard: Mapping[str, int], stories: Iterable[str]) -> Ranking:
        """Gather records; `hard` counts the hard disputes of stories."""
        import numpy as np

        names = tuple(sorted(stories))
        place = {name: at for at, name in enumerate(names)}
        return cls(
            names,
            np.array([hard.get(name, 0) for name in names], float),
            np.array([place[record.story] for record in records], np.intp),
            np.array([record.confidence for record in records], float),
            np.array([record.right for record in records], float),
        )

    @classmethod
    def merge(cls, parts: Sequence[Ranking]) -> Ranking:
        """Merge parts of a corpus. Equal confidence is one rank, so the order of parts does not matter."""
        records = [
            Ranked(part.stories[story], confidence, bool(right))
            for part in parts
            for story, confidence, right in zip(part.story.tolist(), part.confidence, part.right, strict=True)
        ]
        hard: Counter[str] = Counter()
        for part in parts:
            hard.update(dict(zip(part.stories, part.hard.astype(int).tolist(), strict=True)))
        return cls.of(records, hard, set().union(*(part.stories for part in parts)))

    @property
    def frame(self) -> SamplingFrame | None:
        """Stories, if there are enough of them to draw."""
        return story_frame(self.stories)

    def values(self) -> dict[str, Measured]:
        """Average precision."""
        ranked = zip(self.confidence.tolist(), self.right.astype(bool).tolist(), strict=True)
        return {_AVERAGE_PRECISION: Measured(average_precision(ranked, int(self.hard.sum())), None, {})}

    def resample(self, times: Times) -> dict[str, Array]:
        """Average precision on draws of stories (draws × stories): a value a draw."""
        import numpy as np

        order = np.argsort(-self.confidence, kind="stable")
        ranks = np.unique(-self.confidence[order], return_index=True)[1]
        story, right = self.story[order], self.right[order]
        total = np.zeros(len(times))
        at_once = max(1, _NUMBERS_AT_A_TIME // max(1, len(story)))
        for start in range(0, len(times) if len(story) else 0, at_once):
            draws = slice(start, start + at_once)
            seen = times[draws].take(story, axis=1).astype(float)
            found = seen * right
            if len(ranks) < len(story):
                seen, found = (np.add.reduceat(numbers, ranks, axis=1) for numbers in (seen, found))
            # Where nothing is seen yet nothing is found either.
            precision = found.cumsum(axis=1) / np.maximum(seen.cumsum(axis=1), 1)
            total[draws] = (found * precision).sum(axis=1)
        return {_AVERAGE_PRECISION: ratio(total, times @ self.hard)}


_AVERAGE_PRECISION = "average_precision"
_NUMBERS_AT_A_TIME = 1 << 17


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
