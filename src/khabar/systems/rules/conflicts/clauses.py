"""Clauses of an article: sentences cut at commas and where a report begins, with who speaks and what leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from khabar.records.predictions import Annotations
from khabar.records.rows import Document
from khabar.systems.rules.conflicts.stems import stem
from khabar.systems.rules.cues import cue_at
from khabar.systems.rules.quotes.content import begins_tail
from khabar.systems.rules.reading import Reading, read

_FEWEST = 3
_LETTERS = 8
_BREAKS = frozenset({"،", "؛", ",", ";"})
_THAT = frozenset({"ان", "بان"})
_NOT_TAILS = frozenset({"علي"})
_NOT_TOO = frozenset({"ولم", "ولن", "ولا", "وليس", "وليست"})
_TURNS = {"غير": "ان", "الا": "ان", "لكن": "", "بينما": "", "فيما": "", "في": "حين"}


class Clause(msgspec.Struct, frozen=True):
    """Tokens `[first, last)`; `lead` is the first token of the frame of saying that leads to it, else `first`."""

    first: int
    last: int
    lead: int
    speaker: str = ""
    act: str = ""
    reported: bool = False


class Article(msgspec.Struct, frozen=True):
    """A document as the conflict rules see it: its reading, what was said of it, and its clauses in order."""

    index: int
    doc_id: str
    reading: Reading
    said: Annotations
    clauses: tuple[Clause, ...]
    entity_starts: list[int]
    number_starts: list[int]


class _Report(msgspec.Struct, frozen=True):
    start: int
    end: int
    speaker: str
    act: str
    denies: bool


def article(index: int, document: Document, said: Annotations) -> Article:
    """Cut an article into clauses; boilerplate and questions hold none."""
    reading = read(document.text)
    waste = [(zone.start, zone.end) for zone in document.zones if zone.zone == "boilerplate"]
    found = []
    for one in _cut(reading, _reports(said)):
        start = reading.starts[one.first]
        if not any(first <= start < last for first, last in waste) and reading.form_at(one.last) != "؟":
            found.append(one)
    entities, numbers = [one.start or 0 for one in said.entities], [one.start or 0 for one in said.numbers]
    return Article(index, document.doc_id, reading, said, tuple(found), entities, numbers)


def _reports(said: Annotations) -> list[_Report]:
    found = []
    for one in said.quotes:
        speaker = one.speaker if one.speaker is not None and not isinstance(one.speaker, str) else None
        name = (speaker.name or speaker.entity_id or speaker.text or "") if speaker is not None else ""
        for span in one.content:
            if span.start is not None and span.end is not None:
                denies = one.polarity == "negative" and one.act == "denial"
                found.append(_Report(span.start, span.end, name, one.act or "", denies))
    return sorted(found, key=lambda report: (report.start, report.end))


def _cut(reading: Reading, reports: Sequence[_Report]) -> list[Clause]:
    """Cut before the content of a report, after commas, before turns and phrases that name a source."""
    openings = {report.start for report in reports if not report.denies and report.end - report.start > _LETTERS}
    found: list[Clause] = []
    first = lead = told = 0
    forms, starts, sentences, count = reading.forms, reading.starts, reading.sentences, len(reading)
    for token, form in enumerate(forms):
        opens = first < token and (
            starts[token] in openings or (forms[token - 1] in _THAT and _led(forms[first:token]))
        )
        if opens:
            if told >= _FEWEST and not any(cue_at(form) for form in forms[first:token]):
                _close(reading, found, first, token, lead, reports)
            first, told = token, 0
        elif first < token and (_says(form) or (told >= _FEWEST and _turns(form, reading.form_at(token + 1)))):
            _close(reading, found, first, token, lead, reports)
            first = lead = token
            told = 0
        told += bool(stem(form))
        final = token + 1 == count or sentences[token + 1] != sentences[token]
        if final or (form in _BREAKS and told >= _FEWEST and not _in_number(reading, token)):
            _close(reading, found, first, token + 1, lead, reports)
            first = lead = token + 1
            told = 0
    return found


def _in_number(reading: Reading, token: int) -> bool:
    return reading.form_at(token + 1).isdigit() and reading.glued(token + 1)


def _led(forms: Sequence[str]) -> bool:
    """Whether words that end with a complementiser hold a verb of saying, and none that denies."""
    cues = [cue for form in forms if (cue := cue_at(form)) is not None]
    return bool(cues) and all(cue.polarity == "positive" for _, cue in cues)


@lru_cache(maxsize=1 << 15)
def _says(form: str) -> bool:
    """Whether a word joins another verb of saying or denying to what went before: وقالت, ونفى."""
    found = cue_at(form)
    return found is not None and found[0] == 1 and found[1].form == "verb"


@lru_cache(maxsize=1 << 15)
def _turns(form: str, following: str) -> bool:
    """Whether a new clause begins: a turn, a phrase that names a source, a second verb that is negated."""
    if form in _NOT_TOO or (form not in _NOT_TAILS and begins_tail(form)):
        return True
    return form in _TURNS and _TURNS[form] in ("", following)


def _close(reading: Reading, found: list[Clause], first: int, last: int, lead: int, reports: Sequence[_Report]) -> None:
    while last > first and not reading.forms[last - 1].isalnum():
        last -= 1
    while first < last and not reading.forms[first].isalnum():
        first += 1
    if last <= first:
        return
    start, end = reading.starts[first], reading.ends[last - 1]
    report = next((one for one in reversed(reports) if one.start < end and start < one.end), None)
    found.append(
        Clause(
            first,
            last,
            min(lead, first),
            report.speaker if report is not None else " ".join(reading.forms[lead:first]),
            report.act if report is not None else "",
            report is not None and not report.denies,
        )
    )
