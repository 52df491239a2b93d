"""What a model is told: for each layer its rules, examples with their answers, then the article.

`examples.jsonl` is gold in the prediction format for articles made up for this purpose; nothing of it is in the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.endpoint.asking import Message
from khabar.systems.endpoint.schema import KEYS

_HERE = files("khabar.systems.endpoint")


def messages(layer: Layer, documents: Sequence[Document]) -> list[Message]:
    """The whole conversation: one document for the layers of a text, all documents of a story for conflicts."""
    found = [{"role": "system", "content": _rules(layer)}]
    for question, answer in _examples(layer):
        found += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    asked = _story(documents) if layer == "conflicts" else _article(documents[0])
    return [*found, {"role": "user", "content": asked}]


@cache
def _rules(layer: Layer) -> str:
    return (_HERE / "prompts" / f"{layer}.md").read_text("utf-8").strip()


@cache
def examples() -> tuple[tuple[Annotations, ...], tuple[Dispute, ...]]:
    """The examples: documents with text and gold, and the disputes between those of one story."""
    lines = [msgspec.json.decode(line) for line in (_HERE / "examples.jsonl").read_bytes().splitlines()]
    said = tuple(msgspec.convert(line, Annotations) for line in lines if "doc_id" in line)
    return said, tuple(msgspec.convert(line, Dispute) for line in lines if "doc_id" not in line)


@cache
def _examples(layer: Layer) -> tuple[tuple[str, str], ...]:
    said, disputes = examples()
    if layer != "conflicts":
        return tuple((each.text or "", _answer(layer, getattr(each, layer))) for each in said)
    stories = {story: [each for each in said if each.story == story] for story in {each.story for each in said}}
    return tuple(
        (_story(theirs), _answer(layer, [each for each in disputes if each.story == story]))
        for story, theirs in sorted(stories.items(), key=lambda each: each[0] or "")
        if len(theirs) > 1
    )


def _answer(layer: Layer, items: Sequence[Any]) -> str:
    """Items as an answer gives them: without the story, which the question names."""
    objects = [{key: value for key, value in msgspec.to_builtins(item).items() if key != "story"} for item in items]
    return msgspec.json.encode({KEYS[layer]: objects}).decode()


def _article(document: Document) -> str:
    return f"Published: {document.published}\n\n{document.text}" if document.published else document.text


def _story(documents: Sequence[Document | Annotations]) -> str:
    texts = {each.doc_id: (each.text or "").strip() for each in documents}
    return "\n\n".join(f'<article doc_id="{doc_id}">\n{text}\n</article>' for doc_id, text in texts.items())
