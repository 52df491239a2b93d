"""Identity across articles: models name things article by article, and the names of a story are joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from khabar.records import Annotations
from khabar.scoring.assignment import Components
from khabar.systems.endpoint.prompts import Name, article_labels
from khabar.text.arabic import fold

Same = tuple[tuple[str, ...], ...]
"""Groups of names, each of one thing."""


def names_of(story: Sequence[Annotations]) -> tuple[Name, ...]:
    """List the names that mentions of a story's documents have as keys, in the order of the text.

    Names that are equal after folding are one; it is spelled as it is first.
    """
    names: dict[str, tuple[str, set[str], list[str]]] = {}
    for label, document in zip(article_labels(), story, strict=False):
        for mention in document.entities:
            if mention.entity_id:
                _, labels, articles = names.setdefault(_folded(mention.entity_id), (mention.entity_id, set(), []))
                labels.add(mention.label)
                articles += [label] if label not in articles else []
    return tuple(Name(name, tuple(sorted(labels)), tuple(articles)) for name, labels, articles in names.values())


def with_joined_names(story: Sequence[Annotations], same: Same = ()) -> list[Annotations]:
    """Give the mentions of one thing one key over a story's documents: the first of its names.

    Names that are equal after folding are of one thing, and so are those that a group of `same` holds.
    """
    first = {_folded(each.name): each.name for each in names_of(story)}
    order = {name: index for index, name in enumerate(first)}
    things: Components[str] = Components()
    for group in same:
        names = [name for name in map(_folded, group) if name in first]
        for root in (roots := sorted({things.root(name) for name in names}, key=order.__getitem__))[1:]:
            things.join(root, roots[0])
    return [
        replace(
            document,
            entities=tuple(
                replace(each, entity_id=first[things.root(_folded(each.entity_id))]) if each.entity_id else each
                for each in document.entities
            ),
        )
        for document in story
    ]


def joined(doc_id: str, parts: Iterable[Annotations]) -> Annotations:
    """Join what single items, or the answers for single layers, say of a document."""
    given = tuple(parts)
    return Annotations(
        doc_id=doc_id,
        entities=tuple(item for part in given for item in part.entities),
        numbers=tuple(item for part in given for item in part.numbers),
        quotes=tuple(item for part in given for item in part.quotes),
    )


def _folded(name: str) -> str:
    return " ".join(fold(name).split())
