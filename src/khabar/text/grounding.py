"""Grounding: from what a prediction says (offsets or strings) to spans of the document, in canonical order."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Generic, TypeVar

from msgspec.structs import replace

from khabar.records import (
    Annotations,
    Dispute,
    Document,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSpan,
    StorySpan,
)
from khabar.records.predictions import canonical, with_sorted_lists
from khabar.text.arabic import fold
from khabar.text.search import searchable
from khabar.text.spans import Passage, Spans, normal

Item = TypeVar("Item", PredictedEntity, PredictedNumber, PredictedQuote)


@dataclass(frozen=True, slots=True)
class Grounded(Generic[Item]):
    """An item and its spans in the document (for a quote, its content); `spans` is None if it cannot be grounded."""

    item: Item
    spans: Spans | None
    altered: bool = False
    """Whether a string was found only after folding: the wording is not the outlet's to the letter."""

    @property
    def start(self) -> int:
        """Its first offset; -1 if it is not grounded."""
        return self.spans[0][0] if self.spans else -1

    @property
    def with_offsets(self) -> Item:
        """The item, no quote, with the offsets of its spans; as it is if it is not grounded."""
        return replace(self.item, start=self.spans[0][0], end=self.spans[-1][1]) if self.spans else self.item


GroundedMention = Grounded[PredictedEntity]
Place = tuple[str, int, int]
"""A span of one of a story's documents: doc_id, start, end."""


@dataclass(frozen=True, slots=True)
class GroundedDispute:
    """A predicted dispute and the places of each side's spans; None for a span that cannot be grounded."""

    dispute: Dispute
    sides: tuple[tuple[Place | None, ...], ...]

    @classmethod
    def of(cls, dispute: Dispute, documents: Mapping[str, GroundedDocument]) -> GroundedDispute:
        """Ground a dispute in a story's documents; of a document that is not among them, offsets alone count."""

        def place(span: StorySpan) -> Place | None:
            document = documents.get(span.doc_id)
            found = span_of(span, document.passage if document else Passage(span.doc_id))
            return None if found is None else (span.doc_id, *found)

        return cls(dispute, tuple(tuple(map(place, side.spans)) for side in dispute.sides))


class GroundedDocument:
    """A document and what gold or a system says of it. Each layer is grounded, and sorted, when first asked for."""

    def __init__(self, annotations: Annotations, passage: Passage | None = None) -> None:
        self.annotations = annotations
        self.passage = passage or Passage(annotations.doc_id, annotations.text, annotations.zones or ())

    @property
    def story(self) -> str:
        """The story of the document; "" where the annotations name none."""
        return self.annotations.story or ""

    @property
    def document(self) -> Document:
        """The document as a system is given it; one without a text is empty."""
        text = self.passage.text or ""
        return Document(
            doc_id=self.passage.doc_id,
            story=self.story,
            text=text,
            sha256=sha256(text.encode()).hexdigest(),
            zones=tuple(self.passage.zones),
        )

    @cached_property
    def entities(self) -> tuple[Grounded[PredictedEntity], ...]:
        """Mentions by span, then content."""
        return _grounded(self.annotations.entities, self.passage, lambda item: (item,))

    @cached_property
    def numbers(self) -> tuple[Grounded[PredictedNumber], ...]:
        """Numbers by span, then content."""
        return _grounded(self.annotations.numbers, self.passage, lambda item: (item,))

    @cached_property
    def quotes(self) -> tuple[Grounded[PredictedQuote], ...]:
        """Attributions by the spans of their content, then everything else."""
        return _grounded(self.annotations.quotes, self.passage, lambda item: item.content)

    def scored(self) -> GroundedDocument:
        """Give the document with those numbers and quotes alone that are scored."""
        document = GroundedDocument(self.annotations, self.passage)
        document.numbers = tuple(row for row in self.numbers if row.item.scored)
        document.quotes = tuple(row for row in self.quotes if row.item.scored)
        return document


def offsets_of(parts: Sequence[PredictedSpan] | None) -> Spans:
    """Give the spans of parts that have offsets, as one normal list."""
    return normal([(part.start, part.end) for part in parts or () if part.start is not None and part.end is not None])


def span_of(span: PredictedSpan, passage: Passage, turn: int = 1) -> tuple[int, int] | None:
    """Ground one span: its offsets, or match number `occurrence` (else number `turn`) of its text. None if there is no
    such match."""
    if span.start is not None and span.end is not None:
        return span.start, span.end
    matches = _matches(span, passage)
    occurrence = span.occurrence or turn
    return matches[occurrence - 1] if 0 < occurrence <= len(matches) else None


