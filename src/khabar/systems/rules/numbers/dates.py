"""Dates that name themselves: day, month and year in digits or words, years, spans of years and months."""

from __future__ import annotations

from khabar.systems.rules.numbers.calendar import Published, edtf_date, valid, year_of
from khabar.systems.rules.numbers.found import Found
from khabar.systems.rules.numbers.months import month_at, pointer
from khabar.systems.rules.numbers.numerals import is_digits, ordinal_value, word_value
from khabar.systems.rules.reading import Reading

_YEAR = frozenset({"عام", "سنه", "العام", "السنه", "لعام", "لسنه"})
_YEARS = frozenset({"عامي", "سنتي", "العامين"})
_LINKS = frozenset({"الي", "و", "-", "–", "—", "/", "حتي"})


def anchored(literal: str | None, edtf: str | None, on: Published | None) -> str | None:
    """The evidence of a resolved date: none where the words say all."""
    return f"published {on.edtf}" if edtf is not None and edtf != literal and on is not None else None


def dated(
    first: int,
    last: int,
    skip: int,
    literal: str | None,
    edtf: str | None,
    on: Published | None,
    core: int | None = None,
) -> Found:
    """A date over tokens `[first, last)` whose core begins at token `core`."""
    edge = first if core is None else core
    resolved = edtf if edtf is not None else (literal if literal and "X" not in literal else None)
    return Found(
        first, last, "date", skip, (edge, last), skip if edge == first else 0,
        literal=literal, edtf=resolved, anchor=anchored(literal, resolved, on),
    )  # fmt: skip


def a_year(form: str) -> int | None:
    """A year of our time in digits."""
    return int(form) if len(form) == 4 and is_digits(form) and 1800 <= int(form) <= 2100 else None


