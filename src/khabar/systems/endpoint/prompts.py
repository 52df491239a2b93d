"""What a model is asked: the rules with a worked example, then the article, or the articles of a story.

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
from typing import TYPE_CHECKING, Any

import msgspec

from khabar.records import Document
from khabar.systems.endpoint.shapes import Asked, answer_schema
from khabar.systems.journal import digest
from khabar.systems.protocol import Language

if TYPE_CHECKING:
    from jinja2 import Environment

Message = dict[str, str]


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
