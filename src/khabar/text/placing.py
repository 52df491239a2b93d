"""Placing: from what is said (offsets or strings) to spans of the document, in an order that no input order moves."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import msgspec

from khabar.records import Annotations, PredictedEntity, PredictedNumber, PredictedQuote, PredictedSpan
from khabar.text.arabic import fold
from khabar.text.grounding import ground
from khabar.text.passages import Passage, Spans, normal

Said = TypeVar("Said", PredictedEntity, PredictedNumber, PredictedQuote)


@dataclass(frozen=True, slots=True)
class Placed(Generic[Said]):
    """An item and its spans in the document (for a quote, its content); `spans` is None when it cannot be grounded."""

    said: Said
    spans: Spans | None
    altered: bool = False
    """Whether a string was found only after folding: the wording is not the outlet's to the letter."""

    @property
    def start(self) -> int:
        """Where it begins; -1 when it is nowhere."""
        return self.spans[0][0] if self.spans else -1


class PlacedDocument:
    """All that is said of one document, each layer grounded and put into canonical order when it is first asked for."""

    def __init__(self, said: Annotations, passage: Passage) -> None:
        self.said = said
        self.passage = passage

    @cached_property
    def entities(self) -> tuple[Placed[PredictedEntity], ...]:
        """Mentions by place, then content."""
        return _placed(self.said.entities, self.passage, lambda item: (item,))

    @cached_property
    def numbers(self) -> tuple[Placed[PredictedNumber], ...]:
        """Numbers by place, then content."""
        return _placed(self.said.numbers, self.passage, lambda item: (item,))

    @cached_property
    def quotes(self) -> tuple[Placed[PredictedQuote], ...]:
        """Attributions by place of their content, then content."""
        return _placed(self.said.quotes, self.passage, lambda item: item.content)


def canonical(item: msgspec.Struct) -> bytes:
    """Canonical JSON of a record: sorted keys, defaults left out."""
    return msgspec.json.encode(item, order="sorted")


def span_of(said: PredictedSpan, passage: Passage, turn: int = 1) -> tuple[int, int] | None:
    """Find a span: its offsets, or its text's place number `occurrence` (else number `turn`), or None."""
    if said.start is not None and said.end is not None:
        return said.start, said.end
    if said.text is None or passage.text is None:
        return None
    places = ground(passage.text, said.text)
    wanted = said.occurrence or turn
    return places[wanted - 1] if 0 < wanted <= len(places) else None


def _grounded(item: Said, passage: Passage, anchor: int) -> Said:
    """Give every further part of an item that is a string (core, cue, mention …) its offsets, nearest to the item."""
    if isinstance(item, PredictedNumber):
        if item.core is None and item.modifier is None:
            return item
        return msgspec.structs.replace(
            item, core=_near(item.core, passage, anchor), modifier=_near(item.modifier, passage, anchor)
        )
    if isinstance(item, PredictedQuote):
        readings = None
        if item.alternatives is not None:
            readings = tuple(
                msgspec.structs.replace(reading, content=_all_near(reading.content, passage, anchor))
                for reading in item.alternatives
            )
        return msgspec.structs.replace(
            item,
            cue=_all_near(item.cue, passage, anchor),
            marked=_all_near(item.marked, passage, anchor),
            speaker_mention=_near(item.speaker_mention, passage, anchor),
            alternatives=readings,
        )
    return item


def _near(said: PredictedSpan | None, passage: Passage, anchor: int) -> PredictedSpan | None:
    """Ground a part: its place number `occurrence`, else the place nearest to `anchor`; as it was if there is none."""
    if said is None or said.start is not None or said.text is None or passage.text is None:
        return said
    places = ground(passage.text, said.text)
    if said.occurrence is not None:
        places = places[said.occurrence - 1 : said.occurrence]
    if not places:
        return said
    following = bisect_left(places, (anchor,))
    start, end = min(places[max(0, following - 1) : following + 1], key=lambda place: (abs(place[0] - anchor), place))
    return msgspec.structs.replace(said, start=start, end=end)


def _all_near(
    parts: tuple[PredictedSpan, ...] | None, passage: Passage, anchor: int
) -> tuple[PredictedSpan, ...] | None:
    return None if parts is None else tuple(found for part in parts if (found := _near(part, passage, anchor)))


def _placed(
    items: Sequence[Said], passage: Passage, spans_of: Callable[[Said], Sequence[PredictedSpan]]
) -> tuple[Placed[Said], ...]:
    if not items:
        return ()
    turns = _turns(items, spans_of)
    placed: list[tuple[Spans, Placed[Said]]] = []
    for at, item in enumerate(items):
        parts = spans_of(item)
        found = [span_of(said, passage, turns.get((at, part), 1)) for part, said in enumerate(parts)]
        spans = normal([span for span in found if span]) if all(found) else ()
        altered = any(
            said.start is None
            and span
            and passage.text
            and passage.text[span[0] : span[1]] != (said.text or "").strip()
            for said, span in zip(parts, found, strict=True)
        )
        anchor = spans[0][0] if spans else 0
        placed.append((spans, Placed(_grounded(item, passage, anchor), spans or None, bool(altered))))
    if len({spans for spans, _ in placed}) == len(placed):
        placed.sort(key=lambda entry: entry[0])
        return tuple(entry[1] for entry in placed)
    content = {id(entry): canonical(item) for entry, item in zip(placed, items, strict=True)}
    return tuple(entry[1] for entry in sorted(placed, key=lambda entry: (entry[0], content[id(entry)])))


def _turns(items: Sequence[Said], spans_of: Callable[[Said], Sequence[PredictedSpan]]) -> dict[tuple[int, int], int]:
    """Say for each string without an occurrence the how-maniest of its equals it is: (item, part) → 1, 2, …

    n items of equal text take the first n places, in the order of their canonical JSON.
    """
    equals: dict[str, list[tuple[bytes, int, int]]] = defaultdict(list)
    for at, item in enumerate(items):
        for part, said in enumerate(spans_of(item)):
            if said.start is None and said.text is not None and said.occurrence is None:
                equals[fold(said.text.strip())].append((canonical(item), at, part))
    return {
        (at, part): turn
        for same in equals.values()
        for turn, (_, at, part) in enumerate(sorted(same, key=lambda entry: (entry[0], entry[2], entry[1])), start=1)
    }
