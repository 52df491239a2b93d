"""How far a name runs after its head: definite words, nationalities and known names, conjoined ministries."""

from __future__ import annotations

from functools import cache, lru_cache

import msgspec

from khabar.systems.rules.clitics import stems
from khabar.systems.rules.entities.known import Known
from khabar.systems.rules.lexicon import cell, rows, sections, words
from khabar.systems.rules.reading import OPENING, Reading

_LIMIT = 7
Heads = tuple[tuple[int, str, str, str], ...]


@cache
def _heads() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for kind, gender, names in rows("heads.tsv", 3):
        for name in cell(names):
            found[name] = (kind, gender)
            if kind in ("occ", "occtitle", "polite"):
                found.setdefault("ال" + name, (kind, gender))
    return found


@lru_cache(maxsize=1 << 16)
def heads(form: str) -> Heads:
    """What a word may be the head of: (letters of clitics, the head, its class, its gender)."""
    known = _heads()
    return tuple((skip, stem, *known[stem]) for skip, stem in stems(form) if stem in known)[:1]


class Headed(msgspec.Struct, frozen=True):
    """A token that may be the head of a name."""

    token: int
    skip: int
    head: str
    kind: str
    gender: str


def headed(reading: Reading) -> list[Headed]:
    """The heads of a text, for the grammars to start from."""
    return [Headed(token, *one) for token, form in enumerate(reading.forms) for one in heads(form)]


@cache
def section(name: str) -> frozenset[str]:
    """A section of the words that decide extents."""
    return sections("extents.txt")[name]


def is_definite(form: str) -> bool:
    """Whether a word carries the article and may continue a name."""
    return form.startswith("ال") and len(form) > 3 and form not in section("stop")


def _goes_on(form: str, first: bool) -> bool:
    """Whether a definite word goes on a name; some only begin a complement (قائد الجيش)."""
    return is_definite(form) and (first or form not in section("later"))


def run(
    reading: Reading, at: int, known: Known, *, lam: bool = False, places: bool = True, open_end: bool = False
) -> tuple[int, bool]:
    """The end of a name's complement that begins at token `at`, and whether it closed with a nationality.

    It takes definite words, construct nouns before them, and known names; a nationality closes it. `lam` lets
    it go on over لشؤون and لل (المنظمة الدولية للهجرة), `open_end` beyond a nationality; without `places` a known
    place does not belong to it.
    """
    begin = at
    forms = reading.forms
    end = begin  # the last point where the name is complete
    while at < len(forms) and at - begin < _LIMIT:
        name = known.whole(reading, at)
        word = forms[at]
        if name is not None and name.label == "NORP":
            at = end = name.last
            if not open_end and (not lam or not _lam(forms, at)):
                return end, True
            continue
        if name is not None and (name.label in ("GPE", "LOC", "ORG") or (name.label == "PERS" and at == begin)):
            if not places or (at > begin and forms[at - 1].startswith("ال")):
                return end, False
            return name.last, False
        if word in OPENING and end > begin and _nationality(known, reading, at + 1):
            at += 1
            continue
        if _goes_on(word, at == begin):
            at += 1
            end = at
        elif (at == begin or not forms[at - 1].startswith("ال")) and _construct(word):
            at += 1
        elif end > begin and (_conjoined(word) or (lam and _lam(forms, at))):
            at += 1
            end = at
        else:
            break
    return end, False


def _nationality(known: Known, reading: Reading, at: int) -> bool:
    name = known.whole(reading, at)
    return name is not None and name.label == "NORP" and name.end > name.start


def _construct(word: str) -> bool:
    return word in section("middle")


def _conjoined(word: str) -> bool:
    return word.startswith("وال") and word[3:] in words("ministries.txt")


def _lam(forms: list[str], at: int) -> bool:
    return at < len(forms) and (forms[at] in section("lam") or (forms[at].startswith("لل") and len(forms[at]) > 4))
