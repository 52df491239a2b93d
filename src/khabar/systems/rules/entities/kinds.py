"""What kind of word each token is, and the patterns of names over these kinds (`lexicons/patterns.txt`).

A text becomes a string of two characters a token: its clitic, and a letter for its kind, as `patterns.txt` explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from khabar.records.labels import EntityLabel
from khabar.systems.rules.lexicon import Begun, Phrases, begun, filled, longest, ordinary, phrases, sections, words
from khabar.text.arabic import QUOTES, Tokens, form, stems

_LABELS: tuple[EntityLabel, ...] = ("GPE", "LOC", "ORG", "EVENT", "FAC", "WEBSITE", "NORP")
_KNOWN = dict(zip(_LABELS, "GLOMQWN", strict=True))
_NATIVE = frozenset("حذصضظعءئؤ")
"""Letters that Arabic has and transliterations of foreign names hardly use."""
_NATIVE_STARTS = ("ال", "وال", "بال", "فال", "كال", "مت", "مست")
_CLITIC = {"و": "+", "ف": "+", "ل": "ل"}
_TOKEN = re.compile(r'([+ل]?)(\[[^\]]+\]|[A-Za-z"!])|¤')

Known = tuple[int, int, EntityLabel, str]
"""A known name: letters of clitics before it, the token behind it, its label and cluster."""


@cache
def _names() -> dict[str, tuple[EntityLabel, str]]:
    names = {surface: (label, key) for surface, label, key in reversed([*_entries()])}
    # the same foreign g is written غ in the Levant and ج in Egypt
    return {name.replace("غ", "ج"): meaning for name, meaning in names.items() if meaning[0] != "NORP"} | names


def _entries() -> Iterator[tuple[str, EntityLabel, str]]:
    for section in ("countries", "adjectives"):
        for line in sections()[section]:
            cells = ([form(part) for part in cell.split("|")] for cell in f"{line};;".split(";")[:3])
            names, stems_of, peoples = cells
            yield from ((name, "GPE", names[0]) for name in names if section == "countries")
            people = [surface for stem in stems_of for surface in _adjective(stem)] + peoples
            yield from ((article + one, "NORP", names[0]) for one in people if one for article in ("", "ال"))
    for label in _KNOWN:
        for line in sections()[label]:
            for same in line.split("|"):
                yield from ((form(surface), label, form(same.split("=")[0])) for surface in same.split("="))


def _adjective(stem: str) -> Iterator[str]:
    """The forms of an adjective of belonging, of every word of it: كوري شمالي gives كورية شمالية, كورية الشمالية."""
    for ending in ("", "ه", "ين", "ون", "ات", "ان", "ا", "تين", "تان") if stem else ():
        first, *rest = [word if word == "جنوب" else word + ending for word in stem.split()]
        yield " ".join((first, *rest))
        if rest:
            yield " ".join((first, *("ال" + word for word in rest)))


@cache
def known_names() -> frozenset[str]:
    """The folded surfaces the gazetteer holds."""
    return frozenset(_names())


@cache
def _phrases() -> Phrases[tuple[EntityLabel, str]]:
    return phrases(_names().items())


@cache
def _letters() -> dict[str, str]:
    """Word → letter of its kind, of the lists of heads and names; what comes later counts."""
    found: dict[str, str] = {}
    for word in words("office"):
        found |= {word: "r", word + "ه": "r", "ال" + word: "T", f"ال{word}ه": "T"}
    found |= dict.fromkeys(words("title"), "t")
    for letter in "zufkesbpwjcyihUHaBlq":
        found |= {word: "m" if letter == "p" and found.get(word) == "b" else letter for word in words(letter)}
    for section, letter in zip(("weak", "foreign", "foreign_f", "arabic", "arabic_f", "links"), "vVVRRn", strict=True):
        found |= {word: letter for word in words(section) if word not in found or letter in "VR"}
    return found


def feminine(name: str) -> bool | None:
    """Whether a given name is a woman's; None if it is not known."""
    women = words("foreign_f") | words("arabic_f")
    return name in women if _letters().get(name) in ("V", "R") else None


