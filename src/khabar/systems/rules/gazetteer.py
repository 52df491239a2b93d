"""The gazetteer: known names as a trie over tokens, with what each name is and which thing it names."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import msgspec

from khabar.records.labels import EntityLabel
from khabar.systems.rules.clitics import stems
from khabar.systems.rules.lexicon import cell, rows
from khabar.systems.rules.nisba import inflected
from khabar.systems.rules.reading import Reading
from khabar.text.arabic import token_spans

_LEAF = ""


class Entry(msgspec.Struct, frozen=True):
    """What a surface stands for. `alone` marks a lone family name, `female` a person whose verbs are feminine."""

    label: EntityLabel
    key: str
    alone: bool = False
    female: bool = False


class Match(msgspec.Struct, frozen=True):
    """A surface of the gazetteer in a text: tokens `[first, last)`, `skip` letters of clitics before it."""

    first: int
    last: int
    skip: int
    entry: Entry


@cache
def surfaces() -> dict[str, Entry]:
    """Every folded surface and its entry; where two claim one surface the first stands."""
    found: dict[str, Entry] = {}
    for key, names, stem_cell, peoples in rows("nations.tsv", 4):
        _add(found, cell(names), Entry("GPE", key))
        _add(found, inflected(cell(stem_cell), cell(peoples)), Entry("NORP", key))
    for key, stem_cell, peoples in rows("groups.tsv", 3):
        _add(found, inflected(cell(stem_cell), cell(peoples)), Entry("NORP", key))
    for key, full, alone, sex in rows("persons.tsv", 4):
        _add(found, cell(full), Entry("PERS", key, female=sex == "f"))
        _add(found, cell(alone), Entry("PERS", key, alone=True, female=sex == "f"))
    for name, label in (("cities.tsv", "GPE"), ("regions.tsv", "LOC"), ("bodies.tsv", "ORG")):
        for key, names in rows(name, 2):
            _add(found, cell(names), Entry(label, key))  # type: ignore[arg-type]
    for label, key, names in rows("things.tsv", 3):
        _add(found, cell(names), Entry(label, key))  # type: ignore[arg-type]
    return found


def _add(found: dict[str, Entry], names: list[str], entry: Entry) -> None:
    for name in names:
        found.setdefault(name, entry)
        if "غ" in name and not name.startswith("ال"):
            # the same foreign g is written غ in the Levant and ج in Egypt
            found.setdefault(name.replace("غ", "ج"), entry)


def known_names() -> frozenset[str]:
    """The folded surfaces the gazetteer holds."""
    return frozenset(surfaces())


@cache
def _trie() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for surface, entry in surfaces().items():
        node = root
        for start, end in token_spans(surface):
            node = node.setdefault(surface[start:end], {})
        node[_LEAF] = entry
    return root


@lru_cache(maxsize=1 << 16)
def begins_name(form: str) -> tuple[tuple[int, str], ...]:
    """Which ways to take a word apart begin a known name; whole words win over those without their clitics."""
    root = _trie()
    found = tuple((skip, stem) for skip, stem in stems(form) if stem in root)
    return found[:1] if found and found[0][0] == 0 else found


def matches(reading: Reading, token: int) -> list[Match]:
    """All known names that begin with a token, the shortest first."""
    found = []
    forms = reading.forms
    for skip, stem in begins_name(forms[token]):
        node = _trie()[stem]
        at = token + 1
        while True:
            entry = node.get(_LEAF)
            if entry is not None:
                found.append(Match(token, at, skip, entry))
            if at >= len(forms) or forms[at] not in node:
                break
            node = node[forms[at]]
            at += 1
    return found
