"""Relations between gold's claims: what a system says of them, whatever it says of sentences gold does not cite.

A relation is a pair of claims in different positions of a hard dispute. A record finds it if spans on different sides
meet the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from khabar.reading.reference import Issue
from khabar.scoring.counting import Counts
from khabar.scoring.edges import Claims, Judged
from khabar.scoring.metrics import Figure, prf, ratio


def figures() -> list[Figure]:
    """Name the figures."""
    return [
        Figure("relations.recall", ratio, ("relations.found", "relations.all")),
        Figure("relations.typing.accuracy", ratio, ("relations.typed", "relations.found")),
        *prf("relations.grouping", "grouping"),
    ]


def count(
    counts: Counts,
    story: str,
    issues: Sequence[Issue],
    claims: Claims,
    judged: Sequence[Judged],
    record_of: Mapping[int, int],
) -> None:
    """Count the relations of each hard dispute. `record_of` gives the record assigned to a dispute, by index."""
    in_dispute: dict[int, list[Judged]] = defaultdict(list)
    for record in sorted(judged, key=_sureness):
        for dispute in record.disputes:
            in_dispute[dispute].append(record)
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, (at, _) in enumerate(claims.position_of):
        numbers[at].append(number)
    for at, issue in enumerate(issues):
        if issue.status != "conflict":
            continue
        unit = (story, f"dispute {issue.issue_id}")
        pairs = list(combinations(numbers[at], 2))
        apart = {pair for pair in pairs if claims.position_of[pair[0]] != claims.position_of[pair[1]]}
        counts.add(unit, "relations.all", len(apart))
        # A relation that several records find has the type of the surest: naming every type gains nothing.
        open_still = set(apart)
        for record in in_dispute[at]:
            found = {pair for pair in open_still if _parted(pair, record)}
            counts.add(unit, "relations.found", len(found))
            counts.add(unit, "relations.typed", len(found) if record.record.type == issue.type else 0)
            open_still -= found
            if not open_still:
                break
        chosen = judged[record_of[at]] if at in record_of else None
        for pair in pairs:
            same = chosen is not None and _together(pair, chosen)
            if same or pair not in apart:
                counts.add(
                    unit, "grouping.tp" if same and pair not in apart else "grouping.fp" if same else "grouping.fn"
                )


def _sureness(record: Judged) -> float:
    return -(1.0 if record.record.confidence is None else record.record.confidence)


def _parted(pair: tuple[int, int], record: Judged) -> bool:
    """Tell whether different sides of a record meet the two claims."""
    left, right = (record.sides_of.get(claim, frozenset()) for claim in pair)
    return bool(left and right) and len(left | right) > 1


def _together(pair: tuple[int, int], record: Judged) -> bool:
    """Tell whether a record puts two claims on one side. A claim on several sides is on none."""
    left, right = (record.sides_of.get(claim, frozenset()) for claim in pair)
    return len(left) == 1 and left == right
