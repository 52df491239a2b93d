"""Lines of the repository's own files: the manifest of seeds, decisions of an adjudication, nominations and errata."""

from typing import Any, Literal, get_args

import msgspec

from khabar.records.edits import RowKey
from khabar.records.labels import Layer

Ruling = Literal["a", "b", "both", "neither", "other"]
RULINGS: tuple[Ruling, ...] = get_args(Ruling)
ErratumDecision = Literal["open", "accepted", "rejected"]


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article as received. `published` is EDTF and never in the file: `published_evidence` says how it is known.

    The text of an article with a `source` is not in the folder: `khabar corpus fetch` brings it.
    """

    file: str
    """Name of the article's file in the folder."""
    sha256: str
    """SHA-256 of its bytes."""
    story: str
    """The story it reports."""
    split: str = "test"
    """The split it belongs to."""
    outlet: str | None = None
    """Who published it."""
    title: str | None = None
    """Its title."""
    lang: str = "ar"
    """Its language."""
    published: str | None = None
    """When it was published (EDTF)."""
    published_evidence: str | None = None
    """How that day is known."""
    rights: str
    """Whose the text is, and what may be done with it."""
    source: Literal["ntrex"] | msgspec.UnsetType = msgspec.UNSET
    """Where `khabar corpus fetch` finds the text, if it is not in the folder."""

    @property
    def doc_id(self) -> str:
        """The file's name without its ending."""
        return self.file.rsplit(".", 1)[0]


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of a round's decisions.jsonl. `id` is that of the disagreement it decides; `doc_id` is null where that is
    about a story. `a` and `b` are the readings decided between, for whoever reads the file later; a line written by
    hand may leave them out. `rows`, annotation rows, are what stands if neither reading does as it is (`other`)."""

    id: str
    layer: str
    doc_id: str | None = None
    decision: Ruling
    reason: str
    by: str
    rows: tuple[dict[str, Any], ...] = ()
    a: tuple[dict[str, Any], ...] = ()
    b: tuple[dict[str, Any], ...] = ()


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
