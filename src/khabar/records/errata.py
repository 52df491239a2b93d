"""Errata: what may be wrong in gold, put to a second reader without saying what gold has, and what was decided."""

from typing import Any, Literal

import msgspec

from khabar.records.edits import RowKey
from khabar.records.labels import Layer

ErratumDecision = Literal["open", "accepted", "rejected"]


class DocSpan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of an article, without its surface."""

    doc_id: str
    start: int
    end: int


class Extract(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines of an article; what a question is about stands between ⟦ and ⟧."""

    doc_id: str
    published: str | None
    text: str


class Nomination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question to a second reader. Nothing in it says which of its `readings` is gold's, or who gives the others."""

    id: str
    layer: Layer
    question: str
    extracts: tuple[Extract, ...]
    readings: dict[str, str]
    """Letter → reading in words, in an order that depends on nothing but the words."""


class NominationKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a nomination does not say: gold's letter, the systems behind each letter, and the gold row it is about.

    `margin` is the weight of the votes against gold less that of the votes for it. `places` are the spans in question.
    """

    id: str
    layer: Layer
    split: str
    story: str
    gold: str
    row: RowKey | None
    votes: dict[str, tuple[str, ...]]
    margin: float
    places: tuple[DocSpan, ...]


class ReaderAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a second reader says: a letter of the nomination, or `other` with the reading that is right, or `unsure`."""

    id: str
    answer: str
    reason: str
    by: str
    other: str | None = None


class Erratum(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of annotations/errata.jsonl: what somebody holds to be wrong in gold, and what became of it.

    `source` says where it comes from: `nomination`, or the address of an issue. `row` is the row in question, null
    where gold has none at `places`. Of an accepted erratum, `rows` restates rows (an object with `layer`, the row's key
    and the columns that change; a key that gold does not have adds a whole row), `removed` are rows that go, and
    `version` is the first data version whose gold has it: until there is one, it waits. No line quotes an article.
    """

    id: str
    layer: Layer
    story: str
    source: str
    row: RowKey | None = None
    places: tuple[DocSpan, ...] = ()
    claim: str
    decision: ErratumDecision
    reason: str | None = None
    by: str | None = None
    rows: tuple[dict[str, Any], ...] = ()
    removed: tuple[RowKey, ...] = ()
    version: str | None = None
