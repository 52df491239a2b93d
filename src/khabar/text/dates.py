"""Dates: EDTF strings, when two of them are the same, and the days they have in common."""

from __future__ import annotations

from calendar import monthrange
from contextlib import redirect_stdout
from datetime import date
from fractions import Fraction
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from khabar.records import PredictedNumber

if TYPE_CHECKING:
    from time import struct_time

    from edtf.parser.parser_classes import EDTFObject

LONGEST_DATE = 80
"""Characters beyond which a string is no date of ours: the parser's cost grows with the length of sets."""


def same_date(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Tell whether resolved dates are equal after parsing; where gold resolves nothing, literal ones."""
    if gold.edtf is not None:
        return predicted.edtf is not None and date_key(gold.edtf) == date_key(predicted.edtf)
    return same_literal(gold, predicted)


def same_literal(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Tell whether literal dates are equal after parsing."""
    if gold.edtf_literal is None or predicted.edtf_literal is None:
        return gold.edtf_literal is None and predicted.edtf_literal is None
    return date_key(gold.edtf_literal) == date_key(predicted.edtf_literal)


def days_in_common(gold: PredictedNumber, predicted: PredictedNumber) -> Fraction:
    """Share of days two dates have in common: intersection over union; 0 where one has no bounded extent."""
    if same_date(gold, predicted):
        return Fraction(1)
    left, right = days_of(gold.edtf or ""), days_of(predicted.edtf or "")
    if left is None or right is None:
        return Fraction(0)
    shared = min(left[1], right[1]) - max(left[0], right[0]) + 1
    return Fraction(max(0, shared), max(left[1], right[1]) - min(left[0], right[0]) + 1)


def date_key(edtf: str) -> object:
    """Give what makes two EDTF strings the same date: equal keys, equal dates.

    A date or interval is its first and last day, each with its qualifiers, or an open end. A set is its members, in any
    order, and never an interval. What has no bounded days (`XXXX-04-24`) is as it was parsed; what does not parse
    stands for itself.
    """
    text = edtf.strip()
    days = _plain_days(text)
    if days is not None:
        return tuple((day.year, day.month, day.day, "") for day in days)
    parsed = _parsed(text)
    return text if parsed is None else parsed.key


def is_date(edtf: str) -> bool:
    """Tell whether a string is well-formed EDTF."""
    # A season of an unspecified year (XXXX-23) is what some texts say, and more than the parser takes.
    return _plain_days(edtf) is not None or _parsed(edtf.replace("XXXX-2", "2000-2")) is not None


def days_of(edtf: str) -> tuple[int, int] | None:
    """First and last day an EDTF string covers, as ordinals, or None when it has no bounded extent."""
    plain = _plain_days(edtf)
    if plain is not None:
        return plain[0].toordinal(), plain[1].toordinal()
    parsed = _parsed(edtf)
    return None if parsed is None else parsed.days


def _plain_days(text: str) -> tuple[date, date] | None:
    """First and last day of a Gregorian day, month or year in full, or of two as an interval, which take no parser."""
    start, slash, end = text.partition("/")
    if slash:
        left, right = _plain_days(start), None if "/" in end else _plain_days(end)
        return (left[0], right[1]) if left and right and left[1] <= right[0] else None
    if not (text.isascii() and len(text) in (4, 7, 10)):
        return None
    try:
        first = date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return None
    if len(text) == 10:
        return first, first
    month = 12 if len(text) == 4 else first.month
    return first, date(first.year, month, monthrange(first.year, month)[1])


class _Parsed(NamedTuple):
    """What the parser makes of an EDTF string."""

    key: object
    days: tuple[int, int] | None


@lru_cache(maxsize=65536)
def _parsed(edtf: str) -> _Parsed | None:
    """Parse a string, which takes tens of milliseconds, once for all who ask; None if it is no EDTF, or too long."""
    if len(edtf) > LONGEST_DATE:
        return None
    from edtf import parse_edtf

    try:
        with redirect_stdout(StringIO()):  # of some malformed intervals the parser prints what it tried
            parsed = parse_edtf(edtf)
        return _Parsed(_key(parsed), _extent(parsed))
    except Exception:  # the parser raises several unrelated types on malformed input
        return None


def _key(parsed: EDTFObject) -> object:
    from edtf.parser import parser_classes as edtf

    if isinstance(parsed, (edtf.OneOfASet, edtf.MultipleDates)):
        return type(parsed).__name__, frozenset(map(_key, parsed.objects))
    lower, upper = (parsed.lower, parsed.upper) if isinstance(parsed, edtf.Interval) else (parsed, parsed)
    ends = _end(lower, "lower_strict"), _end(upper, "upper_strict")
    return str(parsed) if None in ends else ends


def _end(parsed: Any, bound: str) -> object:
    """Give an end of a date: a day and its qualifiers, or the sign of an open or unknown end; None if it has no day."""
    from edtf.parser import parser_classes as edtf

    if str(parsed) in ("..", ""):
        return str(parsed)
    qualifiers = ""
    if isinstance(parsed, edtf.UncertainOrApproximate):
        parsed, qualifiers = parsed.date, str(parsed.ua)
    bounded = (edtf.Date, edtf.Unspecified, edtf.Season, edtf.LongYear, edtf.ExponentialYear)
    if type(parsed) not in bounded or "XXXX" in str(parsed):
        return None
    moment = getattr(parsed, bound)()
    return moment.tm_year, moment.tm_mon, moment.tm_mday, qualifiers or str(getattr(parsed, "ua", None) or "")


def _extent(parsed: EDTFObject) -> tuple[int, int] | None:
    def ordinal(moment: struct_time) -> int:
        return date(max(1, min(9999, moment.tm_year)), moment.tm_mon, moment.tm_mday).toordinal()

    try:
        first, last = ordinal(parsed.lower_strict()), ordinal(parsed.upper_strict())
    except Exception:  # as above: open and unknown dates have no extent
        return None
    return (first, last) if first <= last else None
