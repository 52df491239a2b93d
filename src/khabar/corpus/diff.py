"""What differs between two releases: every row added, removed and changed, and the step in version that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from khabar.corpus.derive import Tables
from khabar.corpus.keys import row_key
from khabar.corpus.read import read_all
from khabar.corpus.release import RELEASE, read_release
from khabar.corpus.textless import without_text
from khabar.corpus.versions import Step, Version, honours, parse_version
from khabar.records import CONFIGS, Row

Kind = Literal["added", "removed", "changed"]
_COMPUTED_TAGS = {"clitic", "nested", "implicit_speaker", "chain", "discontinuous"}
"""Phenomena that follow from offsets; the others are annotated."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a changed row, its two values as plain JSON."""

    column: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
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
    def kind(self) -> Kind:
        """Whether the row was added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def row(self) -> Row:
        """The row as it is now, or, if it was removed, as it was."""
        row = self.old if self.new is None else self.new
        assert row is not None
        return row


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes between two releases, in the order of split, config and place."""

    old: Version
    new: Version
    changes: tuple[Change, ...]
    texts: bool = True
    """Whether texts and surfaces were compared: they are not where a release is without them."""

    @property
    def step(self) -> Step:
        """MAJOR if gold was edited or removed, MINOR if rows were added or what is computed differs, else PATCH."""
        if any(change.kind != "added" and not change.follows for change in self.changes):
            return "MAJOR"
        return "MINOR" if self.changes else "PATCH"

    @property
    def honoured(self) -> bool:
        """Whether the new version takes at least that step."""
        return honours(self.old, self.new, self.step)


def diff(old: Path, new: Path) -> Difference:
    """Compare two built corpora. Raises InputError if one cannot be read or its version is not one."""
    releases = [read_release(folder) for folder in (old, new)]
    before, after = (
        parse_version(release.version, str(folder / RELEASE))
        for release, folder in zip(releases, (old, new), strict=True)
    )
    tables = [read_all(folder) for folder in (old, new)]
    textless = [release.textless for release in releases]
    if any(textless):
        tables = [each if bare else without_text(each)[0] for each, bare in zip(tables, textless, strict=True)]
    return Difference(before, after, tuple(changes(*tables)), not any(textless))


def changes(old: Tables, new: Tables) -> Iterator[Change]:
    """Every row that differs. A row that went from one split to another was removed there and added here."""
    for split in sorted({*old, *new}):
        for config in CONFIGS:
            before, after = (_keyed(tables.get(split, {}).get(config, ())) for tables in (old, new))
            for key in [*after, *(key for key in before if key not in after)]:
                change = _change(split, config, key, before.get(key), after.get(key))
                if change is not None:
                    yield change


def _keyed(rows: Sequence[Row]) -> Mapping[str, Row]:
    return {row_key(row): row for row in rows}


def _change(split: str, config: str, key: str, old: Row | None, new: Row | None) -> Change | None:
    if old is None or new is None:
        return Change(split, config, key, old, new, (), config == "tokens")
    cells = tuple(
        Cell(name, *(msgspec.to_builtins(getattr(row, name)) for row in (old, new)))
        for name in new.__struct_fields__
        if getattr(old, name) != getattr(new, name)
    )
    if not cells:
        return None
    return Change(split, config, key, old, new, cells, all(_computed(config, cell) for cell in cells))


def _computed(config: str, cell: Cell) -> bool:
    if cell.column == "phenomena":
        return {*cell.old} ^ {*cell.new} <= _COMPUTED_TAGS
    return config == "tokens" or cell.column == "zone" or (config, cell.column) == ("quotes", "type")
