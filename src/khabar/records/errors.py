"""The record of an error, and the closed lists of what may have caused it."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from khabar.records.labels import Layer

Outcome = Literal["missed", "false", "wrong"]
"""`missed`: a gold row without a partner; `false`: a prediction without one; `wrong`: the two of them, overlapping."""

EntityCause = Literal["boundary", "clitic", "label", "nested_missed", "spurious", "missed", "duplicate"]
NumberCause = Literal[
    "boundary", "kind", "lost_multiplier", "summed_range", "year_as_count", "count_as_year", "wrong_value",
    "wrong_modality", "wrong_unit", "trap", "spurious", "missed",
]  # fmt: skip
QuoteCause = Literal[
    "boundary", "wrong_speaker", "wrong_implicit_speaker", "relay_taken_as_speaker", "spurious", "missed", "ungrounded",
]  # fmt: skip
ConflictCause = Literal["trap_called_conflict", "impure", "one_sided", "wrong_type", "spurious", "missed"]
PairCause = Literal["called_in_neither", "called_in_both", "called_in_the_wrong_one"]
Cause = EntityCause | NumberCause | QuoteCause | ConflictCause | PairCause


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paragraph in which a row or a prediction stands."""

    doc_id: str
    start: int
    end: int
    text: str


class Error(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One error: a line of the file. A conflict is of a story and of no document.

    A pair of a contrast set is of the story before any edit; its context has the paragraphs of both variants.
    """

    layer: Layer
    doc_id: str | None
    story: str
    outcome: Outcome
    cause: Cause
    gold: dict[str, Any] | None
    predicted: dict[str, Any] | None
    context: tuple[Context, ...]

    @property
    def offset(self) -> int:
        """Where it begins: gold's start, else the prediction's; -1 where neither has a place in the document."""
        starts = (row.get("start") for row in (self.gold, self.predicted) if row is not None)
        return next((start for start in starts if isinstance(start, int)), -1)

    @property
    def costs(self) -> tuple[int, int]:
        """How many misses and false alarms of the layer's F1 it is. A wrong type costs nothing, and no pair does."""
        if self.cause == "wrong_type" or self.cause in get_args(PairCause):
            return 0, 0
        return int(self.outcome != "false"), int(self.outcome != "missed")
