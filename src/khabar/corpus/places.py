"""Quotations outside of spans: strings of the dataset that stand in an article, and where they stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from khabar.corpus.derive import Tables
from khabar.corpus.keys import row_key
from khabar.records import Row

QUOTING = {
    "documents": ("title",),
    "entities": ("name",),
    "numbers": ("counted",),
    "quotes": ("medium",),
    "registry": ("aliases",),
}
"""Config → columns whose strings are mostly copied from an article."""


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a withheld string stands: half-open code points of a document. `index` counts within a list column."""

    split: str
    config: str
    key: str
    column: str
    index: int = 0
    doc_id: str
    start: int
    end: int


Address = tuple[str, str, str]
"""Split, config and key of a row."""


def find(tables: Tables, texts: Mapping[str, str]) -> list[Place]:
    """Find each string of a quoting column that stands in its article (of the registry: in its story's articles).

    A string that is not there to the letter is somebody's own wording, and has no place.
    """
    return [
        place
        for split, configs in tables.items()
        for config, columns in QUOTING.items()
        for row in configs[config]
        for column in columns
        for place in _find(row, (split, config, row_key(row)), column, _near(row, configs["documents"], texts))
    ]


def _near(row: Row, documents: Sequence[Row], texts: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Where to look for what a row quotes: (document, offset, text) of its own span, its article, or its story's."""
    own = getattr(row, "doc_id", None)
    if own is not None:
        start, end = getattr(row, "start", 0), getattr(row, "end", 0)
        return [(own, start, texts[own][start:end]), (own, 0, texts[own])]
    story = row.story  # type: ignore[attr-defined]
    return [(key, 0, texts[key]) for key in (each.doc_id for each in documents if each.story == story)]  # type: ignore[attr-defined]


def _find(row: Row, address: Address, column: str, near: Sequence[tuple[str, int, str]]) -> Iterator[Place]:
    split, config, key = address
    for index, string in enumerate(_strings(getattr(row, column))):
        hits = ((doc_id, first + text.find(string)) for doc_id, first, text in near if string and string in text)
        doc_id, start = next(hits, (None, 0))
        if doc_id is not None:
            yield Place(
                split=split, config=config, key=key, column=column, index=index,
                doc_id=doc_id, start=start, end=start + len(string),
            )  # fmt: skip


def withheld(tables: Tables, places: Sequence[Place]) -> Tables:
    """Tables without the strings at these places: null, or an empty string where null is not allowed."""
    return _replaced(tables, dict.fromkeys(places))


def put_back(tables: Tables, places: Sequence[Place], texts: Mapping[str, str]) -> Tables:
    """Tables with the strings at these places."""
    return _replaced(tables, {place: texts[place.doc_id][place.start : place.end] for place in places})


def _replaced(tables: Tables, strings: Mapping[Place, str | None]) -> Tables:
    wanted: dict[Address, list[tuple[Place, str | None]]] = defaultdict(list)
    for place, string in strings.items():
        wanted[place.split, place.config, place.key].append((place, string))
    return {
        split: {
            config: [_with(row, wanted.get((split, config, row_key(row)), ())) for row in rows]
            for config, rows in configs.items()
        }
        for split, configs in tables.items()
    }


def _with(row: Row, strings: Sequence[tuple[Place, str | None]]) -> Row:
    for place, string in strings:
        value = getattr(row, place.column)
        if isinstance(value, tuple):
            value = (*value[: place.index], string or "", *value[place.index + 1 :])
        else:
            value = "" if string is None and place.column == "name" else string
        row = msgspec.structs.replace(row, **{place.column: value})
    return row


def _strings(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
