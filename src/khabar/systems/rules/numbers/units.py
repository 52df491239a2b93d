"""What is counted or measured: units with their codes, currencies, and counted nouns with their lemmas."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from khabar.records.labels import NumberKind
from khabar.systems.rules.clitics import bare
from khabar.systems.rules.cues import is_cue
from khabar.systems.rules.lexicon import cell, known_word, rows
from khabar.systems.rules.reading import Reading

_LEAF = ""
_FEMININE_DUAL = ("تين", "تان")
_DUAL = ("ين", "ان")


class Unit(msgspec.Struct, frozen=True):
    """A unit over tokens up to `last`: its kind and code; `assumed` for a currency no country was named for."""

    last: int
    kind: NumberKind
    code: str
    assumed: bool = False


@cache
def _trie() -> dict[str, Any]:
    root: dict[str, Any] = {}
    for kind, code, names in rows("units.tsv", 3):
        for name in cell(names):
            words = name.split()
            forms = [words]
            if len(words) == 1 and words[0].isalpha() and words[0][-1] not in "اهي" and len(words[0]) > 2:
                forms.append([words[0] + "ا"])
            for form in forms:
                node = root
                for word in form:
                    node = node.setdefault(word, {})
                node.setdefault(_LEAF, (kind, code, len(words) == 1))
    return root


def unit_at(reading: Reading, at: int) -> Unit | None:
    """The longest unit that begins at a token."""
    node: dict[str, Any] = _trie()
    found = None
    while at < len(reading) and reading.forms[at] in node:
        node = node[reading.forms[at]]
        at += 1
        if _LEAF in node:
            kind, code, single = node[_LEAF]
            bare_currency = kind == "money" and single and code not in ("EUR", "RUB", "UAH", "JPY", "CNY", "PLN")
            found = Unit(at, kind, code, bare_currency)
    return found


@cache
def time_units() -> dict[str, tuple[str, str]]:
    """Time nouns: form → (UCUM code, number): singular, plural or dual."""
    found: dict[str, tuple[str, str]] = {}
    for kind, code, names in rows("units.tsv", 3):
        if kind != "duration":
            continue
        for position, name in enumerate(cell(names)):
            singular = position == 0 or name in ("سنه",)
            found[name] = (code, "singular" if singular else "plural")
            if singular:
                stem = name[:-1] if name.endswith("ه") else name
                for ending in _FEMININE_DUAL if name.endswith("ه") else _DUAL:
                    found[stem + ending] = (code, "dual")
    return found


@cache
def _lemmas() -> dict[str, str]:
    found: dict[str, str] = {}
    for lemma, plurals in rows("nouns.tsv", 2):
        folded = cell(lemma)[0]
        for name in (folded, *cell(plurals)):
            found.setdefault(name, lemma)
            if name[-1] not in "اه":
                found.setdefault(name + "ا", lemma)
    return found


@cache
def duals() -> dict[str, str]:
    """Indefinite duals of nouns whose plural is broken or feminine, so that the form is no plural: صاروخين."""
    found: dict[str, str] = {}
    for lemma, plurals in rows("nouns.tsv", 2):
        folded = cell(lemma)[0]
        if not plurals or any(name.endswith(("ين", "ون")) for name in cell(plurals)):
            continue
        stem, endings = (folded[:-1], _FEMININE_DUAL) if folded.endswith("ه") else (folded, _DUAL)
        found |= {stem + ending: lemma for ending in endings}
    return found


def noun_lemma(form: str) -> str | None:
    """The lemma of a counted noun, with or without its article; None if it is not in the list."""
    lemmas = _lemmas()
    return lemmas.get(form) or (lemmas.get(form[2:]) if form.startswith("ال") else None)


def counted_noun(reading: Reading, at: int, *, definite: bool) -> str | None:
    """The lemma of the noun a number at `at` counts, or the noun as written; None where no noun follows.

    `definite`: the noun may carry the article, as after آلاف.
    """
    if at >= len(reading):
        return None
    form = reading.forms[at]
    if not form.isalpha() or form.isascii() or reading.lines[at] != reading.lines[at - 1]:
        return None
    if form.startswith("ال") and not definite:
        return None
    lemma = noun_lemma(form)
    if lemma is not None:
        return lemma
    common = known_word(form) or is_cue(form) or form[0] in "وفيل" or form.startswith(("لل", "بال"))
    if common or len(form) < 3 or known_word(bare(form)):
        return None
    return reading.raw(at).removeprefix("ال") if definite else reading.raw(at)


def unit_of(word: str) -> tuple[NumberKind, str] | None:
    """Kind and code of a unit of one word."""
    node = _trie().get(word)
    return None if node is None or _LEAF not in node else (node[_LEAF][0], node[_LEAF][1])
