"""Standoff: annotations as labelled spans (marks) and relations between them, as brat and Label Studio have them.

An entity is one mark. A number is a mark with its core and modifier linked to it, a quote one with its content as
(perhaps several) spans and cue, marked stretches and speaker mention linked to it. What else a row holds goes along as
`fields`, so that nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from khabar.formats.label_maps import LabelMap
from khabar.reading.offset_checks import why_not_there
from khabar.records import Annotations, PredictedSpan, groups_of
from khabar.text.spans import Spans

PARTS = {"core": "numbers", "modifier": "numbers", "cue": "quotes", "marked": "quotes", "speaker_mention": "quotes"}
"""Parts of rows that are marks of their own → the layer of the row. A link of that name leads from row to part."""

_SEVERAL = ("cue", "marked")
_PLACE = ("start", "end", "text", "line", "occurrence")


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
class MarkedDocument:
    """A document with marks on it. `text` is the file's own copy; `file` and `line` say where it stands."""

    doc_id: str | None
    text: str | None
    marks: tuple[Mark, ...]
    links: tuple[Link, ...] = ()
    file: str | None = None
    line: int | None = None


def marks_of(predicted: Annotations) -> tuple[tuple[Mark, ...], tuple[Link, ...]]:
    """Lay grounded annotations out as marks and links. Rows must have offsets."""
    marks: list[Mark] = []
    links: list[Link] = []

    def give(row: str, name: str, *parts: PredictedSpan | None) -> None:
        for number, part in enumerate(part for part in parts if part is not None):
            key = f"{row}.{name}{number}"
            marks.append(Mark(key, name, spans_of([part])))
            links.append(Link(name, row, key))

    for number, entity in enumerate(predicted.entities):
        marks.append(Mark(f"e{number}", entity.label, spans_of([entity]), _fields(entity, "label")))
    for number, row in enumerate(predicted.numbers):
        key = f"n{number}"
        marks.append(Mark(key, row.kind or "number", spans_of([row]), _fields(row, "kind", "core", "modifier")))
        give(key, "core", row.core)
        give(key, "modifier", row.modifier)
    for number, quote in enumerate(predicted.quotes):
        key = f"q{number}"
        # An empty list of parts says something else than null, and stays among the fields.
        parts = [name for name in ("cue", "marked", "speaker_mention") if getattr(quote, name)]
        marks.append(Mark(key, "quote", spans_of(quote.content), _fields(quote, "content", *parts)))
        give(key, "cue", *(quote.cue or ()))
        give(key, "marked", *(quote.marked or ()))
        give(key, "speaker_mention", quote.speaker_mention)
    return tuple(marks), tuple(links)


def spans_of(parts: Iterable[PredictedSpan]) -> Spans:
    """The offsets of parts; those without any are left out."""
    return tuple((part.start, part.end) for part in parts if part.start is not None and part.end is not None)


def _fields(row: msgspec.Struct, *without: str) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(row)
    return {key: value for key, value in plain.items() if key not in without and key not in _PLACE}


def top_marks(marked: MarkedDocument) -> Iterator[Mark]:
    """The marks that stand for themselves: not the parts of others."""
    parts = {link.target for link in marked.links if link.kind in PARTS}
    return (mark for mark in marked.marks if mark.key not in parts and mark.label not in PARTS)


def rows_of(marked: MarkedDocument, scheme: LabelMap, text: str) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Read marks as rows of each layer (plain objects in the prediction format), and say what they leave behind.

    Labels the scheme has no counterpart for are left out here; who calls says so.
    """
    by_key = {mark.key: mark for mark in marked.marks}
    linked = groups_of((link.source, link) for link in marked.links)
    rows: dict[str, list[dict[str, Any]]] = {"entities": [], "numbers": [], "quotes": []}
    lost: list[str] = []
    read: set[str] = set()
    for mark in top_marks(marked):
        target = scheme.target(mark.label)
        if target is None:
            continue
        read.add(mark.key)
        row = dict(mark.fields)
        if target.layer == "quotes":
            row["content"] = [_span(span, text) for span in mark.spans]
        else:
            if len(mark.spans) > 1:
                lost.append(f"gaps inside {target.layer}: the span goes from the first piece to the last")
            row |= _span((mark.spans[0][0], mark.spans[-1][1]), text)
            if target.value is not None:
                row["label" if target.layer == "entities" else "kind"] = target.value
        for link in linked.get(mark.key, ()):
            if PARTS.get(link.kind) != target.layer or link.target not in by_key:
                lost.append(f"relations {link.kind!r}")
                continue
            read.add(link.target)
            parts = [_span(span, text) for span in by_key[link.target].spans]
            if link.kind in _SEVERAL:
                row.setdefault(link.kind, []).extend(parts)
            elif link.kind in row:
                lost.append(f"a second {link.kind!r} of a row")
            else:
                row[link.kind] = {"start": parts[0]["start"], "end": parts[-1]["end"]}
        rows[target.layer].append(row)
    tops = {mark.key for mark in top_marks(marked)} & read
    lost += [f"relations {link.kind!r}" for link in marked.links if link.source not in tops]
    stray = (mark for mark in marked.marks if mark.label in PARTS and mark.key not in read)
    lost += [f"marks {mark.label!r} without their row" for mark in stray]
    return rows, lost


def _span(span: tuple[int, int], text: str) -> dict[str, Any]:
    return {"start": span[0], "end": span[1], "text": text[span[0] : span[1]]}


def span_problem(
    text: str, start: int, end: int, surface: str | None, *, exact: bool = False
) -> tuple[str, str] | None:
    """Incident id and message if `[start, end)` is no span of the text, or not one with this surface.

    White space may differ unless the surface must be `exact`.
    """
    if start < 0 or end <= start:
        return "span-empty", f"[{start}, {end})"
    here = text[start:end]
    if end > len(text):
        cause = "" if surface is None else why_not_there(text, start, end, surface)
        counted = f"; {cause}" if cause.startswith("the offsets count") else ""
        return "span-outside", f"[{start}, {end}), and the text has {len(text)} code points{counted}"
    if surface is None or here == surface or (not exact and here.split() == surface.split()):
        return None
    cause = why_not_there(text, start, end, surface)
    return "span-surface", f"the text has {here[:60]!r} where {surface[:60]!r} is given; {cause}"


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object a note holds; None if it holds something else."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
