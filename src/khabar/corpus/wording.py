"""A difference in words: as plain JSON, and as the lines of a table."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

from khabar.corpus.diff import Change, Difference, Kind
from khabar.corpus.versions import least
from khabar.records import Claim, Conflict, Document, Entity, Number, Quote, Registered, Row, TokenRow

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
KINDS: tuple[Kind, ...] = ("added", "removed", "changed")
SIGNS: dict[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}
LONGEST = 60
"""Code points shown of a value."""


class Line(NamedTuple):
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
    lines: tuple[Line, ...]


def to_dict(found: Difference) -> dict[str, Any]:
    """Plain JSON: versions, step, counts by split and config, and every change with both values of each column."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for (split, config), changes in groupby(found.changes, key=lambda change: (change.split, change.config)):
        kinds = Counter(change.kind for change in changes)
        counts.setdefault(split, {})[config] = {kind: kinds[kind] for kind in KINDS}
    return {
        "old": str(found.old),
        "new": str(found.new),
        "step": found.step,
        "honoured": found.honoured,
        "texts": found.texts,
        "counts": counts,
        "changes": [_change(change) for change in found.changes],
    }


def sections(found: Difference) -> list[Section]:
    """The difference as tables, one a config and split."""
    tables = []
    for (split, config), group in groupby(found.changes, key=lambda change: (change.split, change.config)):
        changes = list(group)
        kinds = Counter(change.kind for change in changes)
        counted = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
        lines = tuple(line for change in changes for line in _lines(change))
        computed = ", all of it computed from other rows" if all(change.follows for change in changes) else ""
        tables.append(Section(f"{config} ({split}): {counted}{computed}", lines))
    return tables


def verdict(found: Difference) -> str:
    """One sentence: the step the changes ask for, and whether the new version takes it."""
    what = {
        "MAJOR": "gold rows were edited or removed",
        "MINOR": "rows were added, or what the corpus computes differs",
        "PATCH": "no row differs",
    }[found.step]
    unseen = "" if found.texts else " (texts and surfaces not compared)"
    head = f"{found.old} → {found.new}: {what}{unseen}, which is {found.step}"
    return f"{head}; honoured" if found.honoured else f"{head}; NOT honoured, at least {least(found.old, found.step)}"


def surface(row: Row) -> str:
    """What a row is about, in the words of the article or of the annotator."""
    if isinstance(row, (Entity, Number, Claim)):
        return row.text
    if isinstance(row, Quote):
        return " … ".join(span.text for span in row.content or row.cue)
    if isinstance(row, Document):
        return row.title or ""
    if isinstance(row, Conflict):
        return row.question_ar
    if isinstance(row, Registered):
        return row.name
    return " ".join(row.tokens) if isinstance(row, TokenRow) else ""


def shown(value: object, longest: int = LONGEST) -> str:
    """A value on one line: spans as offsets and surface, long ones cut in the middle."""
    text = _text(value).replace("\n", "⏎")
    text = "".join(each if each.isprintable() or each in "\u00a0\u200c\u200d" else "·" for each in text)
    half = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and {"start", "end"} <= set(value):
        return f"{value['start']}–{value['end']} {value.get('text', value.get('zone', ''))}".strip()
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value)) or "none"
    return json.dumps(value, ensure_ascii=False)


def _change(change: Change) -> dict[str, Any]:
    return {
        "split": change.split,
        "config": change.config,
        "change": change.kind,
        "key": change.key,
        "doc_id": getattr(change.row, "doc_id", None),
        "surface": surface(change.row),
        "columns": {cell.column: {"old": cell.old, "new": cell.new} for cell in change.cells},
        "follows": change.follows,
    }


def _lines(change: Change) -> list[Line]:
    head = (SIGNS[change.kind], change.key, shown(surface(change.row)))
    if change.cells:
        first, *others = [(cell.column, *_apart(cell.old, cell.new)) for cell in change.cells]
        return [Line(*head, *first), *(Line("", "", "", *other) for other in others)]
    column = TELLING[change.config]
    old, new = ("" if row is None else shown(getattr(row, column)) for row in (change.old, change.new))
    return [Line(*head, column, old, new)]


def _apart(old: object, new: object) -> tuple[str, str]:
    """Two values on one line each; of two lists only the items that the other has not at that place."""
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)) and len(old) == len(new):
        pairs = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
        return shown([pair[0] for pair in pairs]), shown([pair[1] for pair in pairs])
    return shown(old), shown(new)
