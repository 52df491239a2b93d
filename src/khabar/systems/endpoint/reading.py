"""A model's items made into records: what does not fit is left out, and said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from khabar.reading.incidents import Incident, errors
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.endpoint.answers import items_in
from khabar.systems.endpoint.schema import KEYS
from khabar.systems.received import annotations_of, dispute_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer said of a document's layer, or of a story, and what was wrong with it (None: nothing)."""

    said: tuple[Annotations, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    wrong: str | None = None


def read(content: str, layer: Layer, documents: Sequence[Document]) -> Reading:
    """Read an answer about a document (or, for conflicts, about the documents of a story), item by item."""
    found = items_in(content, KEYS[layer])
    incidents: list[Incident] = []
    said: list[Annotations] = []
    disputes: list[Dispute] = []
    for item in found.items:
        if not isinstance(item, dict):
            incidents.append(Incident("value-wrong", f"an item is {item!r:.60}, where an object is asked for"))
        elif layer == "conflicts":
            dispute = dispute_of({**item, "story": documents[0].story}, documents, incidents)
            disputes += [] if dispute is None else [dispute]
        else:
            one = annotations_of({layer: [_plain(item)]}, documents[0], incidents)
            said += [] if one is None else [one]
    misfits = errors(incidents)
    wrong = [] if found.wrong is None else [found.wrong]
    if misfits:
        left_out = len(found.items) - len(said) - len(disputes)
        wrong.append(f"{left_out} item(s) left out, such as: {misfits[0].message}")
    return Reading(tuple(said), tuple(disputes), "; ".join(wrong) or None)


def joined(doc_id: str, parts: Sequence[Annotations]) -> Annotations:
    """What single items, or the answers for single layers, say of a document, as one."""
    return Annotations(
        doc_id=doc_id,
        entities=tuple(item for each in parts for item in each.entities),
        numbers=tuple(item for each in parts for item in each.numbers),
        quotes=tuple(item for each in parts for item in each.quotes),
    )


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    """Take what models write where no schema holds them: a string for a span or a speaker, a number for a cluster."""
    found = dict(item)
    for key in ("content", "cue"):
        given = found.get(key)
        if isinstance(given, (str, dict)):
            given = [given]
        if isinstance(given, list):
            found[key] = [{"text": each} if isinstance(each, str) else each for each in given]
    if isinstance(found.get("speaker"), str):
        found["speaker"] = {"name": found["speaker"]}
    if isinstance(found.get("source_chain"), list):
        found["source_chain"] = [{"name": each} if isinstance(each, str) else each for each in found["source_chain"]]
    if type(found.get("entity_id")) is int:
        found["entity_id"] = str(found["entity_id"])
    return found
