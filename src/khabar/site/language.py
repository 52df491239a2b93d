"""The two languages of the interface: messages, dates and values in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

Code = Literal["en", "ar"]

_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_INTERVAL = re.compile(r"(\d{4}(-\d{2}){0,2}[?~%]?|\.\.)?/(\d{4}(-\d{2}){0,2}[?~%]?|\.\.)?")
_SEASONS = ("21", "22", "23", "24")
"""EDTF level 1: spring, summer, autumn, winter."""
_FIRST_ISOLATE, _POP = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface. Calling it with a key gives the message, `{name}` filled in and isolated."""

    code: Code
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


def grouped(number: str) -> str:
    """Put commas between the thousands of a decimal string; anything else as it stands."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if re.fullmatch(r"-?\d+", whole, re.ASCII) else number


def translations(story: str) -> dict[str, str]:
    """Our own English of what claims say, by claim id; none for most stories."""
    return dict(tomllib.loads((files("khabar.site") / "messages" / "claims.toml").read_text("utf-8")).get(story, {}))


def languages() -> tuple[Language, Language]:
    """English and Arabic."""
    folder = files("khabar.site") / "messages"
    read = {code: tomllib.loads((folder / f"{code}.toml").read_text("utf-8")) for code in ("en", "ar")}
    return Language("en", "ltr", _flat(read["en"])), Language("ar", "rtl", _flat(read["ar"]))


def _flat(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {f"{table}.{key}": words for table, entries in tables.items() for key, words in entries.items()}