def _matches(span: PredictedSpan, passage: Passage) -> tuple[tuple[int, int], ...]:
    """Find all matches of a span's text, in its line if it names one."""
    if span.text is None or passage.text is None:
        return ()
    return searchable(passage.text).matches(span.text, span.line)


def _grounded(
    items: Sequence[Item], passage: Passage, parts_of: Callable[[Item], Sequence[PredictedSpan]]
) -> tuple[Grounded[Item], ...]:
    """Ground items and sort them by their spans, then by canonical JSON, so that no input order moves them."""
    if not items:
        return ()
    turns = _turns(items, parts_of)
    grounded: list[tuple[Spans, bytes, Grounded[Item]]] = []
    for index, item in enumerate(items):
        parts = parts_of(item)
        places = [span_of(part, passage, turns.get((index, place), 1)) for place, part in enumerate(parts)]
        spans = normal([span for span in places if span]) if all(places) else ()
        altered = any(_is_altered(part, span, passage) for part, span in zip(parts, places, strict=True) if span)
        complete = _with_parts(item, passage, spans[0][0] if spans else 0)
        grounded.append((spans, b"", Grounded(complete, spans or None, altered)))
    if len({spans for spans, _, _ in grounded}) < len(grounded):
        grounded = [(spans, _content(item), entry) for (spans, _, entry), item in zip(grounded, items, strict=True)]
    return tuple(entry for *_, entry in sorted(grounded, key=lambda entry: entry[:2]))


def _is_altered(part: PredictedSpan, span: tuple[int, int], passage: Passage) -> bool:
    """Tell whether a string differs from the text where it was found."""
    surface = passage.text[span[0] : span[1]] if passage.text else ""
    return part.start is None and bool(passage.text) and surface != (part.text or "").strip()


def _turns(items: Sequence[Item], parts_of: Callable[[Item], Sequence[PredictedSpan]]) -> dict[tuple[int, int], int]:
    """Give each string without an occurrence its number among its equals: (item, part) → 1, 2, …

    n items of equal text, after folding and in the same line, take the first n matches, in the order of the canonical
    JSON of all else that is said of them, then of their spelling.
    """
    equals: dict[tuple[str, int | None], list[tuple[bytes, str, int, int]]] = defaultdict(list)
    for index, item in enumerate(items):
        for place, part in enumerate(parts_of(item)):
            if part.start is None and part.text is not None and part.occurrence is None:
                key = fold(part.text).strip(), part.line
                equals[key].append((_content(_without_text(item, place)), part.text, place, index))
    return {
        (index, place): turn
        for same in equals.values()
        for turn, (*_, place, index) in enumerate(sorted(same), start=1)
    }


def _content(item: Item) -> bytes:
    """Give canonical JSON of an item, whatever the order of its lists."""
    return canonical(with_sorted_lists(item))


def _without_text(item: Item, place: int) -> Item:
    """Give an item without the string of one of its spans."""
    if isinstance(item, PredictedQuote):
        content = list(item.content)
        content[place] = replace(content[place], text=None)
        return replace(item, content=tuple(content))
    return replace(item, text=None)


def _with_parts(item: Item, passage: Passage, anchor: int) -> Item:
    """Ground the further parts of an item (core, cue, mention …): each takes the match nearest to the item."""

    def near(part: PredictedSpan | None) -> PredictedSpan | None:
        return None if part is None else _near(part, passage, anchor)

    def all_near(parts: tuple[PredictedSpan, ...] | None) -> tuple[PredictedSpan, ...] | None:
        return None if parts is None else tuple(_near(part, passage, anchor) for part in parts)

    if isinstance(item, PredictedNumber) and (item.core or item.modifier):
        return replace(item, core=near(item.core), modifier=near(item.modifier))
    if isinstance(item, PredictedQuote):
        alternatives = item.alternatives
        if alternatives is not None:
            alternatives = tuple(replace(reading, content=all_near(reading.content)) for reading in alternatives)
        return replace(
            item,
            cue=all_near(item.cue),
            marked=all_near(item.marked),
            speaker_mention=near(item.speaker_mention),
            alternatives=alternatives,
        )
    return item


def _near(part: PredictedSpan, passage: Passage, anchor: int) -> PredictedSpan:
    """Ground a part: match number `occurrence`, else the match nearest to `anchor`; as it was if there is none."""
    if part.start is not None:
        return part
    matches = _matches(part, passage)
    if part.occurrence is not None:
        matches = matches[part.occurrence - 1 : part.occurrence]
    if not matches:
        return part
    following = bisect_left(matches, (anchor,))
    start, end = min(matches[max(0, following - 1) : following + 1], key=lambda span: (abs(span[0] - anchor), span))
    return replace(part, start=start, end=end)
