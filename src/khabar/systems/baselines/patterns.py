"""Baselines by patterns: numbers by a regular expression and by the library dateparser, quotes by their marks, and
disputes by different figures and by a word of denial.

Quotes go to the nearest name, after the "closest entity" baseline of quotation attribution (Elson and McKeown, AAAI
2010; O'Keefe et al., EMNLP 2012). Names are those that the gazetteer of `rules` knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from khabar.records import (
    Annotations,
    Dispute,
    Document,
    PredictedNumber,
    PredictedQuote,
    PredictedSource,
    PredictedSpan,
    Side,
    StorySpan,
)
from khabar.systems.rules.entities.extract import Mention
from khabar.text.arabic import fold, folded

_NUMBER = re.compile(r"(?<!\d)\d+(?:[,٬]\d{3})*(?:[.٫]\d+)?(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERCENT = re.compile(r" ?[%٪]| (?:في|ب)ال(?:مئه|مائه)")
_WORD = re.compile(r" ([^\W\d_]+)")
_MULTIPLIERS = {
    name: Decimal(value)
    for value, names in (
        (10**3, "الف الفا الاف"),
        (10**6, "مليون مليونا ملايين"),
        (10**9, "مليار مليارا مليارات"),
    )
    for name in names.split()
}
"""Multiplier word, folded → what it multiplies by."""
_MULTIPLIER = re.compile(rf" ({'|'.join(sorted(_MULTIPLIERS, key=len, reverse=True))})(?!\w)")


def digits(document: Document) -> Annotations:
    """Read every run of digits: a year from 1900 to 2099, a percentage, or a count of the word behind it."""
    return _read(document, lambda text, end: (Decimal(1), end))


def digits_multipliers(document: Document) -> Annotations:
    """Read runs of digits as `digits` does, times the multiplier words (ألف, مليون, مليار) behind them."""
    return _read(document, _multiplied)


def _multiplied(text: str, end: int) -> tuple[Decimal, int]:
    """What the words at `end` of the folded text multiply by, and where they end."""
    factor = Decimal(1)
    while match := _MULTIPLIER.match(text, end):
        factor *= _MULTIPLIERS[match[1]]
        end = match.end()
    return factor, end


def _read(document: Document, multiplied: Callable[[str, int], tuple[Decimal, int]]) -> Annotations:
    text = folded(document.text)
    numbers = []
    for match in _NUMBER.finditer(text.text):
        factor, end = multiplied(text.text, match.end())
        start, last = text.raw[match.start()], text.raw[end - 1] + 1
        if end == match.end() and _YEAR.fullmatch(match[0]):
            numbers.append(PredictedNumber(start=start, end=last, kind="date", edtf_literal=match[0], edtf=match[0]))
            continue
        value = f"{Decimal(match[0].replace(',', '').replace('٬', '').replace('٫', '.')) * factor:f}"
        if percent := _PERCENT.match(text.text, end):
            last = text.raw[percent.end() - 1] + 1
            numbers.append(PredictedNumber(start=start, end=last, kind="percent", low=value, high=value, unit="%"))
            continue
        word = _WORD.match(text.text, end)
        unit = document.text[text.raw[word.start(1)] : text.raw[word.end() - 1] + 1] if word else None
        numbers.append(PredictedNumber(start=start, end=last, kind="count", low=value, high=value, unit=unit))
    return Annotations(doc_id=document.doc_id, numbers=tuple(numbers))


class SearchDates:
    """dateparser's search in Arabic, a line at a time; relative dates are resolved from the day of publication.

    A date of an article that gives no day of publication is found, but not resolved.
    """

    def __init__(self) -> None:
        from dateparser.date import DateDataParser
        from dateparser.search import search_dates

        self._search, self._parser = search_dates, DateDataParser

    def __call__(self, document: Document) -> Annotations:
        """Give the dates of a document."""
        numbers, line_start = [], 0
        settings = _settings(document.published)
        for line in document.text.splitlines(keepends=True):
            last = 0
            for words, _ in self._search(line, languages=["ar"], settings=settings or None) or ():
                start = line.find(words, last)
                if start < 0:  # what it gives back is not always as it stands there
                    continue
                last = start + len(words)
                edtf = self._resolved(words, settings) if settings else None
                place = line_start + start
                numbers.append(PredictedNumber(start=place, end=place + len(words), kind="date", edtf=edtf))
            line_start += len(line)
        return Annotations(doc_id=document.doc_id, numbers=tuple(numbers))

    def _resolved(self, words: str, settings: dict[str, Any]) -> str | None:
        """The date of these words as EDTF, as exact as they are: a year, a month or a day."""
        date = self._parser(languages=["ar"], settings=settings).get_date_data(words)
        if date.date_obj is None:
            return None
        shape = {"year": "%Y", "month": "%Y-%m"}.get(date.period, "%Y-%m-%d")
        return str(date.date_obj.strftime(shape))


def _settings(published: str | None) -> dict[str, Any]:
    """Dates without a year lie in the past of the day of publication; empty if that is not known to the day."""
    try:
        base = datetime.fromisoformat(published or "")
    except ValueError:
        return {}
    return {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}


_MARKED = re.compile(r"«([^«»\n]+)»|“([^“”\n]+)”|\"([^\"\n]+)\"")
_LEAST_WORDS = 3
"""Fewer words in marks are a title or a word held at a distance more often than speech."""
_SPEAKERS = ("PERS", "ORG", "GPE", "NORP", "OCC")


def quote_marks(document: Document) -> Annotations:
    """Take what stands in a pair of marks as said by the nearest name of the same line; nobody if there is none."""
    from khabar.systems.rules.entities.extract import extract
    from khabar.text.arabic import tokenize

    names = [one for one in extract(tokenize(document.text)) if one.label in _SPEAKERS]
    quotes = []
    for match in _MARKED.finditer(document.text):
        start, end = match.span(match.lastindex or 0)
        if len(document.text[start:end].split()) < _LEAST_WORDS:
            continue
        nearest = _nearest(document.text, names, match.start(), match.end())
        quotes.append(
            PredictedQuote(
                content=(PredictedSpan(start=start, end=end),),
                type="direct",
                speaker=None if nearest is None else PredictedSource(start=nearest.start, end=nearest.end),
            )
        )
    return Annotations(doc_id=document.doc_id, quotes=tuple(quotes))


def _nearest(text: str, names: list[Mention], start: int, end: int) -> Mention | None:
    """The name with the fewest code points between it and the marks; of equals the one before, then the longest."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    names_of_line = [one for one in names if line_start <= one.start and one.end <= start]
    names_of_line += [one for one in names if end <= one.start and one.end <= line_end]
    return min(
        names_of_line,
        key=lambda one: (max(start - one.end, one.start - end), one.start >= end, one.start - one.end),
        default=None,
    )


