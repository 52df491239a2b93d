"""Relations between gold's claims: what a system says of them, whatever it says of sentences gold does not cite.

A relation is a pair of claims in different positions of a hard dispute. A pure record finds it if spans on different
sides meet the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from khabar.reading.issues import Issue
from khabar.scoring.layers.edges import Claims, RecordEdges
from khabar.scoring.metrics import Metric, prf, ratio
from khabar.scoring.verdicts import Count


def metrics() -> list[Metric]:
    """Name the figures."""
    return [
        Metric("relations.recall", ratio, ("relations.found", "relations.all")),
        Metric("relations.typing.accuracy", ratio, ("relations.typed", "relations.found")),
        *prf("relations.grouping", "grouping"),
    ]


def counts(
    issues: Sequence[Issue], claims: Claims, records: Sequence[RecordEdges], record_of: Mapping[int, int]
) -> Iterator[Count]:
    """Count the relations of each hard dispute. `record_of` gives the record assigned to a dispute, by index."""
    in_dispute: dict[int, list[RecordEdges]] = defaultdict(list)
    for record in sorted(records, key=lambda record: -record.confidence):
        for dispute in record.disputes if record.outcome == "pure" else ():
            in_dispute[dispute].append(record)
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, (index, _) in enumerate(claims.position_of):
        numbers[index].append(number)
    for index, issue in enumerate(issues):
        if issue.status != "conflict":
            continue
        pairs = list(combinations(numbers[index], 2))
        apart = {pair for pair in pairs if claims.position_of[pair[0]] != claims.position_of[pair[1]]}
        yield Count("relations.all", "gold", index, len(apart))
        # A relation that several records find has the type of the surest: naming every type gains nothing.
        open_still = set(apart)
        for record in in_dispute[index]:
            parted = {pair for pair in open_still if _parted(pair, record)}
            yield Count("relations.found", "gold", index, len(parted))
            yield Count("relations.typed", "gold", index, len(parted) if record.record.type == issue.type else 0)
            open_still -= parted
            if not open_still:
                break
        chosen = records[record_of[index]] if index in record_of else None
        for pair in pairs:
            same = chosen is not None and _together(pair, chosen)
            if same or pair not in apart:
                outcome = "tp" if same and pair not in apart else "fp" if same else "fn"
                yield Count(f"grouping.{outcome}", "gold", index)


def _parted(pair: tuple[int, int], record: RecordEdges) -> bool:
    """Tell whether different sides of a record meet the two claims."""
    left, right = (record.sides_of.get(claim, frozenset()) for claim in pair)
    return bool(left and right) and len(left | right) > 1


def _together(pair: tuple[int, int], record: RecordEdges) -> bool:
    """Tell whether a record puts two claims on one side. A claim on several sides is on none."""
    left, right = (record.sides_of.get(claim, frozenset()) for claim in pair)
    return len(left) == 1 and left == right
