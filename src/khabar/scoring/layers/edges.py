"""Edges of a predicted dispute: what its pairs of spans say about gold's issues, and about single relations of claims.

A relation is a pair of claims in different positions of a hard dispute. A pure record finds it if spans on different
sides meet the two, whatever the record says of sentences that gold does not cite.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

from khabar.reading.issues import Issue
from khabar.reading.limits import LONGEST_CITATION
from khabar.records import Dispute
from khabar.records.repository import DocSpan
from khabar.scoring.counts import Metric, prf, ratio
from khabar.scoring.verdicts import Count
from khabar.text.grounding import GroundedDispute, Place


@dataclass(frozen=True, slots=True)
class ClaimsMet:
    """The claims a span meets, by number; one negative number of its own if it meets none."""

    claims: frozenset[int]
    by_issue: dict[int, set[int]]
    """Issues by index, and which of the claims are theirs."""


@dataclass(frozen=True, slots=True)
class RecordEdges:
    """What the edges of a predicted record say: the issues (by index) they lie in, and the positions it reaches."""

    record: Dispute
    outcome: Literal["pure", "ignored", "false"]
    """`pure` may be assigned to a dispute, `ignored` has only contested edges, `false` is a false positive."""
    disputes: frozenset[int]
    traps: frozenset[int]
    positions: frozenset[tuple[int, int]]
    sides_of: Mapping[int, frozenset[int]]
    """Claims by number, and the sides that meet each."""
    grounded: bool
    """Whether two sides have a grounded span."""

    @property
    def confidence(self) -> float:
        """The record's confidence; 1 where it gives none."""
        return 1.0 if self.record.confidence is None else self.record.confidence


class Claims:
    """The claims of a story, numbered; finds those a span meets."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = issues
        self.position_of: list[tuple[int, int]] = []
        self._numbers: dict[tuple[int, DocSpan], set[int]] = defaultdict(set)
        self._by_document: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._longest: dict[str, int] = defaultdict(int)
        for index, issue in enumerate(issues):
            for place, position in enumerate(issue.positions):
                for claim in position:
                    number = len(self.position_of)
                    self.position_of.append((index, place))
                    self._numbers[index, claim].add(number)
                    self._by_document[claim.doc_id].append((claim.start, claim.end, number))
                    self._longest[claim.doc_id] = max(self._longest[claim.doc_id], claim.end - claim.start)
        for claims in self._by_document.values():
            claims.sort()

    def numbers(self, issue: int, spans: Iterable[DocSpan]) -> frozenset[int]:
        """The numbers of an issue's claims that stand at some spans."""
        return frozenset().union(*(self._numbers.get((issue, span), ()) for span in spans))

    def met(self, doc_id: str, start: int, end: int) -> ClaimsMet | None:
        """Claims with overlap coefficient ≥ 0.5: code points shared, over the shorter of the two. None without any."""
        if end - start > LONGEST_CITATION:
            return None
        claims = self._by_document.get(doc_id, [])
        met: dict[int, set[int]] = defaultdict(set)
        for at in range(bisect_left(claims, (start - self._longest[doc_id],)), len(claims)):
            claim_start, claim_end, number = claims[at]
            if claim_start >= end:
                break
            shared = min(end, claim_end) - max(start, claim_start)
            if shared > 0 and 2 * shared >= min(end - start, claim_end - claim_start):
                met[self.position_of[number][0]].add(number)
        return ClaimsMet(frozenset().union(*met.values()), dict(met)) if met else None

    def issues_of(self, left: ClaimsMet, right: ClaimsMet) -> Iterator[tuple[int, bool]]:
        """Issues in which a pair of distinct claims of the two ends lies, and whether in different positions of it."""
        fewer, more = sorted((left.by_issue, right.by_issue), key=len)
        for issue, claims in fewer.items():
            both = claims | more.get(issue, claims)
            if issue in more and len(both) > 1:
                yield issue, len({self.position_of[number] for number in both}) > 1


