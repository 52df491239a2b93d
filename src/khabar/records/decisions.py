"""Decisions of an adjudication: which of two readings stands, why, and who says so."""

from typing import Any, Literal, get_args

import msgspec

Verdict = Literal["a", "b", "both", "neither", "other"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of a round's decisions.jsonl. `id` is that of the disagreement it decides; `doc_id` is null where that is
    about a story. `a` and `b` are the readings decided between, for whoever reads the file later; a line written by
    hand may leave them out. `rows`, annotation rows, are what stands if neither reading does as it is (`other`)."""

    id: str
    layer: str
    doc_id: str | None = None
    decision: Verdict
    reason: str
    by: str
    rows: tuple[dict[str, Any], ...] = ()
    a: tuple[dict[str, Any], ...] = ()
    b: tuple[dict[str, Any], ...] = ()
