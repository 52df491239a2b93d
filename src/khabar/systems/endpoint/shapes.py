"""The shapes of an answer: what a model writes for each question, and their strict JSON Schema.

Servers with a strict mode want every property of a schema required, none beyond, and no defaults; so what may be absent
is null. There are no offsets: no model counts code points, and the scorer finds strings.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import msgspec

from khabar.records.labels import ConflictType, EntityLabel, Modality

Asked = Literal["entities", "numbers", "quotes", "conflicts", "names"]
"""What a question is about: a layer, or which names of a story are one thing."""

KEYS: dict[Asked, str] = {
    "entities": "entities",
    "numbers": "numbers",
    "quotes": "quotes",
    "conflicts": "disputes",
    "names": "same",
}
"""What is asked → the key its items have in an answer."""


class _Span(msgspec.Struct, forbid_unknown_fields=True):
    line: int
    text: str
    occurrence: int | None


class _Entity(_Span):
    label: EntityLabel
    entity_id: str


class _Date(_Span):
    kind: Literal["date"]
    edtf: str | None


class _Ident(_Span):
    kind: Literal["ident"]


class _Quantity(_Span):
    kind: Literal["count", "measure", "money", "percent", "ratio", "ordinal", "duration", "set"]
    low: str | None
    high: str | None
    modality: Modality
    unit: str | None


class _Quote(msgspec.Struct, forbid_unknown_fields=True):
    content: list[_Span]
    cue: list[_Span]
    speaker: str
    relayed_by: list[str]


class _StorySpan(msgspec.Struct, forbid_unknown_fields=True):
    article: str
    line: int
    text: str
    occurrence: int | None


class _Side(msgspec.Struct, forbid_unknown_fields=True):
    value: str
    spans: list[_StorySpan]


class _Dispute(msgspec.Struct, forbid_unknown_fields=True):
    question: str
    type: ConflictType
    confidence: float
    sides: list[_Side]


_ITEMS: dict[Asked, tuple[type, ...]] = {
    "entities": (_Entity,),
    "numbers": (_Date, _Ident, _Quantity),
    "quotes": (_Quote,),
    "conflicts": (_Dispute,),
    "names": (list[str],),
}


@cache
def answer_schema(asked: Asked) -> dict[str, Any]:
    """Give the schema of an answer: an object with one list."""
    kinds, definitions = msgspec.json.schema_components(_ITEMS[asked], ref_template="#/$defs/{name}")
    item = kinds[0] if len(kinds) == 1 else {"anyOf": list(kinds)}
    return {
        "type": "object",
        "properties": {KEYS[asked]: {"type": "array", "items": item}},
        "required": [KEYS[asked]],
        "additionalProperties": False,
        "$defs": {name: {k: v for k, v in each.items() if k != "title"} for name, each in definitions.items()},
    }
