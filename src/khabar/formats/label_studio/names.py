"""Entities by their names: in a page a key stands as a name of its own, and nobody types a key.

The names are data of the task, and only ever grow, so that what a page says keeps its meaning. Words that are no such
name are a new entity, whose key they become.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count
from typing import Any

import msgspec

from khabar.formats.label_studio.fields import NULL, SPEAKS_FOR, Values
from khabar.formats.label_studio.page import Page
from khabar.reading.incidents import Report

KEYED = ("entity_id", "speaker", "through", "addressee", "other_speakers", "source", "value", SPEAKS_FOR.name)
"""The controls whose words are entity keys; a `value` is one where it is a name."""
ARROW = ">"
"""Stands between the two keys of `speaks_for`."""
_RESERVED = (NULL, "narrator")


@dataclass(frozen=True)
class Names:
    """Pairs of a key and the words that stand for it; no two keys have the same words."""

    pairs: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return dict(self.pairs)

    @cached_property
    def _by_words(self) -> dict[str, str]:
        return {words: key for key, words in self.pairs}

    @property
    def data(self) -> list[list[str]]:
        """The names as data of a task."""
        return [list(pair) for pair in self.pairs]

    def key_of(self, words: str) -> str:
        """The key that words stand for: of words unknown, the words."""
        return self._by_words.get(words, words)

    def words_of(self, key: str) -> str:
        """The words that stand for a key: of a key without a name, the key."""
        return self._by_key.get(key, key)

    def with_entities(self, entities: Iterable[tuple[str, str]]) -> Names:
        """These names, and those of entities (key and name) that have none yet.

        An entity whose name stands for another one, or is another one's key, has its key beside it.
        """
        entities = list(entities)
        named = dict(self.pairs)
        keys = {*named, *(key for key, _ in entities)}
        taken = {*named.values(), *_RESERVED}
        for key, name in entities:
            if key not in named:
                numbered = (f"{key} ({number})" for number in count(2))
                candidates = chain((name.strip(), f"{name} ({key})", key), numbered)
                named[key] = next(
                    words
                    for words in (candidate.replace(ARROW, "→") for candidate in candidates)
                    if words and words not in taken and (words == key or words not in keys)
                )
                taken.add(named[key])
        return Names(tuple(named.items()))

    def shown(self, page: Page) -> Page:
        """The page with names in place of keys."""
        return _with_words(page, self.words_of)

    def read(self, page: Page) -> Page:
        """The page with keys in place of names."""
        return _with_words(page, self.key_of)


NOBODY = Names()
"""No names: words are keys."""


def names_of_task(data: Mapping[str, Any], problem: Report) -> Names:
    """The names in the data of a task; reports them if somebody made something else of them."""
    try:
        return Names(msgspec.convert(data.get("names", []), tuple[tuple[str, str], ...]))
    except msgspec.ValidationError as error:
        problem("task-wrong", f"its data were changed: names: {error}")
        return NOBODY


def _with_words(page: Page, change: Callable[[str], str]) -> Page:
    def changed(shown: Mapping[str, Values]) -> dict[str, Values]:
        return {control: tuple(_word(control, word, change) for word in words) for control, words in shown.items()}

    regions = tuple(replace(region, attributes=changed(region.attributes)) for region in page.regions)
    return replace(page, regions=regions, notes=changed(page.notes))


def _word(control: str, word: str, change: Callable[[str], str]) -> str:
    if control not in KEYED or word == NULL:
        return word
    if control == SPEAKS_FOR.name:
        return f" {ARROW} ".join(change(part.strip()) for part in word.split(ARROW))
    return change(word)
