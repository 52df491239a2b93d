"""The lists and patterns of the rules, in `lexicons/`, read once each on first use; verbs in their forms.

A file holds sections under lines `@name`: words, or lines whose cells its reader knows. Lines with # are remarks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import count, groupby
from typing import Any, NamedTuple, TypeVar

from khabar.records.labels import Act, Polarity
from khabar.text.arabic import form, stems

T = TypeVar("T")
_BOUNDARY = re.compile(r"\b(?=.)|(?=[$€£%٪]\d)")
_FILES = ("words.txt", "places.txt", "heads.txt", "names.txt", "numbers.txt", "patterns.txt")


@cache
def sections() -> dict[str, list[str]]:
    """Section → its lines, of all files."""
    found: dict[str, list[str]] = {}
    folder = files("khabar.systems.rules").joinpath("lexicons")
    for line in (line for name in _FILES for line in folder.joinpath(name).read_text("utf-8").splitlines()):
        if line.startswith("@"):
            found[line[1:]] = current = []
        elif line and not line.startswith("#"):
            current.append(line)
    return found


@cache
def words(section: str) -> frozenset[str]:
    """A section of words, folded."""
    return frozenset(form(word) for line in sections()[section] for word in line.split())


Phrases = dict[str, list[tuple[list[str], T]]]
"""Phrases of tokens by their first words: the words that follow, and what the phrase stands for."""
Begun = list[tuple[int, list[str], T]]
"""Phrases that a form may begin, the longest first: letters of clitics before it, the words that follow, meaning."""


def phrases(entries: Iterable[tuple[str, T]]) -> Phrases[T]:
    """Phrases with what they stand for, by their first words."""
    by_first_word: Phrases[T] = {}
    for phrase, meaning in entries:
        first, *rest = phrase.split()
        by_first_word.setdefault(first, []).append((rest, meaning))
    return by_first_word


def begun(known: Phrases[T], form: str) -> Begun[T]:
    """The phrases that a form may begin, with or without its clitics."""
    possible = [(skip, *phrase) for stem, skip in stems(form).items() for phrase in known.get(stem, ())]
    return sorted(possible, key=lambda phrase: -len(phrase[1]))


def longest(begun: Begun[T], forms: list[str], token: int) -> tuple[int, int, T] | None:
    """The longest of the phrases that a token may begin: letters of clitics before it, its end and meaning."""
    for skip, rest, meaning in begun:
        if forms[token + 1 : token + 1 + len(rest)] == rest:
            return skip, token + 1 + len(rest), meaning
    return None


def inflected(he: str, imperfect: str) -> Iterator[str]:
    """The third persons of a verb: قال, قالت, قالوا; يقول, تقول, يقولون, سيقول, ستقول."""
    stem = he[:-1] if he[-1] in "اي" and len(he) > 2 else he
    yield from (he, stem + "ت", stem + "وا")
    if imperfect:
        feminine, stem = "ت" + imperfect[1:], imperfect.rstrip("يوا")
        yield from (imperfect, feminine, stem + "ون", "س" + imperfect, "س" + feminine)


@cache
def verbs() -> frozenset[str]:
    """Forms of frequent verbs, and of those of saying."""
    pairs = [entry.split() for line in sections()["verbs"] for entry in line.split("|")]
    pairs += [line.split()[:2] for line in sections()["speech"]]
    return frozenset(word for he, imperfect in pairs for word in inflected(form(he), form(imperfect).strip("-")))


@cache
def _listed() -> frozenset[str]:
    """The ordinary words of the lists, without endings."""
    return words("particles") | words("common") | verbs() | cue_forms().keys() | words("ordinary")


@lru_cache(maxsize=1 << 16)
def ordinary(word: str) -> bool:
    """Whether a folded word is ordinary Arabic, by lists and by shape, and so no likely part of a foreign name."""
    for candidate in {word, word[1:] if len(word) > 3 and word[0] in "وفبلس" else word}:
        for ending in ("", "ها", "هم", "ه", "ا", "نا", "ات"):
            stem = candidate.removesuffix(ending) if len(candidate) > len(ending) + 2 else candidate
            if stem in _listed():
                return True
        if candidate.startswith(("است", "لل")):
            return True
    return not word[0].isalpha()


class Cue(NamedTuple):
    """A form of a verb of saying. `kind` is perfect, imperfect or participle; `ways` lead to its content."""

    verb: str
    kind: str
    feminine: bool
    plural: bool
    ways: frozenset[str]
    act: Act
    polarity: Polarity


@cache
def cue_forms() -> dict[str, Cue]:
    """Every folded form of a verb of saying."""
    found: dict[str, Cue] = {}
    for line in sections()["speech"]:
        cells, act, ways = line.split()[:3], line.split()[3], frozenset(map(form, line.split()[4:]))
        he, imperfect, participle = (form(cell).strip("-") for cell in cells)
        finite = {word: "perfect" if word.startswith(he[:2]) else "imperfect" for word in inflected(he, imperfect)}
        acting = (participle + "ا", participle + "ه", participle.removesuffix("ي") + "ين") if participle else ()
        for word, kind in (finite | dict.fromkeys(acting, "participle")).items():
            feminine = word.endswith("ه" if kind == "participle" else "ت") or word.lstrip("س").startswith("ت")
            said: tuple[Any, Any] = (act.partition(",")[0], "negative" if act.endswith(",n") else "positive")
            plural = word.endswith(("وا", "ون", "ين"))
            found.setdefault(word, Cue(he, kind, feminine and word != he, plural, ways, *said))
    return {word: cue for word, cue in found.items() if word not in words("homographs")}


@lru_cache(maxsize=1 << 16)
def saying(word: str) -> Cue | None:
    """The cue that a folded word is, after و or ف and before a pronoun (ذكرته); None if it is none."""
    if word not in cue_forms() and len(word) > 3 and word[0] in "وف":
        word = word[1:]
    return cue_forms().get(word) or (cue_forms().get(word[:-1]) if word.endswith("ته") else None)


@cache
def table(section: str) -> dict[str, str]:
    """Phrase → what begins its line, of a section of `numbers.txt`; the first line that has a phrase counts."""
    found: dict[str, str] = {}
    for line in sections()[section]:
        meaning, _, phrases = line.partition(" ")
        for phrase in phrases.split("|"):
            found.setdefault(form(phrase), meaning)
    return found


@cache
def patterns(section: str) -> list[tuple[str, re.Pattern[str]]]:
    """Reader and pattern, of a table of `patterns.txt`."""
    lines = [line.partition(" ") for line in sections()[section]]
    return [(reader, re.compile(filled(pattern))) for reader, _, pattern in lines]


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """The one pattern of a name in a section."""
    return dict(patterns(section))[name]


class Shape(NamedTuple):
    """A line of a table of patterns that are looked up by their first words, or `second` ones."""

    order: int
    table: str
    reader: str
    second: bool
    pattern: re.Pattern[str]


@cache
def _shapes() -> dict[str, list[Shape]]:
    """How a word begins → the shapes of dates, quantities and what introduces a quote that it may belong to."""
    found, order = defaultdict[str, list[Shape]](list), count()
    for name in ("dates", "quantities", "quotes"):
        for reader, word, pattern in (line.split(" ", 2) for line in sections()[name]):
            shape = Shape(next(order), name, reader, word[0] == ">", re.compile(filled(pattern)))
            found[filled(word.lstrip(">"), first_words=True)].append(shape)
    return found


@lru_cache(maxsize=64)
def likely(text: str) -> list[tuple[int, Shape]]:
    """The places of a folded text where a shape may match, in the order of the text and of the tables."""
    found, start, before = list[tuple[int, Shape]](), 0, (0, list[tuple[int, Shape]]())
    for word in text.split(" "):
        within, introduced = _begins(word)
        if introduced and start:
            places = {before[0], *(before[0] + offset for offset, _ in before[1])}
            found += [(place, shape) for place in places for shape in introduced]
        if within:
            found += [(start + offset, shape) for offset, shape in within]
        before = start, within
        start += len(word) + 1
    return sorted(found)


@lru_cache(maxsize=1 << 16)
def _begins(word: str) -> tuple[list[tuple[int, Shape]], list[Shape]]:
    """The shapes that may begin in a word, with their offsets, and those that may begin with the word before it."""
    within, introduced = list[tuple[int, Shape]](), list[Shape]()
    for offset in (boundary.start() for boundary in _BOUNDARY.finditer(word)):
        if _word(*_shapes()).match(word, offset):  # few words begin any
            shapes = [
                shape for begins, some in _shapes().items() if _word(begins).match(word, offset) for shape in some
            ]
            within += [(offset, shape) for shape in shapes if not shape.second]
            introduced += [shape for shape in shapes if shape.second and offset == 0]
    return within, introduced


@cache
def _word(*begins: str) -> re.Pattern[str]:
    return re.compile(f"[وف]?[بل]?(?:{'|'.join(begins)})")


@cache
def filled(pattern: str, first_words: bool = False) -> str:
    """A pattern with its pieces, {NAME} or @name, and the phrases of its tables, or their first words, filled in."""
    pieces = dict(line.split(" ", 1) for line in sections()["pieces"])

    def piece(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name in pieces:
            return str(filled(pieces[name], first_words))
        phrases = _phrases(name)
        return _factored(sorted({phrase.split()[0] for phrase in phrases}) if first_words else phrases)

    return re.sub(r"@([a-z]+)|\{([A-Z]+)\}", piece, pattern)


def _phrases(name: str) -> list[str]:
    kinds = {"cues": ("perfect", "imperfect", "participle"), "perfects": ("perfect",), "participles": ("participle",)}
    if name in kinds:
        return sorted(word for word, cue in cue_forms().items() if cue.kind in kinds[name])
    return sorted(words(name) if name in ("sources", "particles", "according") else table(name))


def _factored(phrases: list[str]) -> str:
    """A pattern of sorted phrases, the longest first, letter by letter so that it is fast."""
    by_letter = [(letter, list(rest)) for letter, rest in groupby(filter(None, phrases), key=lambda phrase: phrase[0])]
    branches = [re.escape(letter) + _factored([phrase[1:] for phrase in rest]) for letter, rest in by_letter]
    group = "" in phrases or len(branches) > 1
    return f"(?:{'|'.join(branches)}){'?' if '' in phrases else ''}" if branches and group else "".join(branches)
