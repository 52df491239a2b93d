"""The conflict layer: pairs of claims gathered into disputes, each side with all that gives the same answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from khabar.records.labels import ConflictType
from khabar.records.predictions import Annotations, Dispute, Side, StorySpan
from khabar.records.rows import Document
from khabar.systems.rules.conflicts.alike import Weights
from khabar.systems.rules.conflicts.claims import Claim, articles, claims
from khabar.systems.rules.conflicts.dating import temporal
from khabar.systems.rules.conflicts.identity import identity
from khabar.systems.rules.conflicts.pairs import Pair, Place, place
from khabar.systems.rules.conflicts.polarity import polarity
from khabar.systems.rules.conflicts.quantities import numeric

_A_DOCUMENT = 2
"""Disputes kept for each article, the surest ones."""
_WEAKER, _SAME = 0.25, 0.4
Answer = tuple[Place, str]


def disputes(story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
    """The disputes of a story, the surest first; each claim serves in one dispute of a kind at most."""
    told = [(article, claims(article)) for article in articles(documents, annotations)]
    weights = Weights([claim for _, found in told for claim in found])
    pairs = [
        *numeric(told, weights), *temporal(told, weights), *polarity(told, weights), *identity(told, weights),
    ]  # fmt: skip
    return [_dispute(story, group) for group in _grouped(pairs, weights)][: _A_DOCUMENT * len(documents)]


def _order(pair: Pair) -> tuple[float, str, list[Place]]:
    return -round(pair.confidence, 6), pair.kind, sorted((place(pair.one), place(pair.two)))


def _grouped(pairs: Iterable[Pair], weights: Weights) -> list[list[Pair]]:
    """Each group is a surest pair and those that put another claim of an equal answer in place of one of its two."""
    ordered = sorted(pairs, key=_order)
    touching: defaultdict[tuple[ConflictType, Answer], list[Pair]] = defaultdict(list)
    for pair in ordered:
        for answer in _answers(pair):
            touching[pair.kind, answer].append(pair)
    used: set[tuple[ConflictType, Place]] = set()
    groups = []
    for pair in ordered:
        if any((pair.kind, where) in used for where, _ in _answers(pair)):
            continue
        values = set(pair.values)
        near = {id(each): each for answer in _answers(pair) for each in touching[pair.kind, answer]}
        group = [
            each
            for each in near.values()
            if set(each.values) == values
            and _joins(pair, each, weights)
            and not any((each.kind, where) in used for where, _ in _answers(each))
        ]
        used |= {(each.kind, where) for each in group for where, _ in _answers(each)}
        groups.append([pair, *(each for each in group if each is not pair)])
    return groups


def _joins(seed: Pair, other: Pair, weights: Weights) -> bool:
    """Whether a pair is nearly as sure as the seed and what it brings says the same as what it replaces."""
    if other is seed or other.confidence < seed.confidence - _WEAKER:
        return other is seed
    sides = dict(zip(seed.values, (seed.one, seed.two), strict=True))
    return all(
        weights.similarity(sides[value].about, claim.about) >= _SAME
        for claim, value in zip((other.one, other.two), other.values, strict=True)
    )


def _answers(pair: Pair) -> tuple[Answer, Answer]:
    return (place(pair.one), pair.values[0]), (place(pair.two), pair.values[1])


def _dispute(story: str, group: Sequence[Pair]) -> Dispute:
    first = group[0]
    sides: dict[str, dict[Place, Claim]] = {value: {} for value in _ordered(first)}
    for pair in group:
        for claim, value in zip((pair.one, pair.two), pair.values, strict=True):
            sides[value].setdefault(place(claim), claim)
    return Dispute(
        story=story,
        type=first.kind,
        confidence=round(first.confidence, 3),
        sides=tuple(
            Side(value=value, spans=tuple(_span(claim) for claim in spans.values())) for value, spans in sides.items()
        ),
    )


def _ordered(pair: Pair) -> tuple[str, str]:
    """The two answers in the order of the story, so that it does not matter which claim was met first."""
    one, two = pair.values
    return (one, two) if (pair.one.document, pair.one.start) <= (pair.two.document, pair.two.start) else (two, one)


def _span(claim: Claim) -> StorySpan:
    return StorySpan(doc_id=claim.doc_id, start=claim.start, end=claim.end)
