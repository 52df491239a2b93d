"""One frame of saying: a cue with its subject, what leads to its content, and the row it makes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from khabar.systems.rules.cues import Cue, cue_at
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.quotes.content import Opening, opening, sentence_limit
from khabar.systems.rules.quotes.marks import Marked
from khabar.systems.rules.quotes.speakers import Cast, Speaker, agrees, carried
from khabar.systems.rules.reading import Reading

_NEGATIONS = frozenset({"لم", "لن", "لا", "ولم", "ولن", "ولا", "فلم"})
_PREPOSITION_WAYS = frozenset({"الي", "علي", "من", "عن", "ب", "ل"})
_WITH_OBJECT = frozenset({"demand", "accuse", "describe"})
_NO_OBJECT = word_set("في من علي الي خلال عن امس اليوم بعد قبل ايضا")
_DOCUMENTS = word_set("البيان التقرير المنشور الرساله الوثيقه النص")
"""A text that speaks stands for whoever issued it."""
_SAID_BEFORE = frozenset({"قد", "وقد", "كان", "كانت", "ايضا"})
_TIMES = word_set("اليوم امس مساء صباح فجر ظهر ايضا")


class Frame(msgspec.Struct, frozen=True):
    """A cue at token `cue` (`skip` letters of conjunction), its speaker if named, and where its content begins."""

    cue: int
    skip: int
    kind: Cue
    speaker: Speaker | None
    named: bool
    opening: Opening
    relays: tuple[Speaker, ...] = ()
    cue_to: int = 0
    """The token after the cue, where it is longer than one."""


def frame(reading: Reading, cast: Cast, marks: Sequence[Marked], token: int, spoken: Sequence[Speaker]) -> Frame | None:
    """The frame that a cue at a token opens, or None where the word tells of no speech."""
    found = cue_at(reading.forms[token])
    if found is None or reading.form_at(token - 1) in _NEGATIONS:
        return None
    skip, kind = found
    if reading.forms[token] in ("يذكر", "ويذكر") and reading.form_at(token + 1) == "ان":
        return None
    set_off = skip or reading.form_at(token - 1) in ("،", ",")
    if kind.form == "participle" and not set_off and not _adverbial(reading, token):
        return None
    limit = sentence_limit(reading, marks, token)
    begin = opening(reading, marks, token, kind, limit)
    says = "say" in kind.ways or begin is None or begin.kind != "that" or set(kind.ways) & {"demand", "accuse", "np"}
    if begin is not None and (not says or ("accuse" in kind.ways and begin.kind == "that")):
        begin = None
    reach = begin.at if begin is not None else limit
    speaker, named, after = _subject(reading, cast, token, kind, reach, spoken, bool(skip))
    if begin is None:
        begin = _nominal(reading, kind, after, limit, named or kind.form == "participle")
    if begin is None or speaker is None or begin.first >= len(reading):
        return None
    return Frame(token, skip, kind, speaker, named, begin)


def _adverbial(reading: Reading, token: int) -> bool:
    """A participle in the accusative of state: with its alif of tanwin, or right after the subject."""
    return reading.forms[token].endswith("ا") and reading.forms[token] not in ("معلنا", "مفيدا", "متهما", "مقرا")


def _subject(
    reading: Reading, cast: Cast, token: int, kind: Cue, reach: int, spoken: Sequence[Speaker], conjoined: bool
) -> tuple[Speaker | None, bool, int]:
    """(who speaks, whether the phrase stands by the cue, the token after it)."""
    after = token + 1
    if kind.form == "verb":
        while reading.form_at(after) in _TIMES and after < reach:
            after += 1
        before = _before(reading, cast, token, conjoined)
        if before is not None and _may_speak(before, kind):
            return before, True, token + 1
        if reading.form_at(after) in _DOCUMENTS:
            return carried(reading, cast, token, "", spoken), False, after + 1
        behind = cast.at(after) if after < reach else None
        if behind is not None and behind.last <= reach and _may_speak(behind, kind):
            behind = cast.with_name(behind, reach)
            return behind, True, behind.last
    else:
        within = _main_subject(reading, cast, token, kind, spoken)
        if within is not None:
            return within, False, token + 1
    return carried(reading, cast, token, kind.gender, spoken), False, token + 1


def _may_speak(speaker: Speaker, kind: Cue) -> bool:
    """Whether a phrase agrees with its verb: a verb before its subject is singular even where that is a plural."""
    if speaker.label in ("PERS", "OCC") or speaker.label == "GPE":
        return agrees(speaker.gender, kind.gender)
    return True


def _before(reading: Reading, cast: Cast, token: int, conjoined: bool) -> Speaker | None:
    """The subject that stands before its verb: الكرملين أكد, كانت سيول قد أعلنت; a conjoined verb has none there."""
    at = token
    while reading.form_at(at - 1) in _SAID_BEFORE:
        at -= 1
    if conjoined and at == token:
        return None
    found = cast.before(at)
    if found is None or reading.sentences[found.first] != reading.sentences[token]:
        return None
    start = reading.form_at(found.first - 1)
    opens = reading.sentence_start(token) == found.first or start in ("ان", "،", ",", ":", '"')
    joined = found.start > reading.starts[found.first] and reading.forms[found.first][0] in "وف"
    opens = opens or joined or start.startswith(("كان", "وكان"))
    return found if opens else None


def _main_subject(reading: Reading, cast: Cast, token: int, kind: Cue, spoken: Sequence[Speaker]) -> Speaker | None:
    """The subject a participle shares: the speaker of its sentence, else the first agreeing phrase there."""
    sentence = reading.sentences[token]
    for speaker in reversed(spoken):
        if reading.sentences[speaker.first] == sentence and agrees(speaker.gender, kind.gender):
            return speaker
    for one in cast.named():
        if one.last > token:
            break
        if reading.sentences[one.first] == sentence:
            subject = cast.at(one.first, clitic=True)
            if subject is not None and agrees(subject.gender, kind.gender):
                return subject
    return None


def _nominal(reading: Reading, kind: Cue, after: int, limit: int, named: bool) -> Opening | None:
    """The content of a frame without complementiser: a noun phrase, after the verb's preposition where it has one."""
    prepositions = [way for way in kind.ways if way in _PREPOSITION_WAYS]
    token = after
    if not named and kind.act not in ("denial", "condemnation", "demand"):
        return None
    for _ in range(9):
        if token >= limit:
            return None
        form = reading.forms[token]
        if form in prepositions:
            return Opening(token, token + 1, "np") if token + 1 < limit else None
        joined = [way for way in prepositions if len(way) == 1]
        if any(form.startswith(way) and len(form) > 3 for way in joined) and token >= after:
            return Opening(token, token, "np")
        if {"accuse", "describe"} & set(kind.ways) and form.startswith("ب") and len(form) > 3:
            return Opening(token, token, "np")
        if not prepositions and "np" in kind.ways:
            noun = form.isalpha() and form not in _NO_OBJECT
            return Opening(token, token, "np") if noun and cue_at(form) is None else None
        other = cue_at(form)
        if form in (".", "؟", "!", ":") or (other is not None and other[1].form == "verb"):
            return None
        if not set(kind.ways) & _WITH_OBJECT and token > after + 5:
            return None
        token += 1
    return None
