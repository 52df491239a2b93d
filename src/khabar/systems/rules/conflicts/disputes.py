"""The conflict layer: the pairs of claims that contradict each other, as few and as pure as can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import log

import msgspec

from khabar.records.labels import ConflictType
from khabar.records.predictions import Annotations, Dispute, Side, StorySpan
from khabar.records.rows import Document
from khabar.systems.rules.conflicts.claims import Claim, claims
from khabar.systems.rules.conflicts.compare import comparable, numeric, polarity, temporal

_COMMON = 40
"""A stem in more clauses than this brings no candidates together; it still counts as shared."""


class _Pair(msgspec.Struct, frozen=True):
    kind: ConflictType
    confidence: float
    one: Claim
    two: Claim


def disputes(story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
    """The disputes of a story, the surest first; each claim serves in one dispute of a kind at most."""
    found = claims(documents, annotations)
    frequency = Counter(root for claim in found for root in claim.about)
    weight = {root: log(1 + len(found) / count) for root, count in frequency.items()}
    pairs = []
    for one, two in _candidates(found, frequency):
        if not comparable(one, two):
            continue
        for kind, test in (("numeric", numeric), ("temporal", temporal)):
            if confidence := test(one, two, weight):
                pairs.append(_Pair(kind, confidence, one, two))  # type: ignore[arg-type]
        for denial, claim in ((one, two), (two, one)):
            if confidence := polarity(denial, claim, weight):
                pairs.append(_Pair("polarity", confidence, denial, claim))
    pairs.sort(key=lambda pair: (-pair.confidence, pair.kind, _place(pair.one), _place(pair.two)))
    used: set[tuple[str, int, int]] = set()
    kept = []
    for pair in pairs:
        places = {_place(pair.one), _place(pair.two)}
        if not places & used:
            used |= places
            kept.append(_dispute(story, pair))
    return kept


def _candidates(found: Sequence[Claim], frequency: Counter[str]) -> Iterator[tuple[Claim, Claim]]:
    by_stem: defaultdict[str, list[int]] = defaultdict(list)
    for index, claim in enumerate(found):
        for root in claim.about:
            if frequency[root] <= _COMMON:
                by_stem[root].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for members in by_stem.values():
        for place, first in enumerate(members):
            for second in members[place + 1 :]:
                shared[first, second] += 1
    for (first, second), count in sorted(shared.items()):
        if count > 1:
            yield found[first], found[second]


def _place(claim: Claim) -> tuple[str, int, int]:
    return claim.doc_id, claim.start, claim.end


def _dispute(story: str, pair: _Pair) -> Dispute:
    sides = tuple(
        Side(value=_value(pair, claim), spans=(StorySpan(doc_id=claim.doc_id, start=claim.start, end=claim.end),))
        for claim in (pair.one, pair.two)
    )
    return Dispute(story=story, type=pair.kind, confidence=round(min(pair.confidence, 1.0), 3), sides=sides)


def _value(pair: _Pair, claim: Claim) -> str | None:
    if pair.kind == "polarity":
        return "no" if claim is pair.one else "yes"
    number = claim.number
    if number is None:
        return None
    if pair.kind == "temporal":
        return number.edtf
    low, high = str(number.low or ""), str(number.high or "")
    return low if low == high else f"{low}..{high}"
