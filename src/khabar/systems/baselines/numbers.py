"""Numbers by a regular expression, and dates as the library dateparser finds and resolves them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from khabar.records import Annotations, Document, PredictedNumber
from khabar.text.arabic import folded

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
