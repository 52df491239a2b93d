"""What a model is asked: a layer's rules, examples with answers, then the article, and the schema of an answer.

`examples.jsonl` is gold in the prediction format for articles made up for this purpose; nothing of it is in the corpus.
Servers with a strict mode want every property of a schema required, none beyond, and no defaults; so what may be absent
is null. Offsets are left out: no model counts code points, and the scorer finds strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.schemas import schemas
from khabar.systems.endpoint.client import Message

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
_HERE = files("khabar.systems.endpoint")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a layer of one document, or the disputes of all documents of a story."""

    layer: Layer
    documents: tuple[Document, ...]

    @property
    def where(self) -> str:
        """The document, or the story."""
        return self.documents[0].story if self.layer == "conflicts" else self.documents[0].doc_id

    @property
    def key(self) -> str:
        """LAYER/DOC_ID, for conflicts LAYER/STORY."""
        return f"{self.layer}/{self.where}"

    @property
    def messages(self) -> list[Message]:
        """The whole conversation, as a chat: the rules of the layer, examples with answers, the article or articles."""
        conversation = [{"role": "system", "content": _rules(self.layer)}]
        for question, answer in _examples(self.layer):
            conversation += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        articles = _story(self.documents) if self.layer == "conflicts" else _article(self.documents[0])
        return [*conversation, {"role": "user", "content": articles}]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of an answer."""
        return answer_schema(self.layer)


@cache
def _rules(layer: Layer) -> str:
    return (_HERE / "prompts" / f"{layer}.md").read_text("utf-8").strip()


@cache
def examples() -> tuple[tuple[Annotations, ...], tuple[Dispute, ...]]:
    """The examples: documents with text and gold, and the disputes between those of one story."""
    lines = [msgspec.json.decode(line) for line in (_HERE / "examples.jsonl").read_bytes().splitlines()]
    documents = tuple(msgspec.convert(line, Annotations) for line in lines if "doc_id" in line)
    return documents, tuple(msgspec.convert(line, Dispute) for line in lines if "doc_id" not in line)


@cache
def _examples(layer: Layer) -> tuple[tuple[str, str], ...]:
    """Questions and answers."""
    documents, disputes = examples()
    if layer != "conflicts":
        return tuple((document.text or "", _answer(layer, getattr(document, layer))) for document in documents)
    stories: dict[str, list[Annotations]] = {}
    for document in documents:
        stories.setdefault(document.story or "", []).append(document)
    return tuple(
        (_story(group), _answer(layer, [dispute for dispute in disputes if dispute.story == story]))
        for story, group in sorted(stories.items())
        if len(group) > 1
    )


def _answer(layer: Layer, items: Sequence[Any]) -> str:
    """Items as an answer gives them: without the story, which the question names."""
    objects = [{key: value for key, value in msgspec.to_builtins(item).items() if key != "story"} for item in items]
    return msgspec.json.encode({KEYS[layer]: objects}).decode()


def _article(document: Document) -> str:
    return f"Published: {document.published}\n\n{document.text}" if document.published else document.text


def _story(documents: Sequence[Document | Annotations]) -> str:
    texts = {document.doc_id: (document.text or "").strip() for document in documents}
    return "\n\n".join(f'<article doc_id="{doc_id}">\n{text}\n</article>' for doc_id, text in texts.items())


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
    strict = {key: value for key, value in kind.items() if key != "default"}
    if "items" in strict:
        strict["items"] = _strict(strict["items"], always)
    if "anyOf" in strict:
        kinds = [_strict(option, always) for option in strict["anyOf"]]
        if any("$ref" in option for option in kinds):  # a source by name, not by an id of its own
            kinds = [option for option in kinds if option != {"type": "string"}]
        if always:
            kinds = [option for option in kinds if option != {"type": "null"}]
        return kinds[0] if len(kinds) == 1 else {**strict, "anyOf": kinds}
    return strict


def _reachable(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that one refers to, itself included."""
    reached: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached[current] = definitions[current]
            written = str(definitions[current]).replace("'", '"')
            waiting += [other for other in definitions if f'"#/$defs/{other}"' in written]
    return reached
