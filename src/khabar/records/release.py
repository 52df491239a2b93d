"""release.json: a version of the data, and what each of its files must hold."""

from __future__ import annotations

from pathlib import Path

import msgspec

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
        given = {} if self.agreement is msgspec.UNSET else self.agreement
        start = f"{split}/"
        return {name.removeprefix(start): value for name, value in given.items() if name.startswith(start)}

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
