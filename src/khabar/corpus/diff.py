"""What differs between two releases: every row added, removed and changed, and the step in version that it asks for.

A `DataDifference` as plain JSON, or as the lines of a table, in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from khabar.corpus.release import RELEASE, Step, Version, parse_version, read_release
from khabar.corpus.tables import Tables, read_all
from khabar.corpus.withheld import read_places, without_strings, without_text
from khabar.records import CONFIGS, Row
from khabar.records.labels import COMPUTED_TAGS
from khabar.records.repository import Withheld
from khabar.text.terminal import harmless, shortened
from khabar.text.wording import in_words, surface

ChangeKind = Literal["added", "removed", "changed"]
TELLING = {
    "documents": "sha256",
    "entities": "label",
    "numbers": "kind",
    "quotes": "speaker",
    "claims": "source",
    "conflicts": "status",
    "registry": "label",
    "tokens": "tags",
}
"""The column shown of a row that was added or removed."""
KINDS: tuple[ChangeKind, ...] = ("added", "removed", "changed")
SIGNS: dict[ChangeKind, str] = {"added": "+", "removed": "-", "changed": "~"}
LONGEST = 60
"""Characters of a value beyond which its two ends are shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a changed row, its two values as plain JSON."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that is not the same in both releases: `old` is None where it was added, `new` where it was removed.

    `follows` tells that nothing annotated differs: the corpus computes what does (tokens, zones of spans, quote types,
    phenomena of offsets), from other rows.
    """

    split: str
    config: str
    key: str
    old: Row | None
    new: Row | None
    cells: tuple[Cell, ...]
    follows: bool

    @property
    def kind(self) -> ChangeKind:
        """Whether the row was added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def row(self) -> Row:
        """The row as it is now, or, if it was removed, as it was."""
        row = self.old if self.new is None else self.new
        assert row is not None
        return row


@dataclass(frozen=True, slots=True)
class DataDifference:
    """All changes between two releases, in the order of split, config and place."""

    old: Version
    new: Version
    changes: tuple[ChangedRow, ...]
    texts: bool = True
    """Whether texts and surfaces were compared: they are not where either release has a split without them."""

    @property
    def step(self) -> Step:
        """MAJOR if gold was edited or removed, MINOR if rows were added or what is computed differs, else PATCH."""
        if any(change.kind != "added" and not change.follows for change in self.changes):
            return "MAJOR"
        return "MINOR" if self.changes else "PATCH"

    @property
    def honoured(self) -> bool:
        """Whether the new version takes at least that step."""
        return self.old.is_honoured_by(self.new, self.step)


def diff(old: Path, new: Path) -> DataDifference:
    """Compare two built corpora. Raises InputError if one cannot be read or its version is not one."""
    releases = [read_release(folder) for folder in (old, new)]
    before, after = (
        parse_version(release.version, str(folder / RELEASE))
        for release, folder in zip(releases, (old, new), strict=True)
    )
    tables = [read_all(folder) for folder in (old, new)]
    withheld = [release.withheld for release in releases if isinstance(release.withheld, Withheld)]
    bare = {split for release in releases for split in release.withheld_splits}
    if withheld:
        kept_words = min(each.kept_words for each in withheld)
        tables = [
            without_text(table, bare - {*release.withheld_splits}, kept_words)[0]
            for table, release in zip(tables, releases, strict=True)
        ]
    if len({each.kept_words for each in withheld}) > 1:  # what either leaves out is compared in neither
        places = [place for folder in (old, new) for place in read_places(folder)]
        tables = [without_strings(table, places) for table in tables]
    return DataDifference(before, after, tuple(changes(*tables)), bare.isdisjoint(tables[0].keys() & tables[1].keys()))


def changes(old: Tables, new: Tables) -> Iterator[ChangedRow]:
    """Every row that differs. A row that went from one split to another was removed there and added here."""
    for split in sorted({*old, *new}):
        for config in CONFIGS:
            before, after = ({row.key: row for row in tables.get(split, {}).get(config, ())} for tables in (old, new))
            for key in [*after, *(key for key in before if key not in after)]:
                change = _compared(split, config, key, before.get(key), after.get(key))
                if change is not None:
                    yield change


