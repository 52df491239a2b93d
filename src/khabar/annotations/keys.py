"""Entity keys: which of them a row refers to, and rows with other keys in their place."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from khabar.reading.row_checks import NARRATOR
from khabar.records import Claim, Entity, Quote, Registered, Row


def keys_of(row: Row) -> list[str]:
    """The entity keys a row refers to, `narrator` aside; those of a registry row begin with its own."""
    if isinstance(row, Entity):
        return [row.entity_id]
    if isinstance(row, Quote):
        others = (row.addressee, *(reading.speaker for reading in row.alternatives))
        return [row.speaker, *row.source_chain, *(key for key in others if key is not None)]
    if isinstance(row, Claim):
        return [row.source] if row.source != NARRATOR else []
    if isinstance(row, Registered):
        return [row.entity_id, *([row.speaks_for] if row.speaks_for is not None else [])]
    return []


def with_keys(row: Row, names: Mapping[str, str]) -> Row:
    """The row with every entity key renamed, also one that is the value of a claim."""
    if isinstance(row, Entity):
        return replace(row, entity_id=names[row.entity_id])
    if isinstance(row, Quote):
        return replace(
            row,
            speaker=names[row.speaker],
            source_chain=tuple(names[key] for key in row.source_chain),
            addressee=None if row.addressee is None else names[row.addressee],
            alternatives=tuple(
                replace(reading, speaker=None if reading.speaker is None else names[reading.speaker])
                for reading in row.alternatives
            ),
        )
    if isinstance(row, Claim):
        value = None if row.value is None else names.get(row.value, row.value)
        return replace(row, source=names.get(row.source, row.source), value=value)
    if isinstance(row, Registered):
        body = None if row.speaks_for is None else names[row.speaks_for]
        return replace(row, entity_id=names[row.entity_id], speaks_for=body)
    return row
