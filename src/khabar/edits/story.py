"""A story as it is edited: its articles and everything annotated in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from khabar.reading.files import sha256
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_gold
from khabar.records import BY_LAYER, Conflict, Document, Row, RowKey, Seed, Zones, only
from khabar.seeds.store import document, read_manifest, read_texts, verify

_Row = TypeVar("_Row", bound=Row)

KINDS = {layer: kind for layer, kind in BY_LAYER.items() if kind is not Zones}
"""Layer → the record of its rows. The zones of an article belong to its document."""


def key_of(row: Row) -> RowKey:
    """The row's key, with its layer."""
    return RowKey(row.layer, row.key)


@dataclass(frozen=True, slots=True)
class Story:
    """The documents of one story and the rows about them, both in the order of their keys.

    A document whose text is empty is one whose text is withheld: its rows are carried by their offsets alone.
    """

    documents: tuple[Document, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, documents: Iterable[Document], rows: Iterable[Row] = ()) -> Story:
        """Put documents and rows in order. Zones among the rows are those of the documents; tokens are left out."""
        rows = list(rows)
        zones = {row.doc_id: row.zones for row in rows if isinstance(row, Zones)}
        zoned = [
            msgspec.structs.replace(document, zones=zones.get(document.doc_id, document.zones))
            for document in documents
        ]
        annotated = [row for row in rows if row.layer in KINDS]
        return cls(
            tuple(sorted(zoned, key=lambda document: document.doc_id)),
            tuple(sorted(annotated, key=lambda row: (list(KINDS).index(row.layer), row.order))),
        )

    @classmethod
    def of_tables(cls, tables: Mapping[str, Iterable[Row]]) -> Story:
        """Take the rows of a split of a corpus, by config; its stories together are edited as one."""
        rows = [row for table in tables.values() for row in table]
        return cls.of(only(rows, Document), rows)

    @property
    def name(self) -> str:
        """The key of the story."""
        return self.documents[0].story if self.documents else ""

    @property
    def texts(self) -> dict[str, str]:
        """Document → text."""
        return {document.doc_id: document.text for document in self.documents}

    @property
    def annotations(self) -> tuple[Row, ...]:
        """All rows as an annotation file has them, zones first."""
        zones = [Zones(doc_id=document.doc_id, zones=document.zones) for document in self.documents if document.zones]
        return (*zones, *self.rows)


def length_of(document: Document) -> int:
    """Code points of a document's text; where it is withheld, its zones say how long it is."""
    return len(document.text) if document.text else max((zone.end for zone in document.zones), default=0)


def story_of(seeds: Sequence[Seed], texts: Mapping[str, str], rows: Iterable[Row], story: str) -> Story:
    """Make a story of its seeds, their texts (by doc_id) and annotation rows; rows of other stories are left out."""
    documents = [document(seed, texts[seed.doc_id]) for seed in seeds if seed.story == story]
    stories = {document.doc_id: story for document in documents}
    return Story.of(documents, [row for row in rows if row.story_key(stories) == story])


def read_story(seeds: Path, gold: Path, story: str) -> Story:
    """Read a story from a seeds folder and a folder of annotation files. Raises InputError."""
    manifest = read_manifest(seeds)
    articles = [seed for seed in manifest if seed.story == story]
    incidents = Incidents(verify(seeds))
    rows = [located.row for located in read_gold(gold, incidents)]
    if not articles:
        stories = ", ".join(sorted({seed.story for seed in manifest}))
        message, fix = f"no story {story!r} in {seeds}; there is: {stories}", "name one of these, or other seeds"
        incidents.report("story-unknown", message, file=seeds, fix=fix)
    incidents.refuse()
    return story_of(articles, read_texts(seeds, articles), rows, story)


def renamed(story: Story, variant: str) -> Story:
    """The story as a variant: `.a` behind the keys of documents, rows, issues, utterances and of the story itself.

    Keys of entities stay: they belong to the story.
    """
    suffix = f".{variant}"

    def other(row: _Row) -> _Row:
        names = ("doc_id", "story", "id", "issue_id", "utterance")
        columns: dict[str, Any] = {
            name: getattr(row, name) + suffix for name in names if getattr(row, name, None) is not None
        }
        if isinstance(row, Conflict):
            columns["positions"] = tuple(
                msgspec.structs.replace(position, claim_ids=tuple(key + suffix for key in position.claim_ids))
                for position in row.positions
            )
        return msgspec.structs.replace(row, **columns)

    return Story.of(map(other, story.documents), map(other, story.rows))


def with_text(document: Document, text: str) -> Document:
    """The document with another text, and the hash of that."""
    return msgspec.structs.replace(document, text=text, sha256=sha256(text.encode()))
