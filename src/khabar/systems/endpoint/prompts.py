"""What a model is asked: the rules with a worked example, the article, or the articles of a story, and a form to fill.

Servers with a strict mode want every property of an answer's schema required, none beyond, and no defaults; so what may
be absent is null. There are no offsets: no model counts code points, and the scorer finds strings.

The templates of each language are in `prompts/en` and `prompts/ar`. The articles in `prompts/examples` are made up for
this purpose, with the answers a model should give; nothing of them is in the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count, product
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from khabar.records import Document
from khabar.records.labels import ConflictType, EntityLabel, Language, Modality
from khabar.systems.endpoint.client import Message
from khabar.systems.journal import digest

if TYPE_CHECKING:
    from jinja2 import Environment


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


class Name(msgspec.Struct, frozen=True):
    """A name that answers gave to things of a story: the labels of its mentions, and the articles by their labels."""

    name: str
    labels: tuple[str, ...]
    articles: tuple[str, ...]


class ExampleArticle(msgspec.Struct, frozen=True):
    """An article of an example; `lines` are joined by line breaks."""

    doc_id: str
    story: str
    published: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a layer of one document; a story's disputes; or which of its `names` are one thing."""

    asked: Asked
    documents: tuple[Document, ...]
    language: Language = "en"
    names: tuple[Name, ...] = ()

    @property
    def where(self) -> str:
        """The document, or the story."""
        return self.documents[0].story if self.asked in ("conflicts", "names") else self.documents[0].doc_id

    @property
    def key(self) -> str:
        """Its name: entities/DOC_ID, conflicts/STORY."""
        return f"{self.asked}/{self.where}"

    @property
    def messages(self) -> list[Message]:
        """The conversation: the rules with their example, and the articles."""
        shown = articles(self.documents, self.language)
        if self.asked == "names":
            shown += f"\n\n{listed(self.names, self.language)}"
        return [{"role": "system", "content": rules(self.asked, self.language)}, {"role": "user", "content": shown}]

    @property
    def digest(self) -> str:
        """SHA-256 of all that is asked."""
        return digest(self.messages, self.schema)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of an answer."""
        return answer_schema(self.asked)


def article_labels() -> Iterator[str]:
    """Short names of a story's articles: A, B, … Z, AA, …"""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))


def articles(documents: Sequence[Document | ExampleArticle], language: Language) -> str:
    """Write articles with numbered lines, those of a story with labels."""
    template = _environment().get_template(f"{language}/article.md")
    labels = article_labels() if len(documents) > 1 else iter([""])
    return "\n\n".join(
        template.render(label=label, published=each.published, lines=each.text.split("\n")).strip()
        for label, each in zip(labels, documents, strict=False)
    )


def listed(names: Sequence[Name], language: Language) -> str:
    """Write the names of a story, one a line."""
    return _environment().get_template(f"{language}/names_given.md").render(names=names).strip()


@cache
def rules(asked: Asked, language: Language) -> str:
    """The rules of a question, and an example with its answer."""
    stories = {
        story: articles([each for each in example_articles() if each.story == story], language)
        for story in ("airport", "fire", "train")
    }
    template = _environment().get_template(f"{language}/{asked}.md")
    return template.render(
        stories=stories, names=listed(example_names(), language), answer=_example(asked).strip()
    ).strip()


@cache
def example_articles() -> tuple[ExampleArticle, ...]:
    """The articles of the examples: one of every layer, and two stories of two, the second one without a dispute."""
    return msgspec.json.decode(_example("articles"), type=tuple[ExampleArticle, ...])


def example_names() -> tuple[Name, ...]:
    """The names given to what the example's story of two articles mentions."""
    return msgspec.json.decode(_example("names-given"), type=tuple[Name, ...])


def _example(name: str) -> str:
    return (files("khabar.systems.endpoint") / "prompts" / "examples" / f"{name}.json").read_text("utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(  # a prompt is no page: nothing is escaped
        loader=PackageLoader("khabar.systems.endpoint", "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
