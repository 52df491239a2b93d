"""Releases of offsets and hashes: rows without what is copied from an article, and the same rows completed again.

Registry names, questions, notes, evidence and values stay: they are facts and the annotators' own words. Where a string
that has no offsets of its own was copied from, a `WithheldString` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from khabar.corpus.tables import Tables
from khabar.reading.incidents import InputError
from khabar.records import CONFIGS, Document, Row, TokenRow, only
from khabar.records.repository import PLACES
from khabar.records.rows import each_span

QUOTING = {
    "documents": ("title",),
    "entities": ("name",),
    "numbers": ("counted",),
    "quotes": ("medium",),
    "registry": ("aliases",),
}
"""Config → columns whose strings are mostly copied from an article."""


class WithheldString(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
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
Surface = Callable[[int, int], str]
"""The string between two offsets of a document, in code points."""


def without_text(
    tables: Tables, splits: Collection[str] | None = None, kept_words: int = 0
) -> tuple[Tables, list[WithheldString]]:
    """Empty every text and surface of some splits (None: of all); offsets and hashes stay.

    The places say where what has no offsets stood. With `kept_words`, strings of so many words stay (but no title), and
    so does what the registry names.
    """
    chosen = {split: configs for split, configs in tables.items() if splits is None or split in splits}
    documents = (row for configs in chosen.values() for row in only(configs["documents"], Document))
    texts = {row.doc_id: row.text for row in documents}
    places = [place for place in _places(chosen, texts) if not _is_kept(place, texts, kept_words)]
    emptied = _mapped(without_strings(chosen, places), lambda row: _filled(row, lambda start, end: "", ""))
    return {**tables, **emptied}, places


def with_text(tables: Tables, places: Sequence[WithheldString], texts: Mapping[str, str]) -> Tables:
    """Complete the rows of the documents that have a text here; the inverse of `without_text`."""
    strings = {place: texts[place.doc_id][place.start : place.end] for place in places}
    return _replaced(_mapped(tables, lambda row: with_surfaces(row, texts)), strings)


def with_surfaces(row: Row, texts: Mapping[str, str]) -> Row:
    """A row of a document that has a text here, with its text and surfaces; another as it is."""
    text = texts.get(row.article or "")
    return row if text is None else _filled(row, lambda start, end: text[start:end], text)


def read_places(folder: Path) -> list[WithheldString]:
    """Read where the quotations of a release without text stand. Raises InputError."""
    path = folder / PLACES
    try:
        return [msgspec.json.decode(line, type=WithheldString) for line in path.read_bytes().splitlines()]
    except FileNotFoundError:
        raise InputError.of("file-missing", f"no {PLACES} in {folder}", str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError.of("value-wrong", str(error), str(path)) from None


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

    def surfaced(span: dict[str, Any]) -> dict[str, Any]:
        return {**span, "text": surface(span["start"], span["end"])} if "text" in span else span

    return msgspec.convert(each_span(row.columns, surfaced), type(row))


def _places(tables: Tables, texts: Mapping[str, str]) -> Iterator[WithheldString]:
    """Find each string of a quoting column that stands in its article (of the registry: in its story's articles).

    A string that is not there to the letter is somebody's own wording, and has no place.
    """
    for split, configs in tables.items():
        for config, columns in QUOTING.items():
            for row in configs[config]:
                near = _near(row, configs["documents"], texts)
                for column in columns:
                    yield from _find(row, (split, config, row.key), column, near)


def _is_kept(place: WithheldString, texts: Mapping[str, str], kept_words: int) -> bool:
    if not kept_words or place.column == "title":
        return False
    return place.config == "registry" or len(texts[place.doc_id][place.start : place.end].split()) <= kept_words


def _near(row: Row, documents: Sequence[Row], texts: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Where to look for what a row quotes: (document, offset, text) of its own span, its article, or its story's."""
    own = row.article
    if own is not None:
        start, end = getattr(row, "start", 0), getattr(row, "end", 0)
        return [(own, start, texts[own][start:end]), (own, 0, texts[own])]
    story = row.story_key({})
    return [(each.doc_id, 0, texts[each.doc_id]) for each in only(documents, Document) if each.story == story]


def _find(row: Row, address: Address, column: str, near: Sequence[tuple[str, int, str]]) -> Iterator[WithheldString]:
    split, config, key = address
    value = getattr(row, column)
    for index, string in enumerate(value if isinstance(value, tuple) else (value,)):
        hits = ((doc_id, first + text.find(string)) for doc_id, first, text in near if string and string in text)
        doc_id, start = next(hits, (None, 0))
        if doc_id is not None:
            yield WithheldString(
                split=split, config=config, key=key, column=column, index=index,
                doc_id=doc_id, start=start, end=start + len(string),
            )  # fmt: skip


def without_strings(tables: Tables, places: Sequence[WithheldString]) -> Tables:
    """Tables without the strings at these places: null, or an empty string where null is not allowed."""
    return _replaced(tables, dict.fromkeys(places))


def _replaced(tables: Tables, strings: Mapping[WithheldString, str | None]) -> Tables:
    by_row: dict[Address, list[tuple[WithheldString, str | None]]] = defaultdict(list)
    for place, string in strings.items():
        by_row[place.split, place.config, place.key].append((place, string))
    return {
        split: {
            config: [_with(row, by_row.get((split, config, row.key), ())) for row in rows]
            for config, rows in configs.items()
        }
        for split, configs in tables.items()
    }


def _with(row: Row, strings: Sequence[tuple[WithheldString, str | None]]) -> Row:
    for place, string in strings:
        value = getattr(row, place.column)
        if isinstance(value, tuple):
            value = tuple(string or "" if index == place.index else each for index, each in enumerate(value))
        else:
            value = "" if string is None and place.column == "name" else string
        row = msgspec.structs.replace(row, **{place.column: value})
    return row
