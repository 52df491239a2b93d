"""Relays: نقلت … عن … قوله, نقلا عن, and sources named by a preposition: بحسب, وفقا لـ."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.systems.rules.clitics import stems
from khabar.systems.rules.cues import PASSES_ON, Cue
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.quotes.content import Opening, opening, tail_at
from khabar.systems.rules.quotes.frames import Frame
from khabar.systems.rules.quotes.marks import Marked
from khabar.systems.rules.quotes.speakers import Cast, Speaker, carried
from khabar.systems.rules.reading import Reading

_ITS_WORD = word_set("قوله قولها قولهم تاكيده تاكيدها اعلانه قولهما")
_FROM_WHOM = {"عنه": "m", "عنها": "f", "عنهم": "p"}
_WORD = Cue("نقل", "verb", "", ("say",), "statement", "positive")
_SOURCE = Cue("بحسب", "verb", "", ("say",), "statement", "positive")


def passed_on(
    reading: Reading, cast: Cast, marks: Sequence[Marked], token: int, limit: int, spoken: Sequence[Speaker]
) -> Frame | None:
    """نقلت رويترز عن الوزير قوله إن …: the source is the speaker, who passes it on stands before."""
    skip, stem = next(((n, s) for n, s in stems(reading.forms[token]) if s in PASSES_ON), (0, ""))
    if not stem:
        return None
    agency = cast.at(token + 1)
    at = agency.last if agency is not None else token + 1
    if agency is None:
        agency = cast.before(token)
    while at < limit and at < token + 14 and reading.forms[at] != "عن" and reading.forms[at] not in _FROM_WHOM:
        at += 1
    form = reading.form_at(at)
    source, named, after = None, True, at
    if at < limit and form == "عن":
        source = cast.at(at + 1)
        after = source.last - 1 if source is not None else at
    elif at < limit and form in _FROM_WHOM:
        source, named = carried(reading, cast, token, _FROM_WHOM[form], ()), False
        if agency is None and spoken:
            agency = spoken[-1]
    if source is None:
        return None
    begin = opening(reading, marks, after, _WORD, limit)
    if begin is None or begin.first >= len(reading):
        return None
    cue, cue_skip = token, skip
    for place in range(after + 1, begin.at):
        if reading.forms[place] in _ITS_WORD:
            cue, cue_skip = place, 0
    relays = (agency,) if agency is not None and agency.key != source.key else ()
    return Frame(cue, cue_skip, _WORD, source, named, begin, relays)


def source_inside(reading: Reading, cast: Cast, one: Frame) -> tuple[Speaker, int] | None:
    """قالت الوكالة نقلا عن مسؤولين إن: the source between a cue and its content, and its own cue."""
    for token in range(one.cue + 1, min(one.opening.at, one.cue + 12)):
        if (reading.forms[token], reading.form_at(token + 1)) in (("نقلا", "عن"), ("علي", "لسان")):
            source = cast.at(token + 2)
            if source is None:
                return None
            return cast.with_name(source, one.opening.at), token
    return None


def by_preposition(
    reading: Reading, cast: Cast, marks: Sequence[Marked], token: int, start: int, limit: int
) -> tuple[Frame, bool] | None:
    """بحسب مصدر: the frame, and whether the content stands before it (a tail)."""
    length = tail_at(reading, token)
    if not length:
        return None
    at = token + length + (reading.form_at(token + length) in ("به", "بها"))
    speaker = None
    if at < limit:
        speaker = cast.at(at, clitic=True)
        if speaker is None and reading.forms[at].startswith("لل"):
            speaker = cast.at(at, clitic=True)
    if speaker is None:
        return None
    form = reading.forms[token]
    skip = 1 if form[0] in "وف" and form != "وفق" and form != "وفقا" and not tail_is_whole(form) else 0
    leading = token - start <= 1 or reading.form_at(token - 1) in ("ان", ":")
    if leading:
        first = speaker.last
        while first < limit and (not reading.forms[first].isalnum()):
            first += 1
        if reading.form_at(first) in ("فان", "ان"):
            first += 1
        if first >= limit:
            return None
        begin = Opening(speaker.last, first, "source")
    else:
        begin = Opening(token, start, "tail")
    return Frame(token, skip, _SOURCE, speaker, True, begin, cue_to=token + length), not leading


def tail_is_whole(form: str) -> bool:
    """Whether a word that begins with و is itself the preposition (وفق, وفقا)."""
    return form.startswith("وفق")
