"""A pair of claims that answer one question differently, with their answers."""

from __future__ import annotations

import msgspec

from khabar.records.labels import ConflictType
from khabar.systems.rules.conflicts.claims import Claim

Place = tuple[str, int, int]


class Pair(msgspec.Struct, frozen=True):
    """Two claims in conflict; `values` are their answers in the same order."""

    kind: ConflictType
    confidence: float
    one: Claim
    two: Claim
    values: tuple[str, str]


def place(claim: Claim) -> Place:
    """Where a claim stands, as a key."""
    return claim.doc_id, claim.start, claim.end
