"""Files of the repository: release.json, the manifest of seeds, decisions of adjudication, nominations and errata."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from khabar.records.edits import RowKey
from khabar.records.labels import Layer

PLACES = "withheld.jsonl"
"""Of a release without text: where its quotations outside of spans stand, one place a line."""
CHANGES = "contrast.jsonl"
"""Of a release with contrast sets: the flips and decoys that make their articles out of the others."""
CANARY = "khabar-canary 7b1f0a52-6f0e-4d8e-9c55-2c1d9a0c6e11: benchmark data; do not train on this file"
"""Stands in each public file, so that its presence in training data can be found."""


class FileRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one Parquet file holds: bytes, rows, and the first and last row as canonical JSON digests."""

    path: str
    """Its path below the folder."""
    sha256: str
    """SHA-256 of its bytes."""
    rows: int
    """How many rows it holds."""
    first: str
    """Digest of its first row."""
    last: str
    """Digest of its last row."""


class Withheld(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which splits are without text (none named: all), and what the file of places holds.

    Strings of up to `kept_words` words that have no offsets stay, and what the registry names.
    """

    path: str = PLACES
    """The file of places."""
    sha256: str
    """SHA-256 of its bytes."""
    rows: int
    """How many places it holds."""
    splits: tuple[str, ...] = ()
    """The splits without text; empty: all of them."""
    kept_words: int = 0
    """Strings of so many words that have no offsets stay. 0: none."""


class ChangesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of flips and decoys, and how many it holds."""

    path: str = CHANGES
    """The file of flips and decoys."""
    sha256: str
    """SHA-256 of its bytes."""
    rows: int
    """How many it holds."""


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of the data and the day it was published.

    `agreement` says of a figure (split/layer.figure) how near two passes came to each other at most: the mean of either
    as gold.
    """

    name: str
    """Name of the dataset."""
    version: str
    """MAJOR.MINOR.PATCH of the data."""
    date: str
    """The day it was published, YEAR-MONTH-DAY."""
    canary: str = CANARY
    """A string by which the file is found in training data."""
    agreement: dict[str, float] | msgspec.UnsetType = msgspec.UNSET
    """split/layer.figure → how near two passes came to each other at most, from 0 to 1."""
    files: tuple[FileRecord, ...] = ()
    """What each Parquet file must hold. In annotations/gold it is left out: the build fills it in."""
    withheld: Withheld | msgspec.UnsetType = msgspec.UNSET
    """Of a release without text: which splits, and where its quotations are."""
    changes: ChangesFile | msgspec.UnsetType = msgspec.UNSET
    """Of a release with contrast sets: the edits that made them."""

    def agreement_of(self, split: str) -> dict[str, float]:
        """The agreement on one split, by layer.figure."""
        figures = {} if self.agreement is msgspec.UNSET else self.agreement
        start = f"{split}/"
        return {name.removeprefix(start): value for name, value in figures.items() if name.startswith(start)}

    @property
    def listed(self) -> tuple[FileRecord | Withheld | ChangesFile, ...]:
        """All files whose SHA-256 it lists: Parquet, the file of places and that of changes."""
        others = (self.withheld, self.changes)
        return (*self.files, *(file for file in others if not isinstance(file, msgspec.UnsetType)))

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits it holds."""
        return tuple(sorted({Path(record.path).stem for record in self.files}))

    @property
    def withheld_splits(self) -> tuple[str, ...]:
        """The splits without texts and surfaces."""
        return self.withheld.splits or self.splits if isinstance(self.withheld, Withheld) else ()

    @property
    def textless(self) -> bool:
        """Whether no split has its texts."""
        return bool(self.withheld_splits) and self.withheld_splits == self.splits

    @property
    def fetchable(self) -> bool:
        """Whether `khabar corpus fetch` brings the texts that are left out."""
        return isinstance(self.withheld, Withheld) and self.withheld.kept_words > 0


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


class DocSpan(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
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
