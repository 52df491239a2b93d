"""What two passes read differently, field by field. What only one of them has is a difference as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from khabar.annotations.agreement.alignment import Pair
from khabar.annotations.agreement.pairing import row_id, spans_of
from khabar.records import Claim, Entity, Number, Quote, Registered, Row

WORDING = {"numbers": ("anchor",), "quotes": ("medium",), "conflicts": ("question", "question_ar", "note")}
"""Free text that no figure reads: two annotators never word it alike, and that is no disagreement on the gold."""

NAMES = {"id", "doc_id", "issue_id", "story", "zone", "text"}
"""What is no reading: names of rows and documents, what is computed, and what follows from the offsets."""

DERIVED = {"quotes": ("type",), "conflicts": ("positions",), "registry": ("entity_id",)}
"""What follows from other fields or other rows: the type from the marks, an issue's positions from its claims; and
the key of a registry row, which is its name."""

COMPUTED_TAGS = {"clitic", "nested", "implicit_speaker", "chain", "discontinuous"}
"""Phenomena that follow from offsets and are therefore not compared."""


@dataclass(frozen=True, slots=True)
class Difference:
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


def differences(pairs: Iterable[Pair]) -> list[Difference]:
    """All differences, in the order of the pairs, then of the fields."""
    return [found for pair in pairs for found in _differences(pair)]


def _differences(pair: Pair) -> Iterator[Difference]:
    row = pair.row
    doc_id = getattr(row, "doc_id", None)
    start, text = place(row)
    if pair.a is None or pair.b is None:
        a, b = (None if side is None else summary(side) for side in (pair.a, pair.b))
        yield Difference(pair.layer, doc_id, start, text, "row", a, b, cosmetic=False)
        return
    for field in fields(row):
        a, b = comparable(pair.a, field), comparable(pair.b, field)
        if a != b:
            yield Difference(pair.layer, doc_id, start, text, field, a, b, field in WORDING.get(pair.layer, ()))


def fields(row: Row) -> list[str]:
    """The readings a row holds, `span` for its offsets first."""
    layer = str(row.__struct_config__.tag)
    left_out = {*NAMES, *DERIVED.get(layer, ()), "start", "end"}
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


def differing(pair: Pair) -> tuple[list[str], list[str]]:
    """The fields that two rows of a pair read differently: those that count, and those that are wording."""
    assert pair.a is not None
    assert pair.b is not None
    found = [f for f in fields(pair.a) if comparable(pair.a, f) != comparable(pair.b, f)]
    wording = WORDING.get(pair.layer, ())
    return [f for f in found if f not in wording], [f for f in found if f in wording]


def place(row: Row) -> tuple[int | None, str]:
    """Where a row begins (null: it is of the story), and its surface or key."""
    if isinstance(row, Quote):
        spans: Sequence[Any] = row.content or row.cue
        return spans_of(row)[0][0], " … ".join(span.text for span in spans)
    if isinstance(row, (Entity, Number, Claim)):
        return row.start, row.text
    return None, row.name if isinstance(row, Registered) else row_id(row)


def summary(row: Row) -> str:
    """A row in a few words: what it is, for whoever sees that the other pass has none."""
    said: list[str | None]
    if isinstance(row, Entity):
        said = [row.label, row.entity_id]
    elif isinstance(row, Number):
        bounds = "..".join(dict.fromkeys(bound for bound in (row.low, row.high) if bound is not None))
        said = [row.kind, row.modality, row.edtf or bounds, row.unit]
    elif isinstance(row, Quote):
        said = [" ← ".join(row.source_chain or (row.speaker,)), " … ".join(span.text for span in row.cue)]
    elif isinstance(row, Claim):
        said = [f"{row.issue_id}/{row.position}", row.source, row.stance, row.value]
    else:
        said = [getattr(row, "status", None) or getattr(row, "label", None), row_id(row)]
    aside = [] if getattr(row, "scored", True) else ["not scored"]
    return " ".join(part for part in (*said, *aside) if part)
