"""The two languages of the interface: messages, dates and values in words, and names.

Names are those of pages, as plain file names, and of those who speak, as a reader would say them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Literal

from khabar.records import PredictedSource, Registered
from khabar.records.labels import NARRATOR, Language
from khabar.text.terminal import harmless
from khabar.text.wording import grouped, source_name

_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_INTERVAL = re.compile(r"(\d{4}(-\d{2}){0,2}[?~%]?|\.\.)?/(\d{4}(-\d{2}){0,2}[?~%]?|\.\.)?")
_SEASONS = ("21", "22", "23", "24")
"""EDTF level 1: spring, summer, autumn, winter."""
_FIRST_ISOLATE, _POP = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class InterfaceLanguage:
    """A language of the interface. Calling it with a key gives the message, `{name}` filled in and isolated."""

    code: Language
    direction: Literal["ltr", "rtl"]
    messages: Mapping[str, str]

    def __call__(self, key: str, **values: str | int | float) -> str:
        """Give a message. Raises KeyError if there is none."""
        held = {name: f"{_FIRST_ISOLATE}{value}{_POP}" for name, value in values.items()}
        return self.messages[key].format(**held)

    def count(self, noun: str, number: int) -> str:
        """Say a number of things. English has one and many; Arabic one, two, few (3 to 10) and many."""
        form = "one" if number == 1 else "two" if number == 2 else "few" if 3 <= number % 100 <= 10 else "many"
        words = self.messages.get(f"{noun}.{form}", self.messages[f"{noun}.many"])
        return words.format(n=f"{number:,}")

    def known(self, key: str, otherwise: str) -> str:
        """Give a message if there is one."""
        return self.messages.get(key, otherwise)

    def several(self, names: Iterable[str], most: int = 2) -> str:
        """A few names, and how many more there are."""
        names = list(names)
        words, more = self("ui.comma").join(names[:most]), len(names) - most
        return words if more <= 0 else self("finding.more", names=words, n=more)

    def columns(self, names: Iterable[str]) -> str:
        """The names of some columns of a board."""
        return self("ui.comma").join(self(f"column.{name}") for name in names)

    def figure(self, name: str) -> str:
        """A figure's name in words; labels of the scheme stay as they are."""
        return " · ".join(self.known(f"figure.{part}", part) for part in name.split("."))

    def date(self, edtf: str) -> str:
        """Say an EDTF date: day, month or season of a year, and intervals of these; anything else as it stands."""
        if edtf.count("/") == 1:
            first, last = (self.date(part) if part.strip(".") else "…" for part in edtf.split("/"))
            return f"{first} – {last}"
        parts = _DAY.fullmatch(edtf)
        if parts is None:
            return edtf
        year, month, day = parts.groups()
        name = self.known(f"season.{month}" if month in _SEASONS else f"month.{month}", month)
        return " ".join(part for part in (day and str(int(day)), name, year) if part)

    def value(self, text: str) -> str:
        """Say a claim's value: yes or no, a date, an interval `10..100`, a number; a key as words."""
        if text in ("yes", "no"):
            return self(f"value.{text}")
        if ".." in text and text.count("..") == 1 and "/" not in text:
            low, high = map(str.strip, text.split(".."))
            if low and low == high:
                return grouped(low)
            key = "value.between" if low and high else "value.from" if low else "value.to"
            return self(key, low=grouped(low), high=grouped(high))
        if _DAY.match(text) or _INTERVAL.fullmatch(text):
            return self.date(text)
        return grouped(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) and len(text) > 4 else text


def translations(story: str) -> dict[str, str]:
    """Our own English of what claims say, by claim id; none for most stories."""
    return dict(tomllib.loads((files("khabar.site") / "messages" / "claims.toml").read_text("utf-8")).get(story, {}))


def languages() -> tuple[InterfaceLanguage, InterfaceLanguage]:
    """English and Arabic."""
    folder = files("khabar.site") / "messages"
    read = {code: tomllib.loads((folder / f"{code}.toml").read_text("utf-8")) for code in ("en", "ar")}
    return InterfaceLanguage("en", "ltr", _flat(read["en"])), InterfaceLanguage("ar", "rtl", _flat(read["ar"]))


def _flat(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"{table}.{key}": words for table, entries in tables.items() for key, words in entries.items()}


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
class SpeakerNames:
    """Names of one story's sources by their keys. Keys are English, registered names are as the articles write them."""

    names: Mapping[str, str]

    def of(self, key: str, language: InterfaceLanguage) -> str:
        """Say who a key of the gold is: in Arabic by the registered name, in English by the key's own words."""
        if key == NARRATOR:
            return language("who.narrator")
        if key.startswith(UNNAMED):
            said = in_words(key.removeprefix(UNNAMED)) if language.code == "en" else self.names.get(key, key)
            return said if language.code == "ar" else language("who.unnamed", name=_unnumbered(said))
        if language.code == "ar":
            return self.names.get(key, key)
        return in_words(key) if key in self.names else key

    def answer(self, value: str | None, words: str, language: InterfaceLanguage) -> str:
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
        name = source_name(source)
        return "?" if name is None else harmless(self.names.get(name, name))


def names_of(registry: Iterable[Registered], story: str) -> SpeakerNames:
    """Names of a story's registry."""
    return SpeakerNames({row.entity_id: row.name for row in registry if row.story == story})


def _unnumbered(said: str) -> str:
    """`Estimates 002` → Estimates: the key's number says only which article it is of."""
    return re.sub(r"\s\d{3}\b", "", said)
