"""The number layer: one walk over the tokens, each place tried as a date, a quantity, a spell, a rank."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace

from khabar.records.predictions import PredictedNumber
from khabar.systems.rules.clitics import stems
from khabar.systems.rules.entities.mention import Mention
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.numbers.calendar import SEASONS, Published, published
from khabar.systems.rules.numbers.dates import absolute
from khabar.systems.rules.numbers.found import Found, record
from khabar.systems.rules.numbers.months import PARTS_OF_DAY, WEEKDAYS, first_words
from khabar.systems.rules.numbers.numerals import is_digits, ordinal_value, scale_of, vague_words, word_value
from khabar.systems.rules.numbers.quantities import dual, one_of, quantity
from khabar.systems.rules.numbers.relative import relative
from khabar.systems.rules.numbers.spells import duration, fraction, numbered_time, rank, recurrence
from khabar.systems.rules.numbers.units import duals, time_units
from khabar.systems.rules.reading import Reading
from khabar.text.arabic import fold

_OPENERS = word_set(
    "عام سنه العام السنه عامي سنتي شهر الشهر الاسبوع القرن هذا هذه امس الامس البارحه غدا الغد الليله عطله نهايه يوم "
    "اليوم اول المره مره الولايه المرحله الدفعه الجوله المركز الذكري الفتره النسخه الدوره الجلسه الموسم نصف ثلث ربع "
    "ثلثي ثلثا واحد واحده احد احدي"
)
_NAMED = frozenset({"ORG", "OCC", "PRODUCT", "EVENT", "LAW", "WEBSITE"})
_BOUNDS = frozenset({"منذ", "مطلع", "حتي", "نهايه", "بدايه", "منتصف", "اواخر", "اوائل"})


def numbers(reading: Reading, mentions: Sequence[Mention], published_edtf: str | None) -> list[PredictedNumber]:
    """All numbers and dates of a text. Digits inside a name are no number; a model or cited article is an `ident`."""
    on = published(published_edtf)
    named, found = _named(reading, mentions)
    free = 0
    for token, form in enumerate(reading.forms):
        if token < free or not _readings(form) or token in named:
            continue
        one = _at(reading, token, on)
        if one is not None:
            found.append(one)
            free = one.last
    return [record(reading, one) for one in sorted(found, key=lambda one: (one.first, one.last))]


def _named(reading: Reading, mentions: Sequence[Mention]) -> tuple[set[int], list[Found]]:
    """The tokens of names that may hold digits, and the idents among the names."""
    named: set[int] = set()
    idents = []
    for one in mentions:
        if one.label in _NAMED:
            named.update(range(one.first, one.last))
        if one.label == "PRODUCT" and not one.listed:
            idents.append(Found(one.first, one.last, "ident", _letters_before(reading, one)))
        if one.label == "LAW" and one.key.startswith("law:ماده"):
            idents.append(Found(one.first, one.last, "ident", _letters_before(reading, one)))
    return named, idents


def _letters_before(reading: Reading, one: Mention) -> int:
    """The letters of clitics before a name."""
    return len(fold(reading.text[reading.starts[one.first] : one.start]))


@lru_cache(maxsize=1 << 16)
def _readings(form: str) -> tuple[tuple[int, str], ...]:
    found = list(stems(form))
    if form.startswith("ال") and is_digits(form[2:]):
        found.append((2, form[2:]))
    return tuple((skip, stem) for skip, stem in found if _opens(stem))


def _opens(stem: str) -> bool:
    bare = stem.removeprefix("ال")
    return (
        is_digits(stem)
        or stem in _OPENERS
        or stem in WEEKDAYS
        or stem in PARTS_OF_DAY
        or stem in first_words()
        or bare in SEASONS
        or bare in time_units()
        or word_value(stem) is not None
        or bool(scale_of(stem))
        or stem in vague_words()
        or ordinal_value(stem) is not None
        or stem in duals()
        or stem in ("يوميا", "اسبوعيا", "شهريا", "سنويا")
        or (stem.endswith("ات") and bare[:4] in ("عشري", "ثلاث", "اربع", "خمسي", "ستين", "سبعي", "ثمان", "تسعي"))
    )


def _at(reading: Reading, token: int, on: Published | None) -> Found | None:
    for skip, form in _readings(reading.forms[token]):
        digits = is_digits(form)
        if digits and _clock(reading, token):
            return None
        found = None if digits else relative(reading, token, skip, form, on)
        if found is None and (digits or _may_date(form)):
            found = absolute(reading, token, skip, form, on)
        if found is not None:
            return _bounded(reading, found)
        found = _numbered(reading, token, skip, form) if not digits else None
        found = found or _amount(reading, token, skip, form)
        if found is None and not digits:
            found = duration(reading, token, skip, form) or recurrence(reading, token, skip, form)
        if found is not None:
            return found
        if form in duals():
            return dual(reading, token, skip, duals()[form])
    return None


@lru_cache(maxsize=1 << 14)
def _may_date(form: str) -> bool:
    """Whether a word that is no digits can begin a date that names itself."""
    return form in _OPENERS or form in first_words() or (form.startswith("ال") and ordinal_value(form) is not None)


def _numbered(reading: Reading, token: int, skip: int, form: str) -> Found | None:
    return (
        fraction(reading, token, skip, form)
        or numbered_time(reading, token, skip, form)
        or rank(reading, token, skip, form)
        or one_of(reading, token)
    )


def _amount(reading: Reading, token: int, skip: int, form: str) -> Found | None:
    eleven = form in ("احد", "احدي") and reading.form_at(token + 1) in ("عشر", "عشره")
    written = is_digits(form) or word_value(form) is not None or scale_of(form) or form in vague_words()
    return quantity(reading, token, skip, form) if eleven or written else None


def _clock(reading: Reading, token: int) -> bool:
    """Whether a token is a part of a time of day or of a telephone number: neither is a quantity."""
    form = reading.forms[token]
    around = (reading.form_at(token - 1), reading.form_at(token + 1))
    colon = around[1] == ":" and is_digits(reading.form_at(token + 2)) and reading.glued(token + 1)
    minutes = around[0] == ":" and reading.glued(token) and is_digits(reading.form_at(token - 2))
    return colon or minutes or around[0] in ("الساعه", "+") or (len(form) > 8 and form.startswith("0"))


def _bounded(reading: Reading, found: Found) -> Found:
    """A date with what moves its bound: منذ, مطلع, حتى, بدءا من."""
    before = found.first - 1
    form = reading.form_at(before)
    for skip, stem in stems(form) if form else ():
        if stem in _BOUNDS:
            return _with_modifier(found, before, skip)
    if form == "من" and reading.form_at(before - 1) in ("بدءا", "اعتبارا", "ابتداء"):
        return _with_modifier(found, before - 1, 0)
    return found


def _with_modifier(found: Found, at: int, skip: int) -> Found:
    return replace(found, modifier=(at, found.first), modifier_skip=skip)