def edges_of(record: GroundedDispute, claims: Claims) -> RecordEdges:
    """Weigh a record: its edges are the pairs of spans from different sides; equal ones count once.

    It is pure if two thirds of them are valid or ignored. At a half, a sentence a side would pass for any dispute.
    """
    sides = list(_sides(record, claims))
    valid = ignored = total = 0
    disputes: set[int] = set()
    traps: set[int] = set()
    for left, right in _edges(sides):
        total += 1
        hard = contested = False
        for issue, split in claims.issues_of(left, right):
            status = claims.issues[issue].status
            if status == "contested":
                contested = True
            elif split and status == "conflict":
                hard = True
                disputes.add(issue)
            elif split and status == "apparent":
                traps.add(issue)
        valid += hard
        ignored += contested and not hard
    grounded = len(sides) >= 2
    is_pure = grounded and 3 * (valid + ignored) >= 2 * total and (valid > 0 or ignored == total)
    sides_of: dict[int, set[int]] = defaultdict(set)
    for side, cited in enumerate(sides):
        for number in {number for met in cited for number in met.claims if number >= 0}:
            sides_of[number].add(side)
    return RecordEdges(
        record.dispute,
        "false" if not is_pure else "pure" if valid else "ignored",
        frozenset(disputes),
        frozenset(traps),
        frozenset(claims.position_of[number] for number in sides_of),
        {number: frozenset(places) for number, places in sides_of.items()},
        grounded,
    )


def disputes_of_edges_between(
    record: GroundedDispute, claims: Claims, left: frozenset[int], right: frozenset[int]
) -> Iterator[frozenset[int]]:
    """Yield, of each edge that joins a claim of one group with a claim of the other, the disputes it is valid for."""
    for ends in _edges(list(_sides(record, claims))):
        if any(one.claims & left and other.claims & right for one, other in (ends, ends[::-1])):
            yield frozenset(
                issue for issue, split in claims.issues_of(*ends) if split and claims.issues[issue].status == "conflict"
            )


def _sides(record: GroundedDispute, claims: Claims) -> Iterator[Collection[ClaimsMet]]:
    """Yield what each side cites, equal spans once; a side without a grounded span is none."""
    unmet: dict[Place, int] = {}
    for side in record.sides:
        cited: dict[frozenset[int], ClaimsMet] = {}
        for place in side:
            if place is not None:
                met = claims.met(*place) or ClaimsMet(frozenset({unmet.setdefault(place, -1 - len(unmet))}), {})
                cited[met.claims] = met
        if cited:
            yield cited.values()


def _edges(sides: Sequence[Collection[ClaimsMet]]) -> Iterator[tuple[ClaimsMet, ClaimsMet]]:
    """Pairs of ends from different sides, those that meet the same pairs of claims once.

    What two ends meet is a graph on the claims of both: each is joined to every other one, except that those of the
    first end alone, if several, are not joined to each other, and those of the second neither. So all claims and these
    two parts say which pairs are met, without listing them. Two ends that meet one claim
    only are a bad edge of their own, once for each such claim.
    """
    graphs: set[tuple[object, ...]] = set()
    for one, other in combinations(sides, 2):
        for left, right in product(one, other):
            both = sorted(left.claims | right.claims)
            parts = (left.claims - right.claims, right.claims - left.claims)
            apart = sorted(sorted(part) for part in parts if len(part) > 1)
            graph = (*both, *map(tuple, apart))
            if graph not in graphs:
                graphs.add(graph)
                yield left, right


def relation_metrics() -> list[Metric]:
    """Name the figures."""
    return [
        Metric("relations.recall", ratio, ("relations.found", "relations.all")),
        Metric("relations.typing.accuracy", ratio, ("relations.typed", "relations.found")),
        *prf("relations.grouping", "grouping"),
    ]


def relation_counts(
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
