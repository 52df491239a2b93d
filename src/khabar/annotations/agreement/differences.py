"""What two passes read differently, field by field. What only one of them has is a difference as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from khabar.annotations.agreement.alignment import RowPair, place_of
from khabar.records import Claim, Entity, Number, Registered, Row
from khabar.records.labels import COMPUTED_TAGS
from khabar.text.wording import summary, surface

WORDING = {
    "numbers": ("anchor",),
    "quotes": ("medium",),
    "conflicts": ("question", "question_ar", "note"),
    "registry": ("note",),
}
"""Free text that no figure reads: two annotators never word it alike, and that is no disagreement on the gold."""

NAMES = {"id", "doc_id", "issue_id", "story", "zone", "text"}
"""What is no reading: names of rows and documents, what is computed, and what follows from the offsets."""

DERIVED = {"quotes": ("type",), "conflicts": ("positions",), "registry": ("entity_id",)}
"""What follows from other fields or other rows: the type from the marks, an issue's positions from its claims; and
the key of a registry row, which is its name."""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One thing read differently at one place. `a` and `b` are plain JSON; `what` is a field, or "row" where one pass
    has the row (its surface or key is the value) and the other has not (null). `cosmetic`: in wording only."""

    layer: str
    doc_id: str | None
    start: int | None
    text: str
    what: str
    a: Any
    b: Any
    cosmetic: bool


def differences(pairs: Iterable[RowPair]) -> list[FieldDifference]:
    """All differences, in the order of the pairs, then of the fields."""
    return [difference for pair in pairs for difference in _differences(pair)]


def _differences(pair: RowPair) -> Iterator[FieldDifference]:
    doc_id = pair.row.article
    start, text = place(pair.row)
    if pair.both is None:
        a, b = (None if row is None else summary(row) for row in (pair.a, pair.b))
        yield FieldDifference(pair.layer, doc_id, start, text, "row", a, b, cosmetic=False)
        return
    meant, worded = differing(pair)
    for field in fields(pair.row):
        if field in meant or field in worded:
            a, b = (comparable(row, field) for row in pair.both)
            yield FieldDifference(pair.layer, doc_id, start, text, field, a, b, cosmetic=field in worded)


def differing(pair: RowPair) -> tuple[list[str], list[str]]:
    """The fields that two rows of a pair read differently: those that count, and those that are wording."""
    assert pair.both is not None
    a, b = pair.both
    unlike = [field for field in fields(a) if comparable(a, field) != comparable(b, field)]
    wording = WORDING.get(pair.layer, ())
    return [field for field in unlike if field not in wording], [field for field in unlike if field in wording]


def fields(row: Row) -> list[str]:
    """The readings a row holds, `span` for its offsets first."""
    left_out = {*NAMES, *DERIVED.get(row.layer, ()), "start", "end"}
    spanned = ["span"] if isinstance(row, (Entity, Number, Claim)) else []
    return spanned + [name for name in row.__struct_fields__ if name not in left_out]


def comparable(row: Row, field: str) -> Any:
    """A reading as plain JSON in which order, where it says nothing, is gone."""
    if field == "span":
        return {"start": row.start, "end": row.end, "text": row.text}  # type: ignore[attr-defined]
    value = msgspec.to_builtins(getattr(row, field))
    if field == "phenomena":
        return sorted({*value} - COMPUTED_TAGS)
    if field in ("flags", "aliases"):
        return sorted(set(value))
    if field in ("content", "cue", "marked"):
        return sorted(value, key=lambda span: span["start"])
    if field == "alternatives":
        return sorted(value, key=msgspec.json.encode)
    return value


def place(row: Row) -> tuple[int | None, str]:
    """Where a row begins (null: it is of the story), and its surface or key."""
    spans = place_of(row)
    if spans:
        return spans[0][0], surface(row)
    return None, row.name if isinstance(row, Registered) else row.key
