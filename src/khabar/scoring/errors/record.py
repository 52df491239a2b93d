"""Errors by index, and their order."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from khabar.records.errors import Cause, Error, Outcome
from khabar.records.labels import LAYERS


class Verdict(NamedTuple):
    """An error by index into a document's gold rows and predictions.

    A false alarm may name the gold row it goes with: the one it repeats, the trap it fell into.
    """

    outcome: Outcome
    cause: Cause
    gold: int | None
    predicted: int | None


def in_order(errors: list[Error]) -> list[Error]:
    """By document and offset, then layer and content; conflicts last, by story."""
    rank = {layer: at for at, layer in enumerate(LAYERS)}

    def key(error: Error) -> tuple[bool, str, int, int, bytes]:
        name = error.story if error.doc_id is None else error.doc_id
        return error.doc_id is None, name, error.offset, rank[error.layer], msgspec.json.encode(error)

    return sorted(errors, key=key)
