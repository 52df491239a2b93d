"""Transformations of names: months in the other calendars' words, and names of foreign origin in other letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

from khabar.edits.stress.characters import Rewrite
from khabar.records import Entity, Number, Row

_MONTHS = (  # Egypt and the Gulf, the Levant and Iraq, Algeria and Tunisia
    ("يناير", "كانون الثاني", "جانفي"),
    ("فبراير", "شباط", "فيفري"),
    ("مارس", "آذار", "مارس"),
    ("أبريل", "نيسان", "أفريل"),
    ("مايو", "أيار", "ماي"),
    ("يونيو", "حزيران", "جوان"),
    ("يوليو", "تموز", "جويلية"),
    ("أغسطس", "آب", "أوت"),
    ("سبتمبر", "أيلول", "سبتمبر"),
    ("أكتوبر", "تشرين الأول", "أكتوبر"),
    ("نوفمبر", "تشرين الثاني", "نوفمبر"),
    ("ديسمبر", "كانون الأول", "ديسمبر"),
)

_VARIANTS = (
    ("جونج", "جونغ"), ("يونج", "يونغ"), ("هونج", "هونغ"), ("يانج", "يانغ"), ("بيونج", "بيونغ"), ("كونج", "كونغ"),
    ("زيلينسكي", "زيلنسكي"), ("فولوديمير", "فلوديمير"), ("ميدفيديف", "مدفيديف"), ("شويغو", "شويجو"),
    ("سيرغي", "سيرجي"), ("غيراسيموف", "جيراسيموف"), ("دونيتسك", "دونتسك"), ("خاركوف", "خاركيف"), ("ترامب", "ترمب"),
    ("بلينكن", "بلينكين"), ("نتنياهو", "نتانياهو"), ("أردوغان", "أردوجان"), ("غوتيريش", "جوتيريش"),
    ("سيول", "سيؤول"), ("لوس أنجلوس", "لوس أنجليس"), ("إنجلترا", "إنكلترا"), ("إنجليزية", "إنكليزية"),
    ("إنجليزي", "إنكليزي"), ("غرينلاند", "جرينلاند"), ("أستراليا", "أوستراليا"), ("نيوزيلندا", "نيوزيلاندا"),
    ("غوغل", "جوجل"), ("فيسبوك", "فيس بوك"), ("إنستغرام", "إنستجرام"), ("تلغرام", "تليغرام"),
    ("أمريكا", "أميركا"), ("أمريكي", "أميركي"), ("أمريكية", "أميركية"), ("أمريكيين", "أميركيين"),
)  # fmt: skip
"""Names, and forms of them, that outlets spell differently."""


def months(text: str, rows: Sequence[Row], random: Random) -> Iterator[Rewrite]:
    """Name months as another part of the Arab world does; dates that give both names, and names of events, stay."""
    column = random.randrange(3)
    events = [(row.start, row.end) for row in rows if isinstance(row, Entity)]
    for row in rows:
        if not isinstance(row, Number) or row.kind != "date":
            continue
        named = list(_month_pattern().finditer(text[row.start : row.end]))
        if len({_month(match.group()) for match in named}) < len(named):
            continue  # one month by two names
        for match in named:
            names = _MONTHS[_month(match.group())]
            new = (
                names[column]
                if names[column] != match.group()
                else next(name for name in names if name != names[column])
            )
            start, end = row.start + match.start(), row.start + match.end()
            if not any(first <= start and end <= last for first, last in events):
                yield start, end, new


@cache
def _month_pattern() -> re.Pattern[str]:
    names = sorted({name for names in _MONTHS for name in names}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")


def _month(name: str) -> int:
    return next(number for number, names in enumerate(_MONTHS) if name in names)


def transliterations(text: str, rows: Sequence[Row], random: Random) -> Iterator[Rewrite]:
    """Write names of foreign origin as other outlets do, each alike in the whole article."""
    chosen: dict[str, str] = {}
    places: dict[tuple[int, int], str] = {}
    for row in rows:
        if not isinstance(row, Entity):
            continue
        for match in _name_pattern().finditer(text[row.start : row.end]):
            name = match.group("name")
            if name not in chosen:
                chosen[name] = random.choice(sorted(_other_names()[name]))
            places[row.start + match.start("name"), row.start + match.end("name")] = chosen[name]
    for (start, end), new in sorted(places.items()):
        yield start, end, new


@cache
def _other_names() -> dict[str, set[str]]:
    others: dict[str, set[str]] = {}
    for names in _VARIANTS:
        for name in names:
            others.setdefault(name, set()).update(set(names) - {name})
    return others


@cache
def _name_pattern() -> re.Pattern[str]:
    names = sorted(_other_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:ال|لل)?(?P<name>{'|'.join(names)})(?!\w)")
