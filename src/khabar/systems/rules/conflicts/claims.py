"""Claims: clauses of a story that hold a value, a date or a denial, with what each is about."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from khabar.records.predictions import Annotations, SaidNumber
from khabar.records.rows import Document
from khabar.systems.rules.conflicts.stems import stem
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.reading import Reading, read

_LONGEST = 350
_VALUED = frozenset({"count", "measure", "money", "percent", "date"})
_TELLING = frozenset({"GPE", "PERS", "ORG", "NORP"})
_FEWEST = 3
_NEGATIONS = word_set("لم لن ليس ليست ليسوا ولم ولن وليس نفي نفت ينفي تنفي نافيا نافيه انكر انكرت")
_HEDGES = word_set("قد ربما يمكن يحتمل محتمل سوف لعل يتوقع متوقع يعتزم تعتزم سي")
_BREAKS = frozenset({"،", "؛", ",", ";"})


class Claim(msgspec.Struct, frozen=True):
    """A clause, code points `[start, end)` of document number `document`, and one number or date in it if any."""

    document: int
    doc_id: str
    start: int
    end: int
    about: frozenset[str]
    things: frozenset[str]
    number: SaidNumber | None
    dates: tuple[str, ...]
    denies: bool
    hedged: bool
    speaker: str

    @property
    def interval(self) -> tuple[Decimal | None, Decimal | None]:
        """The bounds of its number."""
        if self.number is None:
            return None, None
        return _decimal(self.number.low), _decimal(self.number.high)


def _decimal(value: str | int | float | None) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def claims(documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Claim]:
    """All clauses of a story that say enough to be compared: one claim for each value in them, or one plain claim."""
    found: list[Claim] = []
    for index, (document, said) in enumerate(zip(documents, annotations, strict=True)):
        article = _Article(index, document.doc_id, read(document.text), said, _reports(said))
        for first, last in _clauses(article.reading):
            found += _of_clause(article, first, last)
    return found


class _Report(msgspec.Struct, frozen=True):
    """A quote: where its content stands, who speaks, and whether the cue denies it."""

    start: int
    end: int
    speaker: str
    denies: bool


class _Article(msgspec.Struct, frozen=True):
    index: int
    doc_id: str
    reading: Reading
    said: Annotations
    reports: tuple[_Report, ...]


def _reports(said: Annotations) -> tuple[_Report, ...]:
    found = []
    for one in said.quotes:
        speaker = one.speaker if one.speaker is not None and not isinstance(one.speaker, str) else None
        for span in one.content:
            if span.start is not None and span.end is not None:
                name = (speaker.text or "") if speaker is not None else ""
                found.append(_Report(span.start, span.end, name, one.polarity == "negative"))
    return tuple(found)


def _clauses(reading: Reading) -> list[tuple[int, int]]:
    """Tokens of each clause: sentences cut at commas, pieces too short to say something joined to what follows."""
    found = []
    first = 0
    for token in range(len(reading)):
        final = token + 1 == len(reading) or reading.sentences[token + 1] != reading.sentences[token]
        told = reading.forms[token] in _BREAKS and sum(bool(stem(form)) for form in reading.forms[first:token])
        if final or told >= _FEWEST:
            found.append((first, token + 1))
            first = token + 1
    return found


def _of_clause(article: _Article, first: int, last: int) -> list[Claim]:
    reading, said = article.reading, article.said
    while last > first and not reading.forms[last - 1].isalnum():
        last -= 1
    if last - first < _FEWEST:
        return []
    start, end = reading.starts[first], reading.ends[last - 1]
    report = next((one for one in article.reports if one.start < end and start < one.end), None)
    denied = report is not None and report.denies
    if report is not None and not denied and start < report.start:
        # the clause is what is reported; that somebody reports it belongs to another question
        while first < last and reading.starts[first] < report.start:
            first += 1
        start = report.start
    if last - first < _FEWEST or end - start > _LONGEST:
        return []
    forms = reading.forms[first:last]
    about = frozenset(root for form in forms if (root := stem(form)))
    if len(about) < _FEWEST:
        return []
    inside = [one for one in said.numbers if one.start is not None and start <= one.start < end]
    things = frozenset(
        one.entity_id
        for one in said.entities
        if one.entity_id and one.start is not None and start <= one.start < end and one.label in _TELLING
    )
    dates = tuple(sorted({one.edtf for one in inside if one.kind == "date" and one.edtf}))
    denies = denied or any(form in _NEGATIONS for form in forms)
    hedged = any(form in _HEDGES or (form.startswith("سي") and len(form) > 4) for form in forms)
    speaker = report.speaker if report is not None else ""
    common = (article.index, article.doc_id, start, end, about, things)
    valued = [one for one in inside if one.kind in _VALUED and one.scored]
    found = [Claim(*common, one, dates, denies, hedged, speaker) for one in valued]
    return found or [Claim(*common, None, dates, denies, hedged, speaker)]