_SENTENCE = re.compile(r"[^\s](?:[^\n.؟?!…]|[.](?=\d))*[.؟?!…]*")
_DENIES = re.compile(r"(?<!\w)[وف]?(?:نف[يت]|نفوا|نافيا|نافيه|[يت]نفي|نفي|انكر|انكرت|[يت]نكر|كذب|كذبت|فند|فندت)(?!\w)")
"""Forms of نفى, أنكر, كذّب and فنّد, folded."""


class ValueMismatch:
    """Numbers as `digits_multipliers` reads them; one dispute for every two documents and unit counted differently."""

    def __call__(self, document: Document) -> Annotations:
        """Give the numbers of a document."""
        return digits_multipliers(document)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Pair every two documents that have a unit, and no value of it, in common."""
        counts = [_counts(predicted) for predicted in annotations]
        disputes = []
        for (left, ours), (right, theirs) in combinations(zip(documents, counts, strict=True), 2):
            for unit in sorted(ours.keys() & theirs.keys()):
                values, others = ({str(number.low) for number in numbers[unit]} for numbers in (ours, theirs))
                if values.isdisjoint(others):
                    sides = (_number_side(left, ours[unit]), _number_side(right, theirs[unit]))
                    disputes.append(Dispute(story=story, type="numeric", sides=sides))
        return disputes


def _counts(predicted: Annotations) -> dict[str, list[PredictedNumber]]:
    """The counts of a document by what is counted."""
    counts: dict[str, list[PredictedNumber]] = {}
    for number in predicted.numbers:
        if number.kind == "count" and number.unit:
            counts.setdefault(fold(number.unit).removeprefix("ال"), []).append(number)
    return counts


def _number_side(document: Document, numbers: Sequence[PredictedNumber]) -> Side:
    """What a document says: its figures, each in its sentence."""
    sentences = sentence_spans(document.text)
    places = {
        (start, end)
        for number in numbers
        for start, end in sentences
        if start <= (number.start or 0) and (number.end or 0) <= end
    }
    spans = tuple(StorySpan(doc_id=document.doc_id, start=start, end=end) for start, end in sorted(places))
    return Side(value=numbers[0].low, spans=spans)


class DenialCue:
    """Says nothing of a document; of a story, that each sentence that denies contradicts the one before."""

    def __call__(self, document: Document) -> Annotations:
        """Say nothing of a document."""
        return Annotations(doc_id=document.doc_id)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give one dispute for every sentence that denies, but for the first of a document."""
        return [
            Dispute(
                story=story,
                type="polarity",
                sides=(_sentence_side("asserted", document, before), _sentence_side("denied", document, denial)),
            )
            for document in documents
            for before, denial in pairwise(sentence_spans(document.text))
            if _DENIES.search(fold(document.text[slice(*denial)]))
        ]


def _sentence_side(value: str, document: Document, span: tuple[int, int]) -> Side:
    return Side(value=value, spans=(StorySpan(doc_id=document.doc_id, start=span[0], end=span[1]),))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as half-open spans in code points, without space at their ends."""
    return [(match.start(), match.start() + len(match[0].rstrip())) for match in _SENTENCE.finditer(text)]
