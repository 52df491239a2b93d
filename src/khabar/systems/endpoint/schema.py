"""JSON Schemas for structured output: khabar's own, narrowed to what a model is asked for.

Servers with a strict mode want every property required, none beyond, and no defaults; what may be absent is null.
Offsets are left out: no model counts code points, and the scorer finds strings.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from khabar.records.labels import Layer
from khabar.schemas import schemas

KEYS: dict[Layer, str] = {"entities": "entities", "numbers": "numbers", "quotes": "quotes", "conflicts": "disputes"}
"""Layer → the key its items stand under in an answer."""

_ASKED: dict[str, tuple[str, ...]] = {
    "PredictedEntity": ("text", "occurrence", "label", "entity_id"),
    "PredictedNumber": ("text", "occurrence", "kind", "low", "high", "modality", "unit", "edtf"),
    "PredictedQuote": ("content", "cue", "speaker", "source_chain"),
    "PredictedSpan": ("text", "occurrence"),
    "PredictedSource": ("name",),
    "Dispute": ("type", "confidence", "sides"),
    "Side": ("value", "spans"),
    "StorySpan": ("doc_id", "text", "occurrence"),
}
"""Record → the columns a model is asked for."""
_OF = {"entities": "PredictedEntity", "numbers": "PredictedNumber", "quotes": "PredictedQuote", "conflicts": "Dispute"}
_ALWAYS = {"text", "name"}


@cache
def answer_schema(layer: Layer) -> dict[str, Any]:
    """The schema of an answer for a layer: an object with one list."""
    ours = schemas()
    dispute = ours["prediction-dispute.schema.json"]
    definitions = {**ours["prediction-document.schema.json"]["$defs"], **dispute["$defs"], "Dispute": dispute}
    key = KEYS[layer]
    return {
        "type": "object",
        "properties": {key: {"type": "array", "items": {"$ref": f"#/$defs/{_OF[layer]}"}}},
        "required": [key],
        "additionalProperties": False,
        "$defs": _reachable(_OF[layer], {name: _narrowed(definitions[name], name) for name in _ASKED}),
    }


def _narrowed(definition: dict[str, Any], name: str) -> dict[str, Any]:
    asked = _ASKED[name]
    return {
        "type": "object",
        "properties": {key: _strict(definition["properties"][key], key in _ALWAYS) for key in asked},
        "required": list(asked),
        "additionalProperties": False,
    }


def _strict(kind: dict[str, Any], always: bool) -> dict[str, Any]:
    found = {key: value for key, value in kind.items() if key != "default"}
    if "items" in found:
        found["items"] = _strict(found["items"], always)
    if "anyOf" in found:
        kinds = [_strict(each, always) for each in found["anyOf"]]
        if any("$ref" in each for each in kinds):  # a source by name, not by an id of its own
            kinds = [each for each in kinds if each != {"type": "string"}]
        if always:
            kinds = [each for each in kinds if each != {"type": "null"}]
        return kinds[0] if len(kinds) == 1 else {**found, "anyOf": kinds}
    return found


def _reachable(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions one refers to, itself included."""
    found: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        now = waiting.pop()
        if now not in found:
            found[now] = definitions[now]
            waiting += [each for each in definitions if f'"#/$defs/{each}"' in str(definitions[now]).replace("'", '"')]
    return found
