"""Edges of a predicted dispute: what its pairs of spans say about gold's issues, and what that makes of the record."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

from khabar.records import Dispute, StorySpan
from khabar.scoring.placing import span_of
from khabar.scoring.reference import Issue, Reference

LONGEST_SPAN = 350
"""Code points beyond which a span meets no claim: whoever cites a whole page has not found the sentence."""

End = frozenset[int]
"""What a span stands for: the numbers of the claims it meets; one negative number of its own if it meets none."""
Edge = frozenset[tuple[int, int]]
"""The pairs of distinct claims two spans meet."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A predicted record: what it is, the issues (by index) its edges lie in, and the positions it reaches."""

    record: Dispute
    outcome: Literal["pure", "ignored", "false"]
    """`pure` may be assigned to a dispute, `ignored` has only contested edges, `false` is a false positive."""
    disputes: frozenset[int]
    traps: frozenset[int]
    positions: frozenset[tuple[int, int]]
    grounded: bool


class Claims:
    """The claims of a story, numbered; finds those a span meets."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = issues
        self.position_of: list[tuple[int, int]] = []
        self._by_document: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self._longest: dict[str, int] = defaultdict(int)
        for at, issue in enumerate(issues):
            for place, position in enumerate(issue.positions):
                for claim in position:
                    number = len(self.position_of)
                    self.position_of.append((at, place))
                    self._by_document[claim.doc_id].append((claim.start, claim.end, number))
                    self._longest[claim.doc_id] = max(self._longest[claim.doc_id], claim.end - claim.start)
        for claims in self._by_document.values():
            claims.sort()

    def met(self, doc_id: str, start: int, end: int) -> End:
        """Claims with overlap coefficient ≥ 0.5: code points shared, over the shorter of the two."""
        if end - start > LONGEST_SPAN:
            return frozenset()
        claims = self._by_document.get(doc_id, [])
        met = set()
        for at in range(bisect_left(claims, (start - self._longest[doc_id],)), len(claims)):
            claim_start, claim_end, number = claims[at]
            if claim_start >= end:
                break
            shared = min(end, claim_end) - max(start, claim_start)
            if shared > 0 and 2 * shared >= min(end - start, claim_end - claim_start):
                met.add(number)
        return frozenset(met)

    def issues_split(self, edge: Edge, status: str) -> set[int]:
        """Issues of a status in which some pair of the edge lies in different positions."""
        return {
            at
            for left, right in edge
            if left >= 0 and (at := self.position_of[left][0]) == self.position_of[right][0]
            if self.issues[at].status == status and self.position_of[left] != self.position_of[right]
        }

    def touches_contested(self, edge: Edge) -> bool:
        """Tell whether some pair of the edge lies in one contested issue."""
        return any(
            left >= 0
            and (at := self.position_of[left][0]) == self.position_of[right][0]
            and self.issues[at].status == "contested"
            for left, right in edge
        )


def judge(record: Dispute, claims: Claims, reference: Reference) -> Judged:
    """Weigh a record: its edges are the pairs of spans from different sides; equal ones count once."""
    unmet: dict[tuple[str, int, int], int] = {}
    sides: list[set[End]] = []
    for side in record.sides:
        ends: set[End] = set()
        for span in side.spans:
            place = _place(span, reference)
            if place is not None:
                ends.add(claims.met(*place) or frozenset({unmet.setdefault(place, -1 - len(unmet))}))
        if ends:
            sides.append(ends)
    valid = ignored = total = 0
    disputes: set[int] = set()
    traps: set[int] = set()
    for edge in _edges(sides):
        total += 1
        hard = claims.issues_split(edge, "conflict")
        valid += bool(hard)
        ignored += not hard and claims.touches_contested(edge)
        disputes |= hard
        traps |= claims.issues_split(edge, "apparent")
    grounded = len(sides) >= 2
    pure = grounded and 2 * (valid + ignored) > total and (valid > 0 or ignored == total)
    reached = frozenset(claims.position_of[number] for ends in sides for end in ends for number in end if number >= 0)
    outcome: Literal["pure", "ignored", "false"] = "false" if not pure else "pure" if valid else "ignored"
    return Judged(record, outcome, frozenset(disputes), frozenset(traps), reached, grounded)


def _place(span: StorySpan, reference: Reference) -> tuple[str, int, int] | None:
    document = reference.documents.get(span.doc_id)
    if document is not None:
        found = span_of(span, document.passage)
    else:
        found = None if span.start is None or span.end is None else (span.start, span.end)
    return None if found is None else (span.doc_id, *found)


def _edges(sides: Sequence[set[End]]) -> set[Edge]:
    edges: set[Edge] = set()
    for left, right in combinations(sides, 2):
        for first, second in product(left, right):
            edges.add(frozenset((min(a, b), max(a, b)) for a, b in product(first, second) if a != b))
    return edges
