"""Gold from two passes and the decisions between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from khabar.annotations.adjudication.decisions import Decided
from khabar.annotations.adjudication.disagreements import follows
from khabar.annotations.agreement.agreement import LAYERS
from khabar.annotations.agreement.alignment import Pair
from khabar.annotations.agreement.naming import keys_of
from khabar.annotations.agreement.pairing import row_id, spans_of
from khabar.records import Claim, Conflict, Entity, Number, Position, Quote, Registered, Row

Key = tuple[str, str, str]
"""Layer, story where ids are of a story, and id of a row."""


def settle(pairs: Sequence[Pair], decided: Iterable[Decided]) -> list[Row]:
    """The rows of gold: what both passes have, as a has it, and what was decided where they differ.

    All disagreements are decided but the cosmetic ones, where a's words stand. Rows keep a's order; what a does not
    have comes in by its place. Positions of issues follow from the claims, and so do registry rows only one pass has.
    """
    turn = {key_of(pair.a): at for at, pair in enumerate(pairs) if pair.a is not None}
    ours = {key_of(row) for row in follows(pairs)}
    rows = {key_of(pair.row): pair.row for pair in pairs if pair.a is not None and key_of(pair.row) not in ours}
    fresh: list[Row] = []
    decided = list(decided)
    for each in decided:
        for row in each.disagreement.a:
            rows.pop(key_of(row), None)
    for each in decided:
        for row in each.rows:
            if key_of(row) in turn and key_of(row) not in rows:
                rows[key_of(row)] = row
            else:
                fresh.append(row)
    kept = [*(rows[key] for key in sorted(rows, key=turn.__getitem__)), *fresh]
    kept += _needed(follows(pairs), kept)
    claims = [row for row in kept if isinstance(row, Claim)]
    settled = [with_positions(row, claims) if isinstance(row, Conflict) else row for row in kept]
    known = [row for row in settled if key_of(row) in turn]
    return _inserted(sorted(known, key=lambda row: turn[key_of(row)]), [r for r in settled if key_of(r) not in turn])


def key_of(row: Row) -> Key:
    """What tells a row from all others of a pass."""
    return str(row.__struct_config__.tag), getattr(row, "story", ""), row_id(row)


def with_positions(row: Conflict, claims: Sequence[Claim]) -> Conflict:
    """The issue with the positions its claims name, in the order it had them, new ones by name; claims by id."""
    mine = {claim.id: claim.position for claim in claims if claim.issue_id == row.issue_id}
    names = [position.position for position in row.positions]
    names += sorted({*mine.values()} - {*names})
    ids = {name: sorted(key for key in mine if mine[key] == name) for name in names}
    return replace(row, positions=tuple(Position(name, tuple(ids[name])) for name in names if ids[name]))


def _needed(registry: Sequence[Registered], rows: Sequence[Row]) -> list[Registered]:
    """Of these registry rows, those that rows refer to, directly or through `speaks_for`."""
    wanted = {key for row in rows for key in keys_of(row)}
    found: dict[str, Registered] = {}
    while fresh := [row for row in registry if row.entity_id in wanted and row.entity_id not in found]:
        found |= {row.entity_id: row for row in fresh}
        wanted |= {row.speaks_for for row in fresh if row.speaks_for is not None}
    return list(found.values())


def _inserted(rows: list[Row], fresh: Sequence[Row]) -> list[Row]:
    """Rows with new ones put in: after the last of their layer that does not stand behind them."""
    places = [_place(row) for row in rows]
    for row in sorted(fresh, key=_place):
        at = max((at for at, place in enumerate(places) if place <= _place(row)), default=-1) + 1
        rows.insert(at, row)
        places.insert(at, _place(row))
    return rows


def _place(row: Row) -> tuple[int, str, int, str]:
    layer = LAYERS.index(str(row.__struct_config__.tag))
    if isinstance(row, (Entity, Number, Quote)):
        return layer, row.doc_id, min((start for start, _ in spans_of(row)), default=-1), row.id
    return layer, "", 0, row_id(row)


def by_story(rows: Iterable[Row], stories: Mapping[str, str]) -> dict[str, list[Row]]:
    """Rows by the story they are of."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        story = row.story if isinstance(row, (Conflict, Registered)) else stories[row.doc_id]  # type: ignore[attr-defined]
        found.setdefault(story, []).append(row)
    return found