def _compared(split: str, config: str, key: str, old: Row | None, new: Row | None) -> ChangedRow | None:
    if old is None or new is None:
        return ChangedRow(split, config, key, old, new, (), config == "tokens")
    cells = tuple(
        Cell(name, *(msgspec.to_builtins(getattr(row, name)) for row in (old, new)))
        for name in new.__struct_fields__
        if getattr(old, name) != getattr(new, name)
    )
    if not cells:
        return None
    return ChangedRow(split, config, key, old, new, cells, all(_computed(config, cell) for cell in cells))


def _computed(config: str, cell: Cell) -> bool:
    if cell.column == "phenomena":
        return {*cell.old} ^ {*cell.new} <= COMPUTED_TAGS
    return config == "tokens" or cell.column == "zone" or (config, cell.column) == ("quotes", "type")


class DiffLine(NamedTuple):
    """A line of the table: what happened (+ added, - removed, ~ changed), to which row, and two values of a column."""

    sign: str
    key: str
    surface: str
    column: str
    old: str
    new: str


class Section(NamedTuple):
    """The lines of one config and split, under a heading that counts them."""

    heading: str
    lines: tuple[DiffLine, ...]


def to_dict(difference: DataDifference) -> dict[str, Any]:
    """Plain JSON: versions, step, counts by split and config, and every change with both values of each column."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for (split, config), changes in groupby(difference.changes, key=lambda change: (change.split, change.config)):
        kinds = Counter(change.kind for change in changes)
        counts.setdefault(split, {})[config] = {kind: kinds[kind] for kind in KINDS}
    return {
        "old": str(difference.old),
        "new": str(difference.new),
        "step": difference.step,
        "honoured": difference.honoured,
        "texts": difference.texts,
        "counts": counts,
        "changes": [_change(change) for change in difference.changes],
    }


def sections(difference: DataDifference) -> list[Section]:
    """The difference as tables, one a config and split."""
    tables = []
    for (split, config), group in groupby(difference.changes, key=lambda change: (change.split, change.config)):
        changes = list(group)
        kinds = Counter(change.kind for change in changes)
        counted = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
        lines = tuple(line for change in changes for line in _lines(change))
        computed = ", all of it computed from other rows" if all(change.follows for change in changes) else ""
        tables.append(Section(f"{config} ({split}): {counted}{computed}", lines))
    return tables


def verdict(difference: DataDifference) -> str:
    """One sentence: the step the changes ask for, and whether the new version takes it."""
    what = {
        "MAJOR": "gold rows were edited or removed",
        "MINOR": "rows were added, or what the corpus computes differs",
        "PATCH": "no row differs",
    }[difference.step]
    unseen = "" if difference.texts else " (texts and surfaces not compared)"
    head = f"{difference.old} → {difference.new}: {what}{unseen}, which is {difference.step}"
    if difference.honoured:
        return f"{head}; honoured"
    return f"{head}; NOT honoured, at least {difference.old.after(difference.step)}"


def shown(value: object) -> str:
    """A value on one line: spans as offsets and surface, long ones cut in the middle."""
    return shortened(harmless(in_words(value, offsets=True)), LONGEST)


def _change(change: ChangedRow) -> dict[str, Any]:
    return {
        "split": change.split,
        "config": change.config,
        "change": change.kind,
        "key": change.key,
        "doc_id": change.row.article,
        "surface": surface(change.row),
        "columns": {cell.column: {"old": cell.old, "new": cell.new} for cell in change.cells},
        "follows": change.follows,
    }


def _lines(change: ChangedRow) -> list[DiffLine]:
    head = (SIGNS[change.kind], change.key, shown(surface(change.row)))
    if change.cells:
        first, *others = [(cell.column, *_apart(cell.old, cell.new)) for cell in change.cells]
        return [DiffLine(*head, *first), *(DiffLine("", "", "", *other) for other in others)]
    column = TELLING[change.config]
    old, new = ("" if row is None else shown(getattr(row, column)) for row in (change.old, change.new))
    return [DiffLine(*head, column, old, new)]


def _apart(old: object, new: object) -> tuple[str, str]:
    """Two values on one line each; of two lists only the items that the other has not at that place."""
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)) and len(old) == len(new):
        pairs = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
        return shown([pair[0] for pair in pairs]), shown([pair[1] for pair in pairs])
    return shown(old), shown(new)
