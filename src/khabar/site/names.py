"""Names: of pages, as plain file names, and of those who speak, as a reader would say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from khabar.records import PredictedSource, Registered
from khabar.records.labels import NARRATOR
from khabar.site.language import Language
from khabar.text.terminal import harmless

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SMALL = frozenset({"of", "for", "and", "in", "the", "as", "to", "with", "such"})
_CAPITALS = frozenset({"us", "wpk", "nato", "kcna", "eu", "uk"})
UNNAMED = "anon:"


def page_name(identifier: str) -> str:
    """A file name for a document or story: its id where that is plain, else a digest of it."""
    return identifier if _PLAIN.fullmatch(identifier) else sha256(identifier.encode()).hexdigest()[:16]


def in_words(slug: str) -> str:
    """A key as English words: `maria_zakharova` → Maria Zakharova."""
    words = slug.replace("-", "_").split("_")
    return " ".join(
        word.upper() if word in _CAPITALS else word if word in _SMALL and index else word[:1].upper() + word[1:]
        for index, word in enumerate(words)
    )


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one story's sources by their keys. Keys are English, registered names are as the articles write them."""

    names: Mapping[str, str]

    def of(self, key: str, language: Language) -> str:
        """Say who a key of the gold is: in Arabic by the registered name, in English by the key's own words."""
        if key == NARRATOR:
            return language("who.narrator")
        if key.startswith(UNNAMED):
            said = in_words(key.removeprefix(UNNAMED)) if language.code == "en" else self.names.get(key, key)
            return said if language.code == "ar" else language("who.unnamed", name=_unnumbered(said))
        if language.code == "ar":
            return self.names.get(key, key)
        return in_words(key) if key in self.names else key

    def answer(self, value: str | None, words: str, language: Language) -> str:
        """Say a claim's value. Its own words stand for none, and in Arabic for a key that names nothing registered."""
        if value is None:
            return words
        if value in self.names:
            return self.of(value, language)
        if value in ("yes", "no") or not _KEY.fullmatch(value):
            return language.value(value)
        return in_words(value) if language.code == "en" else words

    def as_written(self, source: str | PredictedSource | None) -> str:
        """Say who is meant by a quote: the registered name of a key, else what a system gives, made harmless."""
        if source is None:
            return "?"
        if isinstance(source, str):
            return harmless(self.names.get(source, source))
        given = (source.name, source.text, source.wikidata, source.entity_id)
        name = next((name for name in given if name), None)
        return "?" if name is None else harmless(self.names.get(name, name))


def names_of(registry: Iterable[Registered], story: str) -> Names:
    """Names of a story's registry."""
    return Names({row.entity_id: row.name for row in registry if row.story == story})


def _unnumbered(said: str) -> str:
    """`Estimates 002` → Estimates: the key's number says only which article it is of."""
    return re.sub(r"\s\d{3}\b", "", said)
