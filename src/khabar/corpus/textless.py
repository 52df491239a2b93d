"""Releases of offsets and hashes: rows without what is copied from an article, and the same rows completed again.

Registry names, questions, notes, evidence and values stay: they are facts and the annotators' own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from khabar.corpus.derive import Tables
from khabar.corpus.places import Place, find, put_back, withheld
from khabar.records import CONFIGS, Document, Row, Span, TokenRow

Surface = Callable[[int, int], str]
"""The string between two offsets of a document, in code points."""


def without_text(tables: Tables) -> tuple[Tables, list[Place]]:
    """Empty every text and surface; offsets and hashes stay. The places say where what has no offsets stood."""
    texts = _texts(tables)
    places = find(tables, texts)
    return _mapped(withheld(tables, places), lambda row: _filled(row, lambda start, end: "", "")), places


def with_text(tables: Tables, places: Sequence[Place], texts: Mapping[str, str]) -> Tables:
    """Complete rows from the texts of all their documents; the inverse of `without_text`."""

    def complete(row: Row) -> Row:
        text = texts.get(getattr(row, "doc_id", ""), "")
        return _filled(row, lambda start, end: text[start:end], text)

    return put_back(_mapped(tables, complete), places, texts)


def _texts(tables: Tables) -> dict[str, str]:
    documents = (row for configs in tables.values() for row in configs["documents"] if isinstance(row, Document))
    return {row.doc_id: row.text for row in documents}


def _mapped(tables: Tables, change: Callable[[Row], Row]) -> Tables:
    return {
        split: {config: [change(row) for row in configs[config]] for config in CONFIGS}
        for split, configs in tables.items()
    }


def _filled(row: Row, surface: Surface, text: str) -> Row:
    if isinstance(row, Document):
        return msgspec.structs.replace(row, text=text)
    if isinstance(row, TokenRow):
        places = zip(row.starts, row.ends, strict=True)
        return msgspec.structs.replace(row, tokens=tuple(surface(start, end) for start, end in places))
    made: Row = _surfaced(row, surface)
    return made


def _surfaced(value: Any, surface: Surface) -> Any:
    """A value with the surface of every span in it, its own too."""
    if isinstance(value, tuple):
        return tuple(_surfaced(item, surface) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: _surfaced(getattr(value, name), surface) for name in value.__struct_fields__}
    if isinstance(value, Span) or {"start", "end", "text"} <= set(fields):
        fields["text"] = surface(fields["start"], fields["end"])
    return msgspec.structs.replace(value, **fields)
