"""Dates: EDTF strings, when two of them are the same, and the days they have in common."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import redirect_stdout
from datetime import date
from fractions import Fraction
from functools import lru_cache
from io import StringIO
from operator import itemgetter
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
    read = _read(text)
    return text if read is None else read.key


def is_date(edtf: str) -> bool:
    """Tell whether a string is well-formed EDTF."""
    return _read(edtf) is not None


def days_of(edtf: str) -> tuple[int, int] | None:
    """First and last day an EDTF string covers, as ordinals, or None when it has no bounded extent."""
    read = _read(edtf)
    return None if read is None else read.days


def takes_parser(edtf: str) -> bool:
    """Tell whether a string could be EDTF and is none of the common forms, so that it takes milliseconds to read."""
    return len(edtf) <= LONGEST_DATE and _EDTF.fullmatch(edtf) is not None and _plain(edtf) is None


class _Date(NamedTuple):
    """A date as it is compared: its key, and its first and last day as ordinals."""

    key: object
    days: tuple[int, int] | None


_Day = tuple[int, int, int, str]
"""Year, month, day, qualifier."""

_EDTF = re.compile(r"[-0-9XYESTZ:+~?%/.,\[\]{}() ]+")
_SIMPLE = re.compile(r"(\d{4}|\d{3}X|\d{2}XX)([~?%]?)|(\d{4})-(\d\d|XX)(?:-(\d\d|XX))?([~?%]?)", re.ASCII)
_EACH_YEAR = "XXXX"
_LEAP_YEAR = "2000"
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12)}
_SETS = {"[": ("]", "OneOfASet"), "{": ("}", "MultipleDates")}
_OPEN = ("", "..")
"""Ends of an interval: unknown, and open."""


@lru_cache(maxsize=65536)
def _read(edtf: str) -> _Date | None:
    """Read a string once for all who ask: by the parser if it has to be; None if it is no EDTF, or too long."""
    if takes_parser(edtf):
        return _parsed(edtf)
    return _plain(edtf) if len(edtf) <= LONGEST_DATE else None


def _plain(text: str) -> _Date | None:
    """Read what most dates are: one of full or unspecified digits, an interval or a set of such. None for others."""
    close, kind = _SETS.get(text[:1], ("", ""))
    if kind:
        members = [_ends(member.strip()) for member in text[1:-1].split(",")]
        if not text.endswith(close) or len(members) < 2 or None in members:
            return None
        days = [member for member in members if member is not None]
        return _Date((kind, frozenset(days)), _extent_of(min(days)[0], max(days, key=itemgetter(1))[1]))
    start, slash, end = text.partition("/")
    if not slash and text.startswith(_EACH_YEAR):
        # It has no days. The parser refuses seasons here, which some texts have.
        return _Date(text, None) if _ends(text.replace(_EACH_YEAR, _LEAP_YEAR)) else None
    if not slash:
        ends = _ends(text)
        return None if ends is None else _Date(ends, _extent_of(*ends))
    left, right = (part if part in _OPEN else _ends(part) for part in (start, end))
    if left is None or right is None or text == "/":
        return None
    first, last = left if isinstance(left, str) else left[0], right if isinstance(right, str) else right[1]
    return _Date((first, last), None if isinstance(first, str) or isinstance(last, str) else _extent_of(first, last))


def _ends(text: str) -> tuple[_Day, _Day] | None:
    """First and last day of a year, month, season or day, or of years or days left open by X; None if it is no such."""
    match = _SIMPLE.fullmatch(text)
    if match is None:
        return None
    years, of_years, year, month, day, qualifier = match.groups()
    if years:
        first, last = int(years.replace("X", "0")), int(years.replace("X", "9"))
        return ((first, 1, 1, of_years), (last, 12, 31, of_years)) if first else None
    number = int(year)
    if month == "XX" or int(month) in _SEASONS:
        first, last = (1, 12) if month == "XX" else _SEASONS[int(month)]
        if day not in (None, "XX" if month == "XX" else None):
            return None
    else:
        first = last = int(month)
    if not number or not 1 <= first <= 12:
        return None
    length = monthrange(number, last)[1]
    if day in (None, "XX"):
        return (number, first, 1, qualifier), (number, last, length, qualifier)
    full_day = number, first, int(day), qualifier
    return (full_day, full_day) if 1 <= int(day) <= length else None


def _extent_of(first: _Day, last: _Day) -> tuple[int, int] | None:
    start, end = date(*first[:3]).toordinal(), date(*last[:3]).toordinal()
    return (start, end) if start <= end else None


def _parsed(edtf: str) -> _Date | None:
    """Parse a string, which takes milliseconds; None if it is no EDTF."""
    from edtf import parse_edtf

    try:
        with redirect_stdout(StringIO()):  # of some malformed intervals the parser prints what it tried
            parsed = parse_edtf(edtf)
        return _Date(_key(parsed), _extent(parsed))
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
        parsed, qualifiers = parsed.date, str(parsed.ua or "")
    if isinstance(parsed, edtf.DateAndTime):  # a date has no clock time
        parsed = parsed.date
    bounded = (edtf.Date, edtf.Unspecified, edtf.Season, edtf.LongYear, edtf.ExponentialYear)
    if type(parsed) not in bounded or _EACH_YEAR in str(parsed):
        return None
    moment = getattr(parsed, bound)()
    if 0 < moment.tm_year <= date.max.year:
        date(moment.tm_year, moment.tm_mon, moment.tm_mday)  # of a common year the parser takes 29 February
    return moment.tm_year, moment.tm_mon, moment.tm_mday, qualifiers or str(getattr(parsed, "ua", None) or "")


def _extent(parsed: EDTFObject) -> tuple[int, int] | None:
    def ordinal(moment: struct_time) -> int:
        return date(max(1, min(9999, moment.tm_year)), moment.tm_mon, moment.tm_mday).toordinal()

    if _EACH_YEAR in str(parsed):
        return None
    try:
        first, last = ordinal(parsed.lower_strict()), ordinal(parsed.upper_strict())
    except Exception:  # as above: open and unknown dates have no extent
        return None
    return (first, last) if first <= last else None
