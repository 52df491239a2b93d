"""Numbers by a regular expression: what is written in digits, and with the multiplier words behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

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
