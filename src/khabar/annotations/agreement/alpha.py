"""Krippendorff's alpha between two annotators (nominal), where both judge the same fixed items."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often two annotators give one item the same value. `share` is null without items; `alpha` also where all
    values are the same, so that chance would agree as well, and where values are no categories."""

    n: int
    agreed: int
    share: float | None
    alpha: float | None

    def to_dict(self) -> dict[str, float | int | None]:
        """Plain JSON form."""
        return asdict(self)


def reliability(a: Sequence[Hashable], b: Sequence[Hashable], *, categories: bool = True) -> Reliability:
    """Compare two annotators' values item by item; None is a value like others.

    Alpha is 1 − observed / expected disagreement (Krippendorff 2004), as the `krippendorff` package computes it. It
    is for values that are categories: spans and texts, of which every item has its own, have a share only.
    """
    n, agreed = len(a), sum(x == y for x, y in zip(a, b, strict=True))
    codes = {value: at for at, value in enumerate(dict.fromkeys((*a, *b)))}
    if len(codes) < 2 or not categories:
        return Reliability(n, agreed, agreed / n if n else None, None)
    import krippendorff

    data = [[codes[value] for value in side] for side in (a, b)]
    alpha = float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
    return Reliability(n, agreed, agreed / n, alpha)
