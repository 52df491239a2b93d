"""Numerals: the value of digit strings and number words, and how they combine into one number."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache

import msgspec

from khabar.systems.rules.reading import Reading

_ONES = {
    1: "واحد واحده",
    2: "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي",
    3: "ثلاث ثلاثه", 4: "اربع اربعه", 5: "خمس خمسه", 6: "ست سته", 7: "سبع سبعه",
    8: "ثماني ثمانيه ثمان", 9: "تسع تسعه", 10: "عشر عشره",
}  # fmt: skip
_TENS = {20: "عشر", 30: "ثلاث", 40: "اربع", 50: "خمس", 60: "ست", 70: "سبع", 80: "ثمان", 90: "تسع"}
_HUNDREDS = {3: "ثلاث", 4: "اربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان ثماني", 9: "تسع"}
_HUNDRED = ("مئه", "مائه", "ميه")
_SCALES = {
    10**3: "الف الفا الاف",
    10**6: "مليون مليونا ملايين",
    10**9: "مليار مليارا مليارات بليون بليونا بلايين",
    10**12: "تريليون تريليونا تريليونات ترليون",
}
_DUALS = {
    200: "مئتان مئتين مئتا مئتي مائتان مائتين مائتا مائتي",
    2 * 10**3: "الفان الفين الفي",
    2 * 10**6: "مليونان مليونين مليوني مليونا",
    2 * 10**9: "ملياران مليارين ملياري",
    2 * 10**12: "تريليونان تريليونين تريليوني",
}
_VAGUE = {
    10: "عشرات",
    100: "مئات مائات",
    1000: "الاف الوف",
    10**6: "ملايين",
    10**9: "مليارات",
}
_ORDINALS = {
    1: "اول اولي", 2: "ثان ثاني ثانيه", 3: "ثالث ثالثه", 4: "رابع رابعه", 5: "خامس خامسه", 6: "سادس سادسه",
    7: "سابع سابعه", 8: "ثامن ثامنه", 9: "تاسع تاسعه", 10: "عاشر عاشره", 11: "حادي حاديه",
}  # fmt: skip


class Numeral(msgspec.Struct, frozen=True):
    """A number in the text: tokens `[first, last)`, its value, and the largest multiplier written (1 if none)."""

    first: int
    last: int
    value: Decimal
    scale: int = 1
    digits: bool = False
    small: Decimal = Decimal(0)
    """What stood before the multiplier: a range that shares one multiplier needs it apart."""


@cache
def _small_words() -> dict[str, int]:
    found = {word: value for value, names in _ONES.items() for word in names.split()}
    for value, stem in _TENS.items():
        found |= dict.fromkeys((stem + "ون", stem + "ين"), value)
    found |= dict.fromkeys(_HUNDRED, 100)
    for value, stems in _HUNDREDS.items():
        found |= {stem + hundred: value * 100 for stem in stems.split() for hundred in _HUNDRED}
    found |= dict.fromkeys(_DUALS[200].split(), 200)
    return found


@cache
def _scale_words() -> dict[str, int]:
    return {word: value for value, names in _SCALES.items() for word in names.split()}


@cache
def _dual_words() -> dict[str, int]:
    return {word: value for value, names in _DUALS.items() for word in names.split() if value > 200}


@cache
def _ordinal_words() -> dict[str, int]:
    return {word: value for value, names in _ORDINALS.items() for word in names.split()}


def ordinal_value(form: str) -> int | None:
    """The rank a word gives, with or without article: الثالثة is 3."""
    return _ordinal_words().get(form[2:] if form.startswith("ال") else form)


@cache
def vague_words() -> dict[str, int]:
    """Plurals that stand for a magnitude: آلاف, عشرات."""
    found = {word: value for value, names in _VAGUE.items() for word in names.split()}
    return found | {"ال" + word: value for word, value in found.items() if not word.startswith("ال")}


def scale_of(form: str) -> int:
    """The multiplier a word is, or 0."""
    return _scale_words().get(form, 0)


@lru_cache(maxsize=1 << 15)
def word_value(form: str) -> int | None:
    """The value of a number word below a thousand, or of a dual multiplier."""
    value = _small_words().get(form)
    return _dual_words().get(form) if value is None else value


def is_digits(form: str) -> bool:
    """Whether a token is a number in digits; folding has made all digits ASCII."""
    return form.isdigit() and form.isascii()


def digits(reading: Reading, at: int, first: str = "") -> tuple[Decimal, int] | None:
    """The value of a number in digits at a token, separators included, and the token after it."""
    forms = reading.forms
    whole = first or reading.form_at(at)
    if not is_digits(whole):
        return None
    end = at + 1
    while end + 1 < len(forms) and is_digits(forms[end + 1]) and reading.glued(end) and reading.glued(end + 1):
        separator, group = forms[end], forms[end + 1]
        if separator in ",،٬.'" and len(group) == 3 and len(whole.split(".")[0]) > 0 and "." not in whole:
            if whole.lstrip("0") == "" and separator == ".":
                whole += "." + group
            else:
                whole += group
        elif separator in ".,٫،" and "." not in whole and len(group) <= 2:
            whole += "." + group
        else:
            break
        end += 2
    return Decimal(whole), end


def numeral(reading: Reading, at: int, first: str = "", *, compound: bool = True) -> Numeral | None:
    """The number that begins at a token; `first` is the token's form without its clitics. `compound`: take in a
    smaller number that و joins (12 ألفا و300)."""
    part = _segment(reading, at, first)
    if part is None or not compound:
        return part
    while True:
        joined = _joined(reading, part)
        if joined is None:
            return part
        part = joined


def _segment(reading: Reading, at: int, first: str) -> Numeral | None:
    """A number below a thousand with its multiplier: ثلاثة وعشرون ألفا, 12 ألف, مليون."""
    form = first or reading.form_at(at)
    written = digits(reading, at, form)
    if written is not None:
        small, end = written
    elif form in ("احد", "احدي") and reading.form_at(at + 1) in ("عشر", "عشره"):
        small, end = Decimal(11), at + 2
    elif (value := word_value(form)) is not None:
        if value >= 2000:
            return Numeral(at, at + 1, Decimal(value), value // 2, small=Decimal(2))
        small, end = _words(reading, at + 1, value)
    elif scale := scale_of(form):
        if form in vague_words():
            return None
        return Numeral(at, at + 1, Decimal(scale), scale, small=Decimal(1))
    else:
        return None
    scale, before = 1, small
    value_so_far = small
    while (more := scale_of(reading.form_at(end))) and (more > scale or scale == 1):
        value_so_far *= more
        scale *= more
        end += 1
    return Numeral(at, end, value_so_far, scale, written is not None, before)


def _words(reading: Reading, at: int, value: int) -> tuple[Decimal, int]:
    """Go on from a first number word: teens, units before tens, hundreds before the rest."""
    forms = reading.forms
    while at < len(forms):
        form = forms[at]
        if value < 10 and form in ("عشر", "عشره"):
            value += 10
        elif value in range(3, 10) and form in _HUNDRED:
            value *= 100
        elif form.startswith("و") and (more := _small_words().get(form[1:])) is not None:
            smaller = 0 < more < 100 and value % 100 == 0
            unit_then_ten = value % 100 < 10 and more % 10 == 0 and 20 <= more < 100
            if not (smaller or unit_then_ten):
                break
            value += more
        else:
            break
        at += 1
    return Decimal(value), at


def _joined(reading: Reading, part: Numeral) -> Numeral | None:
    """Add a smaller number that و joins: 12 ألفا و300, مليون ونصف المليون."""
    at = part.last
    form = reading.form_at(at)
    if part.scale == 1 or not form.startswith("و"):
        return None
    if form == "ونصف" or form == "والنصف":
        end = at + 1
        if scale_of(reading.form_at(end).removeprefix("ال")) == part.scale:
            end += 1
        return Numeral(part.first, end, part.value + Decimal(part.scale) / 2, part.scale, part.digits)
    following = _segment(reading, at + 1, "") if form == "و" else _segment(reading, at, form[1:])
    if following is None or following.value >= part.scale or following.scale >= part.scale:
        return None
    return Numeral(part.first, following.last, part.value + following.value, following.scale, part.digits)
