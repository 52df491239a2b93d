"""Personal names the gazetteer does not hold: after a title, after a given name, and family names seen before."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from khabar.systems.rules.clitics import bare, stems
from khabar.systems.rules.cues import is_cue
from khabar.systems.rules.entities.extents import heads
from khabar.systems.rules.entities.known import Known
from khabar.systems.rules.entities.mention import Mention, mention
from khabar.systems.rules.lexicon import known_word, sections, word_set, words
from khabar.systems.rules.reading import Reading

_PARTICLES = word_set("بن ابن ابو ال فون دي دا دو فان لو ماك بو عبد دير ده")
_FAMILY_FIRST = word_set("كيم بارك تشوي كانغ تشو هان وانغ تشانغ مون يون جونغ شين")
_PLURAL = ("ين", "ون", "ات")
_CLITICS = ("وب", "ول", "و", "ف", "ب", "ل", "ك", "")
_LONGEST = 4
_SUFFIXES = ("ها", "هم", "هما", "ته", "ات", "تها", "تهم", "كم", "نا")
_ENDINGS = tuple(
    word_set(
        "وف يف وفا يفا سكي سكايا نكو تش سون مان برغ بيرغ ستين وفيتش شتاين هايمر نغ تز تس كس يان ادزه شفيلي اوسكاس "
        "يلي يني وني يتي ينو ارو ايدو يرو ولي اكو"
    )
)


def given(form: str) -> str:
    """The kind of given name a word is: "m", "f", "weak" for one that is also a common word, or nothing."""
    kinds = sections("given_names.txt")
    if form == "عبد":
        return "m"
    if form in kinds[""]:
        return "m"
    if form in kinds["f"]:
        return "f"
    return "weak" if form in kinds["weak"] else ""


@lru_cache(maxsize=1 << 15)
def _may_be_named(form: str) -> bool:
    """Whether a word can be part of a name: no common word, head, verb of saying or inflected common shape."""
    if len(form) < 2 or not form.isalpha() or form.isascii():
        return False
    if given(form):
        return True
    if (
        known_word(form)
        or known_word(bare(form))
        or heads(form)
        or is_cue(form)
        or bare(form) in words("ministries.txt")
    ):
        return False
    return not form.endswith(_SUFFIXES) and not form.startswith(("لل", "وال", "فال", "بال", "كال", "ول", "وب"))


@lru_cache(maxsize=1 << 15)
def _looks_foreign(form: str) -> bool:
    return len(form) > 4 and form.endswith(_ENDINGS) and not form.startswith("ال")


def name_end(reading: Reading, known: Known, token: int, *, titled: bool, first: str = "") -> int:
    """The end of a personal name that begins at a token, or the token itself. `titled`: it follows a title."""
    word = first or reading.form_at(token)
    end = _run(reading, known, token, word)
    if end == token:
        return token
    strength = given(word)
    if strength in ("m", "f") and (end > token + (2 if word == "عبد" else 1) or titled):
        return end
    second = reading.form_at(token + 1) if end > token + 1 else ""
    if strength == "weak" and second and (titled or given(second) or _looks_foreign(second)):
        return end
    if not titled or first:
        return token
    if end > token + 1 and _closed(reading, end):
        return end
    return end if _looks_foreign(word) or _looks_foreign(second) else token


def _run(reading: Reading, known: Known, token: int, word: str) -> int:
    at = token
    while at < len(reading) and at - token < _LONGEST:
        form = word if at == token else reading.forms[at]
        if form in _PARTICLES and at + 1 < len(reading):
            at += 2
            continue
        if not _may_be_named(form) or (
            at > token and form[0] in "يتسن" and not given(form) and not _looks_foreign(form)
        ):
            break
        name = known.at(at)
        if name is not None and name.label != "PERS" and not (given(form) and name.last == at + 1):
            break
        if form == "علي" and reading.raw(at).endswith("ى"):
            break  # the preposition على, which folding makes a given name
        if form.startswith("ال") and len(form) > 3 and not given(form):
            # a family name with the article ends the name; a plural is none
            return at + 1 if at > token and not form.endswith(_PLURAL) else min(at, len(reading))
        at += 1
    return min(at, len(reading))


def _closed(reading: Reading, end: int) -> bool:
    """Whether a word that cannot go on a name follows: punctuation, a particle, a verb of saying."""
    form = reading.form_at(end)
    return not form or not form.isalpha() or known_word(form) or is_cue(form) or form.startswith(("ال", "ب", "و", "ل"))


@lru_cache(maxsize=1 << 15)
def _openings(form: str) -> tuple[tuple[int, str, str], ...]:
    """The given names a word may be, clitics taken off: (letters of clitics, name, kind)."""
    found = ((skip, stem, given(stem)) for skip, stem in stems(form))
    return tuple(one for one in found if one[2] and not (one[0] and one[2] == "weak"))


def by_given_name(reading: Reading, known: Known) -> list[Mention]:
    """Names that a given name opens, without a title before them."""
    found: list[Mention] = []
    free = 0
    inside = {token for one in known.mentions if one.last > one.first + 1 for token in range(one.first, one.last)}
    for token, form in enumerate(reading.forms):
        for skip, stem, strength in _openings(form):
            if token < free or token in inside:
                break
            end = name_end(reading, known, token, titled=False, first=stem)
            if end > token + 1:
                gender = "f" if strength == "f" else "m"
                found.append(mention(reading, token, end, skip, "PERS", gender=gender))
                free = end
                break
    return found


def by_title(reading: Reading, known: Known, tokens: Collection[tuple[int, str]]) -> list[Mention]:
    """Names that begin where an office or form of address ends; each token comes with the title's gender."""
    found = []
    for token, gender in tokens:
        held = known.at(token)
        if held is not None and held.label == "PERS":
            continue
        end = name_end(reading, known, token, titled=True)
        if end > token:
            found.append(mention(reading, token, end, 0, "PERS", gender=gender))
    return found


def _family(reading: Reading, person: Mention) -> str:
    """The family name: the last word, but the first of a Korean or Chinese name."""
    first = reading.forms[person.first]
    return first if first in _FAMILY_FIRST else reading.forms[person.last - 1]


def seen_before(reading: Reading, people: Collection[Mention], taken: Collection[int]) -> list[Mention]:
    """Family names that stand alone after the full name was given."""
    families: dict[str, Mention] = {}
    for person in people:
        if person.last - person.first > 1:
            family = _family(reading, person)
            if len(family) > 2 and not known_word(family):
                families.setdefault(family, person)
    written = {clitic + family: (len(clitic), who) for family, who in families.items() for clitic in _CLITICS}
    found: list[Mention] = []
    for token, form in enumerate(reading.forms):
        if form in written and token not in taken:
            skip, who = written[form]
            if token >= who.last:
                found.append(mention(reading, token, token + 1, skip, "PERS", who.key, who.gender))
    return found
