"""Dates that point from the day of publication: weekdays, أمس, العام الماضي, seasons, weekends, decades."""

from __future__ import annotations

from functools import lru_cache

from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.numbers.calendar import (
    SEASONS,
    Published,
    day_of,
    month_of,
    week_of,
    weekday_of,
    weekend_of,
)
from khabar.systems.rules.numbers.dates import a_year, absolute, dated
from khabar.systems.rules.numbers.found import Found
from khabar.systems.rules.numbers.months import PARTS_OF_DAY, WEEKDAYS, pointer
from khabar.systems.rules.reading import Reading

_OFFSET = {"past": -1, "current": 0, "future": 1}
_PERIODS = {"العام": "year", "السنه": "year", "الشهر": "month", "الاسبوع": "week", "القرن": "century"}
_DAYS = {"امس": -1, "الامس": -1, "البارحه": -1, "غدا": 1, "الغد": 1}
_FIRST = word_set("يوم اليوم اول الليله عطله نهايه هذا هذه")
_DECADES = {"عشرين": 2, "ثلاثين": 3, "اربعين": 4, "خمسين": 5, "ستين": 6, "سبعين": 7, "ثمانين": 8, "تسعين": 9}


def relative(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    """The date that begins at a token and is fixed by the day of publication."""
    if not _points(form):
        return None
    return (
        _weekday(reading, at, skip, form, on)
        or _day(reading, at, skip, form, on)
        or _season(reading, at, skip, form, on)
        or _weekend(reading, at, skip, form, on)
        or _period(reading, at, skip, form, on)
        or _decade(reading, at, skip, form)
    )


@lru_cache(maxsize=1 << 14)
def _points(form: str) -> bool:
    """Whether a word can begin such a date."""
    named = form in WEEKDAYS or form in PARTS_OF_DAY or form in _DAYS or form in _PERIODS or form in _FIRST
    return named or form.removeprefix("ال") in SEASONS or form.endswith("ات")


def _weekday(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    """صباح اليوم الاثنين, الأحد الماضي, الخميس 24 أبريل."""
    core = at
    if form in PARTS_OF_DAY:
        core += 1
        form = reading.form_at(core)
    if form in ("يوم", "اليوم", "امس") and reading.form_at(core + 1) in WEEKDAYS:
        core += 1
        form = reading.form_at(core)
    if form not in WEEKDAYS:
        return None
    end = core + 1
    when = pointer(reading.form_at(end))
    if when:
        end += 1
    following = end + (reading.form_at(end) in (",", "،", "الموافق", "("))
    full = absolute(reading, following, 0, reading.form_at(following), on)
    if full is not None and (reading.form_at(following).isdigit() or "-" in (full.literal or "")):
        closing = full.last + (reading.form_at(end) == "(" and reading.form_at(full.last) == ")")
        return Found(at, closing, "date", skip, full.core, literal=full.literal, edtf=full.edtf, anchor=full.anchor)
    return dated(at, end, skip, None, weekday_of(WEEKDAYS[form], when, on), on, core=core)


def _day(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    """أمس, أول من أمس, الليلة الماضية."""
    core = at
    if form in PARTS_OF_DAY and reading.form_at(at + 1) in _DAYS:
        core += 1
        form = reading.form_at(core)
    if form in _DAYS:
        return dated(at, core + 1, skip, None, day_of(_DAYS[form], on), on, core=core)
    if form == "اول" and reading.form_at(at + 1) == "امس":
        return dated(at, at + 2, skip, None, day_of(-2, on), on)
    if form == "اول" and reading.form_at(at + 1) == "من" and reading.form_at(at + 2) == "امس":
        return dated(at, at + 3, skip, None, day_of(-2, on), on)
    if form == "الليله" and reading.form_at(at + 1) == "الماضيه":
        return dated(at, at + 2, skip, None, day_of(-1, on), on)
    return None


def _season(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    """خريف العام الماضي, صيف 2024, الصيف الماضي."""
    season = SEASONS.get(form.removeprefix("ال"))
    if season is None:
        return None
    if form.startswith("ال"):
        when = pointer(reading.form_at(at + 1))
        if not when or on is None:
            return None
        return dated(at, at + 2, skip, None, f"{on.year + _OFFSET[when]}-{season}", on)
    year_at = at + 1 + (reading.form_at(at + 1) in ("عام", "سنه", "العام", "السنه"))
    year = a_year(reading.form_at(year_at))
    if year is not None:
        return dated(at, year_at + 1, skip, f"{year}-{season}", None, None)
    when = pointer(reading.form_at(year_at))
    if year_at == at + 1 or not when:
        return None
    edtf = f"{on.year + _OFFSET[when]}-{season}" if on is not None else None
    return dated(at, year_at + 1, skip, None, edtf, on)


def _weekend(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    length = 0
    if form == "عطله" and reading.form_at(at + 1) in ("نهايه", "اخر", "الاسبوع"):
        length = 2 if reading.form_at(at + 1) == "الاسبوع" else 3
    elif form == "نهايه" and reading.form_at(at + 1) == "الاسبوع":
        length = 2
    if not length or reading.form_at(at + length - 1) != "الاسبوع":
        return None
    when = pointer(reading.form_at(at + length))
    return dated(at, at + length + bool(when), skip, None, weekend_of(when, on), on)


def _period(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    """العام الماضي, الشهر الجاري, هذا الأسبوع."""
    start = at + 1 if form in ("هذا", "هذه") else at
    kind = _PERIODS.get(reading.form_at(start) if start > at else form)
    if kind is None:
        return None
    when = "current" if start > at else pointer(reading.form_at(start + 1))
    if not when:
        return None
    end = start + 1 if start > at else start + 2
    offset = _OFFSET[when]
    if kind == "year":
        edtf = str(on.year + offset) if on is not None else None
    elif kind == "month":
        edtf = month_of(offset, on)
    elif kind == "week":
        edtf = week_of(offset, on)
    else:
        edtf = f"{on.year // 100 + offset:02d}XX" if on is not None else None
    return dated(at, end, skip, None, edtf, on)


def _decade(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """تسعينيات القرن الماضي."""
    stem = form.removeprefix("ال")
    for ending in ("يات", "ات"):
        tens = _DECADES.get(stem.removesuffix(ending)) if stem.endswith(ending) else None
        if tens is not None:
            century = reading.form_at(at + 1) == "القرن" and reading.form_at(at + 2) in ("الماضي", "العشرين")
            return dated(at, at + 3 if century else at + 1, skip, f"19{tens}X", f"19{tens}X", None)
    return None
