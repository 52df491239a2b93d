"""How the dates of `patterns.txt` are resolved from the day of publication; Hijri dates by the library hijridate."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from khabar.systems.rules.lexicon import table, verbs, words

Dated = tuple[str | None, str | None]
"""What a date says as EDTF: resolved, and literally."""


def published_day(published: str | None) -> date | None:
    """The day of publication, approximate ones included; None where it is not known to the day."""
    try:
        return date.fromisoformat((published or "").rstrip("~?%"))
    except ValueError:
        return None


def dated(name: str, match: re.Match[str], base: date | None) -> dict[str, Any] | None:
    """The columns of a date that the pattern of a name has found; None if it is no date after all."""
    said = _resolved(name, match, base)
    calendar = "islamic-umalqura" if name == "islamic" else "gregorian"
    return said and {"kind": "date", "edtf": said[0], "edtf_literal": said[1], "calendar": calendar}


def _resolved(name: str, match: re.Match[str], base: date | None) -> Dated | None:
    said = {key: text for key, text in match.groupdict().items() if text}
    way = int(table("directions")[said["way"]]) if "way" in said else None
    month = int(table("months").get(said.get("month", ""), 7))
    year, literal = _year(said, month, way, base)
    match name:
        case "islamic":
            moon = int(table("hijri").get(said.get("lunar", ""), 0))
            edtf = _hijri(int(said["hijri"]), moon, int(said.get("day", 0)))
            return (edtf, edtf) if edtf else None
        case "day":
            day = int(said.get("day") or table("ordinals")[said["rank"]]) + 10 * ("teen" in said)
            days = (day, int(said["last"])) if "last" in said else (day,)
            if not all(1 <= one <= monthrange(year or 2000, month)[1] for one in days):
                return None
            return _said(year, literal, *(f"-{month:02}-{one:02}" for one in days))
        case "half":
            days = (1, 15) if said["half"] == "الاول" else (16, monthrange(year or 2001, month)[1])
            return _said(year, literal, *(f"-{month:02}-{day:02}" for day in days))
        case "months":
            return _said(year, literal, f"-{month:02}", f"-{int(table('months')[said['other']]):02}")
        case "month":
            lead = match.string[: match.start("mention")].split()[-1:]
            bare = match["core"] == match["mention"] == said["month"] and not {"في", "من", *table("dated")} & {*lead}
            if bare and said["month"] in ("مارس", "اب", "ايار", "شباط"):  # another word as well
                return None
            return _said(year, literal, f"-{month:02}")
        case "season":
            dated = {"year", "far", "way"} & said.keys()
            return _said(year, literal, f"-{table('seasons')[said['season']]}") if dated else None
        case "years":
            edtf = f"{said['from']}/{said['to']}"
            return (edtf, edtf) if said["from"] < said["to"] else None
        case "year":
            noun = said.get("noun", "").strip()
            counts = noun and not {noun, noun[1:]} & words("particles") and noun not in verbs()
            return None if counts and not noun.startswith(("ال", "و")) else (said["year"], said["year"])
        case "fixed":
            return table("spans")[match["core"]], table("spans")[match["core"]]
        case _:
            return (_counted(name, match, said, way, base) if base else None), None


def _said(year: int | None, literal: bool, *ends: str) -> Dated:
    """A date of a year: resolved, and as the words say it; two ends make an interval."""
    edtf = "/".join(f"{year:04}{end}" for end in ends) if year else None
    return edtf, edtf if literal else "/".join(f"XXXX{end}" for end in ends)


def _year(said: dict[str, str], month: int, way: int | None, base: date | None) -> tuple[int | None, bool]:
    """The year of a month, and whether the words say it: written, counted from this year, or that of the nearest."""
    if said.get("year", "").isdigit():
        return int(said["year"]), True
    if base is None:
        return None, False
    if "far" in said:
        return base.year + int(table("directions")[said["far"]]), False
    away = month - base.month
    if way is None:
        return base.year - (away > 6) + (away < -6), False  # the nearest such month
    return base.year + (way == 1 and away <= 0) - (way == -1 and away >= 0), False


def _counted(name: str, match: re.Match[str], said: dict[str, str], way: int | None, base: date) -> str | None:
    """A date that is counted from the day of publication: a weekday, a week, the last month, yesterday."""
    monday = base - timedelta(base.weekday())
    if name == "away":
        return str(base + timedelta(int(table("days")[match["core"]])))
    if name == "weekend":
        saturday = monday + timedelta(5 + 7 * (way or (0 if base.weekday() > 4 or way == 0 else -1)))
        return f"{saturday}/{saturday + timedelta(1)}"
    if name == "period" and said["period"] == "اسبوع":
        monday += timedelta(7 * (way or 0))
        return f"{monday}/{monday + timedelta(6)}"
    if name == "period":
        months = base.year * 12 + base.month - 1 + (way or 0)
        return f"{months // 12:04}-{months % 12 + 1:02}" if said["period"] == "شهر" else str(base.year + (way or 0))
    if "امس" in match["mention"].split():
        return str(base - timedelta(1))
    ahead = (int(table("weekdays")[said["weekday"]]) - base.weekday()) % 7
    if way == 1 or (way is None and _future(match)):
        return str(base + timedelta(ahead or 7 * (way == 1)))
    return str(base - timedelta((7 - ahead) % 7 or 7 * (way == -1)))


def _future(match: re.Match[str]) -> bool:
    """Whether what stands before a date in its sentence speaks of the future."""
    start = match.start("mention")
    for word in re.split(r"[.؟!\n]", match.string[max(0, start - 250) : start])[-1].split():
        stem = word[1:] if word[0] in "وف" and len(word) > 4 else word
        verb = stem[0] == "س" and stem in verbs() and stem[1:] in verbs()
        if stem in table("future") or verb or re.fullmatch(r"س[ينت][^اي]\w+[^هاء]", stem):
            return True
    return False


def _hijri(year: int, month: int, day: int) -> str | None:
    """A Hijri day, month or year (Umm al-Qura) as Gregorian EDTF; None outside the years the library knows."""
    from hijridate import Hijri

    try:
        first = Hijri(year, month or 1, day or 1)
        last = first if day else Hijri(year, month or 12, Hijri(year, month or 12, 1).month_length())
        begin, end = first.to_gregorian().isoformat(), last.to_gregorian().isoformat()
    except (ValueError, OverflowError):
        return None
    return begin if begin == end else f"{begin}/{end}"
