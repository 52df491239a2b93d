"""Dates as the library dateparser finds and resolves them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from khabar.records import Annotations, Document, PredictedNumber


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
            at = 0
            for words, _ in self._search(line, languages=["ar"], settings=settings or None) or ():
                start = line.find(words, at)
                if start < 0:  # what it gives back is not always as it stands there
                    continue
                at = start + len(words)
                edtf = self._resolved(words, settings) if settings else None
                place = line_start + start
                numbers.append(PredictedNumber(start=place, end=place + len(words), kind="date", edtf=edtf))
            line_start += len(line)
        return Annotations(doc_id=document.doc_id, numbers=tuple(numbers))

    def _resolved(self, words: str, settings: dict[str, Any]) -> str | None:
        """The date of these words as EDTF, as exact as they are: a year, a month or a day."""
        found = self._parser(languages=["ar"], settings=settings).get_date_data(words)
        if found.date_obj is None:
            return None
        shape = {"year": "%Y", "month": "%Y-%m"}.get(found.period, "%Y-%m-%d")
        return str(found.date_obj.strftime(shape))


def _settings(published: str | None) -> dict[str, Any]:
    """Dates without a year lie in the past of the day of publication; empty if that is not known to the day."""
    try:
        base = datetime.fromisoformat(published or "")
    except ValueError:
        return {}
    return {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}