def absolute(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    """The date that begins at a token whose form, without `skip` letters of clitics, is `form`."""
    return (
        _day_first(reading, at, skip, form, on)
        or _month_first(reading, at, skip, form, on)
        or _numeric(reading, at, skip, form)
        or _years(reading, at, skip, form, on)
    )


def _day(reading: Reading, at: int, form: str) -> tuple[int, int] | None:
    """A day of the month and the token after it: 24, الرابع والعشرين, الأول."""
    if is_digits(form) and len(form) <= 2 and 1 <= int(form) <= 31:
        return int(form), at + 1
    rank = ordinal_value(form) if form.startswith("ال") else None
    if rank is None:
        return None
    following = reading.form_at(at + 1)
    if following == "عشر":
        return rank + 10, at + 2
    if following in ("والعشرين", "والعشرون"):
        return rank + 20, at + 2
    return (31, at + 2) if following in ("والثلاثين", "والثلاثون") and rank in (1, 11) else (rank, at + 1)


def _day_first(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    found = _day(reading, at, form)
    if found is None:
        return None
    day, end = found
    until, until_end = None, end
    if reading.form_at(end) in _LINKS or reading.form_at(end).startswith("و"):
        joined = reading.form_at(end)
        second = (
            _day(reading, end + 1, reading.form_at(end + 1)) if joined in _LINKS else _day(reading, end, joined[1:])
        )
        if second is not None and second[0] > day:
            until, until_end = second
    start_of_month = until_end
    if reading.form_at(start_of_month) in ("من", "شهر"):
        start_of_month += 1
        if reading.form_at(start_of_month) == "شهر":
            start_of_month += 1
    named = month_at(reading, start_of_month)
    if named is None:
        return None
    month, end = named
    year, end, when = _year_after(reading, end, on)
    if not valid(year, month, until or day):
        return None
    resolved = year if year is not None else year_of(month, day, when, on)
    if until is not None:
        literal = f"{edtf_date(year, month, day)}/{edtf_date(year, month, until)}"
        edtf = f"{edtf_date(resolved, month, day)}/{edtf_date(resolved, month, until)}" if resolved else None
        return dated(at, end, skip, literal, edtf, on)
    edtf = edtf_date(resolved, month, day) if resolved else None
    return dated(at, end, skip, edtf_date(year, month, day), edtf, on)


def _year_after(reading: Reading, at: int, on: Published | None) -> tuple[int | None, int, str]:
    """The year after a month: (year or None, the token after it, where the words point)."""
    forms = reading.forms
    bracketed = reading.form_at(at) == "(" and pointer(reading.form_at(at + 1)) and reading.form_at(at + 2) == ")"
    if bracketed:
        return None, at + 3, pointer(forms[at + 1])
    if when := pointer(reading.form_at(at)):
        return None, at + 1, when
    start = at
    if reading.form_at(start) in ("من", "في", ",", "،"):
        start += 1
    marked = reading.form_at(start) in _YEAR
    if marked:
        start += 1
    year = a_year(reading.form_at(start))
    if year is not None and (marked or start == at or reading.form_at(at) in (",", "،")):
        return year, start + 1, ""
    if marked and start > at + 1 and (when := pointer(reading.form_at(start))) and on is not None:
        return on.year + {"past": -1, "current": 0, "future": 1}[when], start + 1, ""
    return None, at, ""


def _month_first(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    start = at
    if form == "شهر":
        start, form = at + 1, reading.form_at(at + 1)
    named = month_at(reading, start, form)
    if named is None:
        return None
    month, end = named
    until = None
    link = reading.form_at(end)
    if reading.form_at(at - 1) in ("بين", "من"):
        if link in ("الي", "و", "-", "حتي"):
            until = month_at(reading, end + 1)
        elif link.startswith("و"):
            until = month_at(reading, end, link[1:])
    if until is not None:
        end = until[1]
    year, end, when = _year_after(reading, end, on)
    resolved = year if year is not None else year_of(until[0] if until else month, None, when, on)
    if until is not None:
        literal = f"{edtf_date(year, month)}/{edtf_date(year, until[0])}"
        edtf = f"{edtf_date(resolved, month)}/{edtf_date(resolved, until[0])}" if resolved else None
        return dated(at, end, skip, literal, edtf, on)
    edtf = edtf_date(resolved, month) if resolved else None
    return dated(at, end, skip, edtf_date(year, month), edtf, on)


def _numeric(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """24/4/2025, 2025-04-24."""
    separator = reading.form_at(at + 1)
    if not is_digits(form) or separator not in ("/", "-", ".") or reading.form_at(at + 3) != separator:
        return None
    parts = [form, reading.form_at(at + 2), reading.form_at(at + 4)]
    if not all(is_digits(part) and len(part) <= 4 for part in parts):
        return None
    day, month, year = (int(part) for part in (parts if a_year(parts[2]) else parts[::-1]))
    if a_year(f"{year:04d}") is None or not valid(year, month, day):
        return None
    return dated(at, at + 5, skip, edtf_date(year, month, day), None, None)


def _years(reading: Reading, at: int, skip: int, form: str, on: Published | None) -> Found | None:
    start = at
    marked = form in _YEAR or form in _YEARS
    if marked:
        start, form = at + 1, reading.form_at(at + 1)
    if len(form) == 8 and is_digits(form) and a_year(form[:4]) and a_year(form[4:]) and form[:4] < form[4:]:
        # a span of years that lost its dash
        span = dated(at, start + 1, skip, f"{form[:4]}/{form[4:]}", None, None)
        return Found(span.first, span.last, "date", skip, span.core, literal=span.literal, edtf=span.edtf,
                     flags=("source_error",))  # fmt: skip
    year = a_year(form)
    if year is None:
        return None
    end = start + 1
    link = reading.form_at(end)
    spanning = reading.form_at(at - 1) in ("بين", "من") or link in ("-", "–", "—", "/")
    later = a_year(reading.form_at(end + 1)) if link in _LINKS else a_year(link[1:]) if link[:1] == "و" else None
    if later is not None and later > year and spanning:
        end += 2 if link in _LINKS else 1
        return dated(at, end, skip, f"{year}/{later}", None, None)
    return dated(at, end, skip, str(year), None, None) if marked or not _counts(reading, end) else None


def _counts(reading: Reading, at: int) -> bool:
    """Whether a counted noun follows, which makes four digits a number and no year."""
    from khabar.systems.rules.numbers.units import noun_lemma, unit_at

    form = reading.form_at(at)
    return noun_lemma(form) is not None or unit_at(reading, at) is not None or word_value(form) is not None
