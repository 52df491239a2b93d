"""What a model wrote, read as records of a layer: all its items, or the complete ones of a broken answer."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from khabar.reading.incidents import Incidents
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.endpoint.prompts import KEYS
from khabar.systems.validation import validated_annotations, validated_dispute

_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
"""What reasoning models write before they answer, where a server does not take it out."""
_FENCE = re.compile(r"\A```\w*\s*|\s*```\Z")
_BETWEEN = re.compile(r"[\s,]*")
_SHOWN = 80
"""Characters shown of an answer that cannot be read."""


@dataclass(frozen=True, slots=True)
class Items:
    """Items as they were written, and what is wrong with the answer (None: nothing)."""

    items: tuple[Any, ...] = ()
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class LayerAnswer:
    """What an answer says of a document's layer, or of a story, and what is wrong with it (None: nothing)."""

    annotations: tuple[Annotations, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    wrong: str | None = None


def read_answer(content: str, layer: Layer, documents: Sequence[Document]) -> LayerAnswer:
    """Read an answer about a document (for conflicts, about the documents of a story), item by item.

    Items that do not fit are left out and counted in `wrong`.
    """
    found = items_in(content, KEYS[layer])
    incidents = Incidents()
    annotations: list[Annotations] = []
    disputes: list[Dispute] = []
    for item in found.items:
        if not isinstance(item, dict):
            incidents.report("value-wrong", f"an item is {item!r:.60}, where an object is asked for")
        elif layer == "conflicts":
            dispute = validated_dispute({**item, "story": documents[0].story}, documents, incidents)
            disputes += [] if dispute is None else [dispute]
        else:
            record = validated_annotations({layer: [_with_objects(item)]}, documents[0], incidents)
            annotations += [] if record is None else [record]
    problems = [] if found.wrong is None else [found.wrong]
    if misfits := incidents.errors:
        left_out = len(found.items) - len(annotations) - len(disputes)
        problems.append(f"{left_out} item(s) left out, such as: {misfits[0].message}")
    return LayerAnswer(tuple(annotations), tuple(disputes), "; ".join(problems) or None)


def joined(doc_id: str, parts: Sequence[Annotations]) -> Annotations:
    """Join what single items, or the answers for single layers, say of a document."""
    return Annotations(
        doc_id=doc_id,
        entities=tuple(item for part in parts for item in part.entities),
        numbers=tuple(item for part in parts for item in part.numbers),
        quotes=tuple(item for part in parts for item in part.quotes),
    )


def _with_objects(item: dict[str, Any]) -> dict[str, Any]:
    """Take what models write where no schema holds them: a string for a span or a speaker, a number for a cluster."""
    item = dict(item)
    for key in ("content", "cue"):
        given = item.get(key)
        if isinstance(given, (str, dict)):
            given = [given]
        if isinstance(given, list):
            item[key] = [{"text": span} if isinstance(span, str) else span for span in given]
    if isinstance(item.get("speaker"), str):
        item["speaker"] = {"name": item["speaker"]}
    if isinstance(item.get("source_chain"), list):
        item["source_chain"] = [{"name": name} if isinstance(name, str) else name for name in item["source_chain"]]
    if type(item.get("entity_id")) is int:
        item["entity_id"] = str(item["entity_id"])
    return item


def items_in(content: str, key: str) -> Items:
    """Find the items of the list `key` in an answer, whatever stands around it.

    An answer may be an object with that key, or the bare list; an empty object says that there is nothing.
    """
    content = _FENCE.sub("", _THOUGHTS.sub("", content).strip()).strip()
    if not content:
        return Items(wrong="an empty answer")
    start = re.search(rf'"{key}"\s*:\s*\[', content)
    if start is not None:
        return _listed(content, start.end())
    if content.startswith("["):
        return _listed(content, 1)
    if re.fullmatch(rf'\{{\s*("{key}"\s*:\s*null\s*)?\}}', content):
        return Items()
    return Items(wrong=f"no list of {key} in the answer: {_short(content)}")


def _listed(content: str, at: int) -> Items:
    """Read the items of a list one by one, so that those before a break are not lost."""
    decoder = json.JSONDecoder()
    items: list[Any] = []
    while True:
        at = _BETWEEN.match(content, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if content.startswith("]", at):
            return Items(tuple(items))
        try:
            item, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):  # also an integer of thousands of digits
            return Items(tuple(items), f"broken JSON, {len(items)} whole item(s) kept: … {_short(content[at:])}")
        items.append(item)


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")
