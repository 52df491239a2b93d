"""Resolving dates: what words fix, and what they mean on the day the article was published. Values are EDTF."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

import msgspec

_START = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?![\dT])")
SEASONS = {"ربيع": 21, "صيف": 22, "خريف": 23, "شتاء": 24}


class Published(msgspec.Struct, frozen=True):
    """The start of an article's date of publication, as far as it is known, and the EDTF it came from."""

    edtf: str
    year: int
    month: int | None = None
    day: int | None = None

    @property
    def date(self) -> date | None:
        """The day, where it is known."""
        if self.month is None or self.day is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


def published(edtf: str | None) -> Published | None:
    """Read the start of an EDTF string: a day, month or year, qualified or not, or an interval. Robust by design."""
    found = _START.match((edtf or "").split("/")[0].strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if month is not None and not 1 <= month <= 12:
        month = day = None
    return Published(edtf or "", year or 1, month, day)


def edtf_date(year: int | None, month: int | None = None, day: int | None = None) -> str:
    """An EDTF date with X for what is not known: (None, 4, 24) is XXXX-04-24."""
    parts = ["XXXX" if year is None else f"{year:04d}"]
    if month is not None:
        parts.append(f"{month:02d}")
    if day is not None:
        parts.append(f"{day:02d}")
    return "-".join(parts)


def valid(year: int | None, month: int, day: int) -> bool:
    """Whether a day exists; without a year, in some year."""
    return 1 <= month <= 12 and 1 <= day <= (monthrange(year, month)[1] if year else monthrange(2024, month)[1])


def year_of(month: int, day: int | None, when: str, on: Published | None) -> int | None:
    """The year of a month or day without one. `when` is past, future, current or nothing."""
    if on is None:
        return None
    if when == "current":
        return on.year
    if on.month is None:
        return None
    if when == "future":
        return on.year if (month, day or 32) > (on.month, on.day or 0) else on.year + 1
    if when == "past":
        before = (month, day or 0) < (on.month, on.day or 0) if day else month < on.month
        return on.year if before else on.year - 1
    if day is None:
        return on.year if month <= on.month else on.year - 1
    # a day of a month means its nearest occurrence, before or after
    distance = (month - on.month) * 30 + day - (on.day or 15)
    return on.year + (-1 if distance > 183 else 1 if distance < -183 else 0)


def weekday_of(weekday: int, when: str, on: Published | None) -> str | None:
    """The date of a weekday (Monday is 0): the nearest that is not in the future, unless it is said to be."""
    today = on.date if on is not None else None
    if today is None:
        return None
    back = (today.weekday() - weekday) % 7
    if when == "past" and back == 0:
        back = 7
    ahead = (weekday - today.weekday()) % 7 or 7
    return (today + timedelta(days=ahead if when == "future" else -back)).isoformat()


def day_of(offset: int, on: Published | None) -> str | None:
    """The date some days from publication."""
    today = on.date if on is not None else None
    return None if today is None else (today + timedelta(days=offset)).isoformat()


def month_of(offset: int, on: Published | None) -> str | None:
    """The month some months from publication."""
    if on is None or on.month is None:
        return None
    months = on.year * 12 + on.month - 1 + offset
    return edtf_date(months // 12, months % 12 + 1)


def week_of(offset: int, on: Published | None) -> str | None:
    """The week, Monday to Sunday, some weeks from that of publication."""
    today = on.date if on is not None else None
    if today is None:
        return None
    monday = today + timedelta(days=7 * offset - today.weekday())
    return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"


def weekend_of(when: str, on: Published | None) -> str | None:
    """The Saturday and Sunday that last began before or on the day of publication, or the next ones."""
    saturday = weekday_of(5, "future" if when == "future" else "", on)
    if saturday is None:
        return None
    return f"{saturday}/{(date.fromisoformat(saturday) + timedelta(days=1)).isoformat()}"
