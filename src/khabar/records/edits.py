"""Edits of a story: text replaced at its offsets, the rows that follow from it, and what it is made for."""

from typing import Any, Literal, get_args

import msgspec

from khabar.records.labels import ConflictType, Status, Subtype

Direction = Literal[
    "agreement_to_dispute", "trap_to_dispute", "dispute_to_agreement", "dispute_to_trap", "agreement_to_trap"
]
Variant = Literal["a", "b"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
ReasoningStep = Literal["relative_date", "sum", "unit", "entailed_denial"]
EditPlace = Literal["title", "lead", "body"]

_SIDES: dict[Status, str] = {"corroborated": "agreement", "apparent": "trap", "conflict": "dispute"}


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`new` in place of `[start, end)` of a document; offsets are code points of the original text."""

    doc_id: str
    start: int
    end: int
    new: str


class RowKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names a row: the config it belongs to, and its key there (`Row.key`)."""

    layer: str
    key: str


class Change(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    tag="change",
):
    """Edits that belong together, and what becomes of the rows they touch.

    `rows` restates rows: an object with `layer`, the row's key and the columns that change; a key that the story does
    not have adds a whole row. Their offsets are those of the text in which this change alone is made; a surface may be
    left out. `removed` are rows that no longer hold. `rewording` says that only the wording changes: rows around an
    edit then stay as they are.
    """

    id: str
    edits: tuple[Edit, ...]
    rows: tuple[dict[str, Any], ...] = ()
    removed: tuple[RowKey, ...] = ()
    rewording: bool = False
    note: str | None = None


class Decoy(Change, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="decoy"):
    """A change that leaves the status of every issue as it is, made in one variant of its story."""

    story: str
    variant: Variant


class IssueState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an issue is taken for: columns of `Conflict`."""

    status: Status
    type: ConflictType | None = None
    subtype: Subtype | None = None


class Flip(Change, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag="flip"):
    """A change that turns one issue into or out of a dispute, made in one variant of its story and not in the other.

    `groups` are two groups of claims (ids): a system calls the issue if it joins them. `step` is the step of reasoning
    the dispute takes, if it takes any; `place` is where its edit stands.
    """

    story: str
    variant: Variant
    issue_id: str
    direction: Direction
    before: IssueState
    after: IssueState
    groups: tuple[tuple[str, ...], ...]
    step: ReasoningStep | None = None
    place: EditPlace


def direction_between(before: Status, after: Status) -> str | None:
    """Name the direction of a flip between two statuses; None where no flip leads from one to the other."""
    direction = f"{_SIDES.get(before)}_to_{_SIDES.get(after)}"
    return direction if direction in get_args(Direction) else None
