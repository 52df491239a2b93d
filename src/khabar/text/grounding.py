"""Grounding: from what a prediction says (offsets or strings) to spans of the document, in canonical order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, TypeVar

from msgspec.structs import replace

from khabar.records import (
    Annotations,
    Dispute,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSpan,
    StorySpan,
    canonical,
)
from khabar.text.arabic import fold, folded, is_word
from khabar.text.passages import Passage
from khabar.text.spans import Spans, normal

Item = TypeVar("Item", PredictedEntity, PredictedNumber, PredictedQuote)

_CLITICS = re.compile(r"[وف]?[بلكس]?")
"""Proclitics that stay outside a span: a conjunction, then a preposition or the future particle."""
_LONGEST_CLITICS = 2


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


def offsets_of(parts: Sequence[PredictedSpan] | None) -> Spans:
    """Give the spans of parts that have offsets, as one normal list."""
    return normal([(part.start, part.end) for part in parts or () if part.start is not None and part.end is not None])


def span_of(span: PredictedSpan, passage: Passage, turn: int = 1) -> tuple[int, int] | None:
    """Ground one span: its offsets, or match number `occurrence` (else number `turn`) of its text. None if there is no
    such match."""
    if span.start is not None and span.end is not None:
        return span.start, span.end
    if span.text is None or passage.text is None:
        return None
    matches = ground(passage.text, span.text)
    wanted = span.occurrence or turn
    return matches[wanted - 1] if 0 < wanted <= len(matches) else None


@lru_cache(maxsize=4096)
def ground(text: str, surface: str) -> tuple[tuple[int, int], ...]:
    """Find all matches of `surface` in `text`, left to right, comparing folded.

    A match ends at a word end and begins at a word start or after a clitic (و ف ب ل ك س). Overlapping matches all
    count. Returns half-open code-point spans of `text`, the marks on the last letter included.
    """
    needle = fold(surface.strip())
    if not needle:
        return ()
    hay = folded(text)
    spans = []
    at = hay.text.find(needle)
    while at >= 0:
        end, following = at + len(needle), at + 1
        if not _at_word_start(hay.text, at):
            # No later match in this word can begin after its clitics: go on behind it.
            while following < len(hay.text) and is_word(hay.text[following]):
                following += 1
        elif _at_word_end(hay.text, end):
            spans.append((hay.raw[at], hay.raw[end]))
        at = hay.text.find(needle, following)
    return tuple(spans)


def is_clitic_before(text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]` is a run of proclitics that opens a word and is glued to what follows."""
    opens = start == 0 or not is_word(text[start - 1])
    return opens and start < end < len(text) and is_word(text[end]) and _CLITICS.fullmatch(text, start, end) is not None


def _at_word_end(text: str, end: int) -> bool:
    return end == len(text) or not is_word(text[end]) or not is_word(text[end - 1])


def _at_word_start(text: str, start: int) -> bool:
    if start == 0 or not is_word(text[start - 1]) or not is_word(text[start]):
        return True
    word = start
    while word > 0 and start - word <= _LONGEST_CLITICS and is_word(text[word - 1]):
        word -= 1
    return _CLITICS.fullmatch(text, word, start) is not None


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
        found = [span_of(part, passage, turns.get((index, place), 1)) for place, part in enumerate(parts)]
        spans = normal([span for span in found if span]) if all(found) else ()
        altered = any(_is_altered(part, span, passage) for part, span in zip(parts, found, strict=True) if span)
        whole = _with_parts(item, passage, spans[0][0] if spans else 0)
        grounded.append((spans, b"", Grounded(whole, spans or None, altered)))
    if len({spans for spans, _, _ in grounded}) < len(grounded):
        grounded = [(spans, canonical(item), entry) for (spans, _, entry), item in zip(grounded, items, strict=True)]
    return tuple(entry for *_, entry in sorted(grounded, key=lambda entry: entry[:2]))


def _is_altered(part: PredictedSpan, span: tuple[int, int], passage: Passage) -> bool:
    """Tell whether a string differs from the text where it was found."""
    surface = passage.text[span[0] : span[1]] if passage.text else ""
    return part.start is None and bool(passage.text) and surface != (part.text or "").strip()


def _turns(items: Sequence[Item], parts_of: Callable[[Item], Sequence[PredictedSpan]]) -> dict[tuple[int, int], int]:
    """Give each string without an occurrence its number among its equals: (item, part) → 1, 2, …

    n items of equal text take the first n matches, in the order of their canonical JSON.
    """
    equals: dict[str, list[tuple[bytes, int, int]]] = defaultdict(list)
    for index, item in enumerate(items):
        for place, part in enumerate(parts_of(item)):
            if part.start is None and part.text is not None and part.occurrence is None:
                equals[fold(part.text.strip())].append((canonical(item), place, index))
    return {
        (index, place): turn for same in equals.values() for turn, (_, place, index) in enumerate(sorted(same), start=1)
    }


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
    if part.start is not None or part.text is None or passage.text is None:
        return part
    matches = ground(passage.text, part.text)
    if part.occurrence is not None:
        matches = matches[part.occurrence - 1 : part.occurrence]
    if not matches:
        return part
    following = bisect_left(matches, (anchor,))
    start, end = min(matches[max(0, following - 1) : following + 1], key=lambda span: (abs(span[0] - anchor), span))
    return replace(part, start=start, end=end)
