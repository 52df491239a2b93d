"""Pairs of rows: which row of one pass speaks of the same place as which row of the other, one to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from khabar.records import Claim, Entity, Number, Quote, Row, Span
from khabar.scoring.assignment import assign, lexicographic
from khabar.text.passages import Passage
from khabar.text.spans import Spans, normal, overlapping

Placed = TypeVar("Placed", Entity, Number, Quote, Claim)
Rank = Callable[[Placed, Placed], tuple[int, ...]]
"""How well two rows that overlap fit, beside their overlap: the more, the better."""


def spans_of(row: Entity | Number | Quote | Claim) -> Spans:
    """Where a row stands: its span; of a quote its content, or, where that is empty, its cue."""
    if isinstance(row, Quote):
        return _normal(row.content or row.cue)
    return ((row.start, row.end),)


def entity_pairs(a: Sequence[Entity], b: Sequence[Entity], passages: Mapping[str, Passage]) -> list[tuple[int, int]]:
    """Mentions whose letters overlap by half or more (IoU); the same span first, then the same label and key."""
    return _pairs(a, b, passages, _half, lambda x, y: (x.label == y.label, x.entity_id == y.entity_id))


def number_pairs(a: Sequence[Number], b: Sequence[Number], passages: Mapping[str, Passage]) -> list[tuple[int, int]]:
    """Numbers whose mentions overlap by half, or that have the same core."""

    def fit(passage: Passage, x: Number, y: Number) -> bool:
        return x.core == y.core or _half(passage, x, y)

    return _pairs(a, b, passages, fit, lambda x, y: (x.core == y.core, x.kind == y.kind))


def quote_pairs(a: Sequence[Quote], b: Sequence[Quote], passages: Mapping[str, Passage]) -> list[tuple[int, int]]:
    """Attributions whose contents overlap by half, or that overlap at all under the same cue."""

    def fit(passage: Passage, x: Quote, y: Quote) -> bool:
        return bool(x.cue and _normal(x.cue) == _normal(y.cue)) or _half(passage, x, y)

    return _pairs(a, b, passages, fit, lambda x, y: (_normal(x.cue) == _normal(y.cue), x.speaker == y.speaker))


def claim_pairs(a: Sequence[Claim], b: Sequence[Claim], passages: Mapping[str, Passage]) -> list[tuple[int, int]]:
    """Claims where at least half of the shorter one lies in the other, as disputes are scored."""

    def fit(passage: Passage, x: Claim, y: Claim) -> bool:
        left, right = spans_of(x), spans_of(y)
        return 2 * passage.shared(left, right) >= min(passage.letters(left), passage.letters(right))

    return _pairs(a, b, passages, fit, lambda x, y: (x.source == y.source, x.value == y.value))


def _half(passage: Passage, x: Placed, y: Placed) -> bool:
    shared, union = passage.iou(spans_of(x), spans_of(y))
    return 2 * shared >= union


def _pairs(
    a: Sequence[Placed],
    b: Sequence[Placed],
    passages: Mapping[str, Passage],
    fit: Callable[[Passage, Placed, Placed], bool],
    rank: Rank[Placed],
) -> list[tuple[int, int]]:
    """The best one-to-one choice among rows that fit: most equal spans, then most of `rank`, then most overlap."""
    edges = []
    there = _by_document(b)
    for doc_id, rows in _by_document(a).items():
        passage, others = passages[doc_id], there.get(doc_id, [])
        for left, right in overlapping([spans_of(a[at]) for at in rows], [spans_of(b[at]) for at in others]):
            x, y = a[rows[left]], b[others[right]]
            if fit(passage, x, y):
                shared, union = passage.iou(spans_of(x), spans_of(y))
                equal = spans_of(x) == spans_of(y)
                weight = lexicographic(equal, *rank(x, y), 1000 * shared // max(union, 1) + 1, base=1 << 18)
                edges.append((rows[left], others[right], weight))
    return assign(edges)


def _by_document(rows: Sequence[Placed]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        found[row.doc_id].append(at)
    return found


def _normal(spans: Sequence[Span]) -> Spans:
    return normal((span.start, span.end) for span in spans)


def row_id(row: Row) -> str:
    """The id a row has of its own: that of the row, the issue, the entity, or the document."""
    for name in ("id", "issue_id", "entity_id", "doc_id"):
        if (found := getattr(row, name, None)) is not None:
            return str(found)
    raise TypeError(f"{type(row).__name__} has no id")  # no annotated row is without one
