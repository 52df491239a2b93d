"""Marks and links: annotations as labelled spans with relations between them, which is what brat and Label Studio know.

An entity is one mark. A number is a mark with its core and modifier linked to it, a quote one with its content as
(perhaps several) spans and cue, marked stretches and speaker mention linked to it. What else a row holds goes along as
`fields`, so that nothing of it is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from khabar.formats.labels import LabelMap
from khabar.records import Annotations, PredictedQuote, PredictedSpan

Spans = tuple[tuple[int, int], ...]

PARTS = {"core": "numbers", "modifier": "numbers", "cue": "quotes", "marked": "quotes", "speaker_mention": "quotes"}
"""Parts of rows that are marks of their own → the layer of the row. A link of that name leads from row to part."""

_SEVERAL = ("cue", "marked")
_PLACE = ("start", "end", "text", "occurrence")


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled stretch of a text, in one or more half-open spans of code points."""

    key: str
    label: str
    spans: Spans
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A relation of a kind from one mark to another, by their keys."""

    kind: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A document with marks on it. `text` is the file's own copy; `file` and `line` say where it stands."""

    doc_id: str | None
    text: str | None
    marks: tuple[Mark, ...]
    links: tuple[Link, ...] = ()
    file: str | None = None
    line: int | None = None


def marks_of(said: Annotations) -> tuple[tuple[Mark, ...], tuple[Link, ...]]:
    """Lay grounded annotations out as marks and links. Rows must have offsets."""
    marks: list[Mark] = []
    links: list[Link] = []

    def part(row: str, name: str, parts: Iterable[PredictedSpan]) -> None:
        for at, each in enumerate(parts):
            key = f"{row}.{name}{at}"
            marks.append(Mark(key, name, spans_of([each])))
            links.append(Link(name, row, key))

    for at, entity in enumerate(said.entities):
        marks.append(Mark(f"e{at}", entity.label, spans_of([entity]), _fields(entity, "label")))
    for at, number in enumerate(said.numbers):
        row = f"n{at}"
        fields = _fields(number, "kind", "core", "modifier")
        marks.append(Mark(row, number.kind or "number", spans_of([number]), fields))
        part(row, "core", [number.core] if number.core else [])
        part(row, "modifier", [number.modifier] if number.modifier else [])
    for at, quote in enumerate(said.quotes):
        row = f"q{at}"
        marks.append(Mark(row, "quote", spans_of(quote.content), _fields(quote, "content", *_quote_parts(quote))))
        part(row, "cue", quote.cue or ())
        part(row, "marked", quote.marked or ())
        part(row, "speaker_mention", [quote.speaker_mention] if quote.speaker_mention else [])
    return tuple(marks), tuple(links)


def spans_of(parts: Iterable[PredictedSpan]) -> Spans:
    """The offsets of parts; those without any are left out."""
    return tuple((part.start, part.end) for part in parts if part.start is not None and part.end is not None)


def _quote_parts(quote: PredictedQuote) -> tuple[str, ...]:
    """The parts of a quote that become marks: an empty list stays among the fields."""
    return tuple(name for name in ("cue", "marked", "speaker_mention") if getattr(quote, name))


def _fields(row: msgspec.Struct, *without: str) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(row)
    return {key: value for key, value in plain.items() if key not in without and key not in _PLACE}


def top_marks(marked: Marked) -> Iterator[Mark]:
    """The marks that stand for themselves: not the parts of others."""
    parts = {link.target for link in marked.links if link.kind in PARTS}
    return (mark for mark in marked.marks if mark.key not in parts and mark.label not in PARTS)


def rows_of(marked: Marked, scheme: LabelMap, text: str) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Read marks as rows of each layer (plain objects in the prediction format), and say what they leave behind.

    Labels the scheme has no counterpart for are left out here; who calls says so.
    """
    by_key = {mark.key: mark for mark in marked.marks}
    linked: dict[str, list[Link]] = defaultdict(list)
    for link in marked.links:
        linked[link.source].append(link)
    rows: dict[str, list[dict[str, Any]]] = {"entities": [], "numbers": [], "quotes": []}
    left: list[str] = []
    used: set[str] = set()
    for mark in top_marks(marked):
        target = scheme.target(mark.label)
        if target is None:
            continue
        row = dict(mark.fields)
        if target.layer == "quotes":
            row["content"] = [_span(span, text) for span in mark.spans]
        else:
            if len(mark.spans) > 1:
                left.append(f"gaps inside {target.layer}: the span goes from the first piece to the last")
            row |= _span((mark.spans[0][0], mark.spans[-1][1]), text)
            if target.value is not None:
                row["label" if target.layer == "entities" else "kind"] = target.value
        for link in linked[mark.key]:
            if PARTS.get(link.kind) != target.layer or link.target not in by_key:
                left.append(f"relations {link.kind!r}")
                continue
            used.add(link.target)
            parts = [_span(span, text) for span in by_key[link.target].spans]
            if link.kind in _SEVERAL:
                row.setdefault(link.kind, []).extend(parts)
            elif link.kind in row:
                left.append(f"a second {link.kind!r} of a row")
            else:
                row[link.kind] = {"start": parts[0]["start"], "end": parts[-1]["end"]}
        rows[target.layer].append(row)
    rowed = {mark.key for mark in top_marks(marked) if scheme.target(mark.label) is not None}
    left += [f"relations {link.kind!r}" for link in marked.links if link.source not in rowed]
    left += [f"marks {mark.label!r} without their row" for mark in marked.marks if _stray(mark, used)]
    return rows, left


def _stray(mark: Mark, used: set[str]) -> bool:
    return mark.label in PARTS and mark.key not in used


def _span(span: tuple[int, int], text: str) -> dict[str, Any]:
    return {"start": span[0], "end": span[1], "text": text[span[0] : span[1]]}
