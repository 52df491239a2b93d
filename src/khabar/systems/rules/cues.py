"""The lexicon of saying: verbs in their forms, participles, and what each says about its content and its subject."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

import msgspec

from khabar.records.labels import Act, Polarity
from khabar.systems.rules.clitics import stems
from khabar.systems.rules.lexicon import rows, word_set
from khabar.systems.rules.reading import form

Form = Literal["verb", "participle"]
_PRONOUNS = ("ه", "ها", "هم")


class Cue(msgspec.Struct, frozen=True):
    """A form of a verb of saying. `gender` is m, f or p (plural); `ways` how it leads to its content."""

    verb: str
    form: Form
    gender: str
    ways: tuple[str, ...]
    act: Act
    polarity: Polarity


@cache
def cue_forms() -> dict[str, Cue]:
    """Every folded form and its cue; forms that are also another common word are left out."""
    found: dict[str, Cue] = {}
    for he, she, imperfect, participle, ways, act, polarity in rows("cues.tsv", 7):
        for word, kind, gender in _inflections(form(he), form(she), form(imperfect), form(participle)):
            sign: Polarity = "negative" if polarity == "n" else "positive"
            cue = Cue(form(he), kind, gender, tuple(form(way) for way in ways.split()), act, sign)  # type: ignore[arg-type]
            found.setdefault(word, cue)
    for word in _HOMOGRAPHS:
        found.pop(word, None)
    return found


_HOMOGRAPHS = word_set(
    "بين رد ردت يعد تعد بينت مقر مقرا يرد ترد يدعي تدعي قدر وعد واعد ادعي ختم علق كتاب مستبعد كاتب كاتبه"
)
"""Forms more often a preposition, a noun or another verb: بين, رد, يعد."""


def _inflections(he: str, she: str, imperfect: str, participle: str) -> list[tuple[str, Form, str]]:
    found: list[tuple[str, Form, str]] = [(he, "verb", "m")]
    if she:
        found.append((she, "verb", "f"))
    stem = he[:-1] if he[-1] in "يا" and len(he) > 3 else he
    found.append((stem + "وا", "verb", "p"))
    if imperfect:
        found += [(imperfect, "verb", "m"), ("ت" + imperfect[1:], "verb", "f")]
        stem = imperfect[:-1] if imperfect[-1] in "يو" else imperfect
        found.append((stem + "ون", "verb", "p"))
    if participle:
        stem = participle[:-1] if participle.endswith("ي") else participle
        found += [(participle + "ا", "participle", "m"), (participle + "ه", "participle", "f")]
        found += [(stem + "ين", "participle", "p"), (stem + "ان", "participle", "p")]
    return found


@lru_cache(maxsize=1 << 15)
def cue_at(word: str) -> tuple[int, Cue] | None:
    """The cue a folded word is, after `و` or `ف`: (letters of the conjunction, cue)."""
    cues = cue_forms()
    if word in cues:
        return 0, cues[word]
    if len(word) > 3 and word[0] in "وف" and word[1:] in cues:
        return 1, cues[word[1:]]
    return None


def is_cue(word: str) -> bool:
    """Whether a folded word is a form of a verb of saying."""
    return cue_at(word) is not None


PASSES_ON = frozenset({"نقل", "نقلت", "تنقل", "ينقل", "نقلوا"})
"""To pass on what another said."""


def passes_on(word: str) -> bool:
    """Whether a folded word is a form that may relay, conjunctions included."""
    return any(stem in PASSES_ON for _, stem in stems(word))
