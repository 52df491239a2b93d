"""Reliability of each attribute, over the rows both passes have; and of the tags of tokens, over all tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from khabar.annotations.agreement.alignment import Pair
from khabar.annotations.agreement.alpha import Reliability, reliability
from khabar.annotations.agreement.differences import WORDING, comparable, fields
from khabar.corpus.derive import quote_type
from khabar.records import Entity, Number, Quote, Row, Zones
from khabar.text.arabic import token_spans
from khabar.text.tokens import iob2, last_letter

CATEGORIES = {
    "entities": ("label", "entity_id", "scored"),
    "numbers": ("kind", "modality", "unit", "low_incl", "high_incl", "calendar", "factuality", "role", "scored"),
    "quotes": ("speaker", "source_chain", "addressee", "act", "polarity", "scored", "type"),
    "claims": ("position", "source", "stance"),
    "conflicts": ("status", "type", "subtype", "scope"),
    "registry": ("label",),
}
"""Attributes whose values are categories: those that alpha is for."""

TAGGED = ("entities", "numbers", "quotes")
"""Layers whose spans become tags of tokens."""


def attributes(pairs: Sequence[Pair], layer: str, texts: Mapping[str, str]) -> dict[str, Reliability]:
    """Attribute → reliability over the pairs of a layer. An attribute that neither row has is no item."""
    both = [(pair.a, pair.b) for pair in pairs if pair.layer == layer and pair.a is not None and pair.b is not None]
    if not both or layer == "zones":
        return {}
    found: dict[str, Reliability] = {}
    for field in fields(both[0][0]):
        if field not in WORDING.get(layer, ()):
            values = [(_value(comparable(a, field)), _value(comparable(b, field))) for a, b in both]
            found[field] = _given(values, field in CATEGORIES[layer])
    if layer == "numbers":
        found["value"] = _given([(_interval(a), _interval(b)) for a, b in both], False)
    if layer == "quotes":
        found["type"] = _given([(_type(a, texts), _type(b, texts)) for a, b in both], True)
    return found


def _given(values: Iterable[tuple[bytes | None, bytes | None]], categories: bool) -> Reliability:
    items = [pair for pair in values if pair != (None, None)]
    return reliability([a for a, _ in items], [b for _, b in items], categories=categories)


def _value(value: object) -> bytes | None:
    return None if value is None or value in ((), []) else msgspec.json.encode(value, order="sorted")


def _interval(row: Row) -> bytes | None:
    assert isinstance(row, Number)
    bounds = (row.low, row.high, row.low_incl, row.high_incl)
    return None if row.low is None and row.high is None else msgspec.json.encode(bounds)


def _type(row: Row, texts: Mapping[str, str]) -> bytes | None:
    assert isinstance(row, Quote)
    return quote_type(row.content, row.marked, texts[row.doc_id]).encode() if row.content else None


def token_tags(a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str], layer: str) -> Reliability:
    """Reliability of IOB2 tags of the outermost spans: of entities by label, of numbers by kind, of quotes content."""
    sides: tuple[list[str], list[str]] = ([], [])
    for side, rows in zip(sides, (a, b), strict=True):
        for doc_id in sorted(texts):
            side += _tags(texts[doc_id], [span for row in rows for span in _spans(row, doc_id, layer)])
    return reliability(*sides)


def zone_lines(a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str]) -> Reliability:
    """Reliability of the zones of lines, blank ones aside."""
    sides = [{row.doc_id: row.zones for row in rows if isinstance(row, Zones)} for rows in (a, b)]
    values: tuple[list[str | None], list[str | None]] = ([], [])
    for doc_id in sorted(sides[0].keys() & sides[1].keys()):
        start = 0
        for line in texts[doc_id].split("\n"):
            if line.strip():
                for side, given in zip(values, sides, strict=True):
                    side.append(next((zone.zone for zone in given[doc_id] if zone.start <= start < zone.end), None))
            start += len(line) + 1
    return reliability(*values)


def _spans(row: Row, doc_id: str, layer: str) -> list[tuple[int, int, str]]:
    if getattr(row, "doc_id", None) != doc_id or row.__struct_config__.tag != layer:
        return []
    if isinstance(row, Entity):
        return [(row.start, row.end, row.label)]
    if isinstance(row, Number):
        return [(row.start, row.end, row.kind)]
    return [(span.start, span.end, "content") for span in row.content] if isinstance(row, Quote) else []


def _tags(text: str, spans: Iterable[tuple[int, int, str]]) -> list[str]:
    places = list(token_spans(text))
    return iob2([start + last_letter(text[start:end]) for start, end in places], spans)