@lru_cache(maxsize=1 << 16)
def foreign(word: str) -> bool:
    """Whether a folded word may be part of a foreign name: not ordinary, without native letters and ة."""
    native = word.startswith(_NATIVE_STARTS) or word.endswith("ه") or _NATIVE & set(word)
    return len(word) > 1 and word.isalpha() and not word.isascii() and not native and not ordinary(word)


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> str:
    """The letter of a folded word without clitics."""
    if word in _letters() and word not in words("plain"):
        return _letters()[word]
    if not word.isalpha():
        return '"' if word in QUOTES else "d" if word.isdigit() else "!"
    if word.startswith("ال") and len(word) > 4:
        if word in words("generic") or word in words("ordinary"):
            return "x"
        adjective = word in words("plain") or word.endswith(("ي", "يه", "يين"))
        return "A" if adjective else "X" if word in words("common") else "D"
    return "Z" if word.isascii() else "F" if foreign(word) else "x" if ordinary(word) else "o"


@lru_cache(maxsize=1 << 16)
def _word(form: str) -> tuple[str, int, Begun[tuple[EntityLabel, str]]]:
    """What the string of kinds says of a form, its letters of clitics, and the names it may begin."""
    whole, *others = [(skip, _kind(stem)) for stem, skip in stems(form).items()]
    telling = [one for one in others if one[1] not in "xoFvnAZqlB"] if whole[1] in "oxF" else []
    skip, kind = (telling or [whole])[0]
    return _clitic(form, skip) + kind, skip, begun(_phrases(), form)


def _clitic(form: str, skip: int) -> str:
    return _CLITIC.get(form[skip - 1], "~") if skip else " "


def tagged(tokens: Tokens) -> tuple[str, list[int], dict[int, Known]]:
    """The string of kinds, how many letters of clitics each token has, and the known names by first token."""
    words_read = [*map(_word, tokens.forms)]
    tags, skips = [tag for tag, _, _ in words_read], [skip for _, skip, _ in words_read]
    for mark in re.finditer("ً", tokens.text):
        token = tokens.at(mark.start())
        if token < len(tags) and tokens.starts[token] < mark.start() and tags[token][1] in "VvF":
            tags[token] = tags[token][0] + "x"
    known, last = dict[int, Known](), 0
    for token, names in [(token, names) for token, (_, _, names) in enumerate(words_read) if names]:
        name = longest(names, tokens.forms, token)
        if name is None or (name[2][0] == "NORP" and tokens.form(token - 1) in words("money")):
            continue
        skip, end, (label, key) = name
        if end > last or label in ("NORP", "GPE"):
            known[token] = skip, end, label, key
        if end > last:
            tags[token], skips[token] = _clitic(tokens.forms[token], skip) + _KNOWN[label], skip
            tags[token + 1 : end], skips[token + 1 : end] = [" g"] * (end - token - 1), [0] * (end - token - 1)
            last = end
    for token in tokens.lines:
        tags[token] = "\n" + tags[token][1]
    return "".join(tags), skips, known


@cache
def rules() -> dict[str, list[tuple[EntityLabel, re.Pattern[str]]]]:
    """Label and pattern of the names that may begin with a token, by the letter of its kind."""
    found: dict[str, list[tuple[EntityLabel, re.Pattern[str]]]] = {}
    for line in sections()["names"]:
        label, letters, pattern = line.split(" ", 2)
        for letter in letters:
            found.setdefault(letter, []).append((label, compiled(pattern)))  # type: ignore[arg-type]
    return found


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern over the string of kinds."""

    def token(match: re.Match[str]) -> str:
        return "(?:[^\n].)" if match[0] == "¤" else f"(?:{re.escape(match[1] or ' ')}{match[2]})"

    return re.compile(_TOKEN.sub(token, filled(pattern)))
