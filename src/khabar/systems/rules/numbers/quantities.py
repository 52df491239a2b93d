"""Quantities: numerals with their range, modifier and what they count or measure."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from khabar.records.labels import Factuality, NumberFlag, NumberKind
from khabar.systems.rules.clitics import stems
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.numbers.found import Found, bounds
from khabar.systems.rules.numbers.modifiers import Modifier, after, before
from khabar.systems.rules.numbers.numerals import Numeral, is_digits, numeral, vague_words
from khabar.systems.rules.numbers.units import counted_noun, noun_lemma, unit_at, unit_of
from khabar.systems.rules.reading import Reading

_DASHES = frozenset("-–—")
_NO_COUNT = word_set(
    "القناه الدقيقه الماده اللواء الفيلق الفرقه الكتيبه الساعه الرقم رقم الصفحه مجموعه المجموعه القرن الخط الطراز"
)
"""Words after which a number is a name: اللواء 93, الساعة 10, القرن العشرين."""
_CURRENCY_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}


class _Counted(msgspec.Struct, frozen=True):
    """What follows a number: its kind, unit and how far the mention reaches."""

    last: int
    kind: NumberKind
    unit: str | None = None
    counted: str | None = None
    assumed: bool = False


def quantity(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """The count, measure, sum of money, percentage or duration whose number begins at a token."""
    if reading.form_at(at - 1) in _NO_COUNT or _tail_of_score(reading, at):
        return None
    if form in vague_words():
        return _vague(reading, at, skip, form)
    clitic = reading.forms[at][:skip]
    modifier = before(reading, at, clitic)
    ranged = modifier is not None and modifier.modality == "range"
    number = numeral(reading, at, form, compound=not ranged)
    if number is None or _lone_one(reading, number, form) or _listing(reading, number):
        return None
    upper = _upper(reading, number, ranged)
    if upper is None and ranged:
        number = numeral(reading, at, form) or number
        modifier = None
    if upper is None and _score(reading, number.last):
        return None
    last = upper[1] if upper is not None else number.last
    counted = _counted(reading, last, number.scale if upper is None else max(number.scale, upper[2]))
    behind = after(reading, counted.last)
    low, high = upper[0] if upper is not None else (number.value, number.value)
    modality = (
        "range" if upper is not None else modifier.modality if modifier else behind.modality if behind else "exact"
    )
    if upper is None and modifier is None and behind is not None:
        modifier = behind
    first, sign = _signed(reading, at)
    unit, kind = counted.unit, counted.kind
    if sign is not None:
        unit, kind = sign, "percent" if sign == "%" else "money"
    flags: tuple[NumberFlag, ...] = ("currency_assumed",) if counted.assumed or sign == "USD" else ()
    return Found(
        first,
        counted.last,
        kind,
        skip if first == at else 0,
        (at, last),
        skip,
        bounds(low, high, modality),
        unit,
        counted.counted,
        (modifier.first, modifier.last) if modifier is not None else None,
        modifier.skip if modifier is not None else 0,
        factuality=_factuality(reading, modifier),
        flags=flags,
    )


def _lone_one(reading: Reading, number: Numeral, form: str) -> bool:
    """واحد and اثنين in prose: count them only behind a counted noun (جندي واحد), which is found from the noun."""
    return (
        form in ("واحد", "واحده")
        and number.last == number.first + 1
        and noun_lemma(reading.form_at(number.last)) is None
    )


def _listing(reading: Reading, number: Numeral) -> bool:
    """A number that opens a line and is set off: 1. and 2-."""
    first = number.first
    opens = first == 0 or reading.lines[first - 1] != reading.lines[first]
    follows = reading.form_at(number.last)
    return opens and number.value < 100 and follows in (".", "-", ")") and number.digits


def _tail_of_score(reading: Reading, at: int) -> bool:
    """The second half of 2-1, or the number of a model (أغني-5)."""
    dashed = at > 1 and reading.forms[at - 1] in _DASHES and reading.glued(at)
    return dashed and reading.glued(at - 1) and reading.forms[at - 2].isalnum()


def _score(reading: Reading, at: int) -> bool:
    """A result such as 2-1, which is no range."""
    return reading.form_at(at) in _DASHES and is_digits(reading.form_at(at + 1))


def _upper(reading: Reading, number: Numeral, ranged: bool) -> tuple[tuple[Decimal, Decimal], int, int] | None:
    """The range a number opens: ((low, high), token after, multiplier), a missing multiplier inherited."""
    at = number.last
    if not ranged or reading.form_at(at) not in ("و",):
        unit = unit_at(reading, at)
        between = unit.last if unit is not None else at + (noun_lemma(reading.form_at(at)) is not None)
        if ranged and reading.form_at(at)[:1] != "و":
            at = between
    form = reading.form_at(at)
    second = None
    if ranged and form.startswith("و"):
        second = numeral(reading, at + 1) if form == "و" else numeral(reading, at, form[1:])
    elif form in _DASHES:
        second = numeral(reading, at + 1) if reading.glued(at) else None
    elif form == "الي" and (reading.form_at(number.first - 1) == "من" or number.digits):
        second = numeral(reading, at + 1)
    if second is None:
        return None
    low, high = number.value, second.value
    if number.scale == 1 and second.scale > 1 and number.value < 1000:
        low *= second.scale
    elif second.scale == 1 and number.scale > 1 and second.value < number.value:
        high *= number.scale
    return ((low, high), second.last, second.scale) if low < high else None


def _counted(reading: Reading, at: int, scale: int) -> _Counted:
    unit = unit_at(reading, at)
    if unit is not None:
        words = reading.text[reading.starts[at] : reading.ends[unit.last - 1]]
        return _Counted(unit.last, unit.kind, unit.code, None if unit.kind == "percent" else words, unit.assumed)
    noun = counted_noun(reading, at, definite=False)
    if noun is not None:
        return _Counted(at + 1, "count", noun, reading.raw(at))
    if reading.form_at(at) == "من" and noun_lemma(reading.form_at(at + 1)) is not None:
        return _Counted(at + 2, "count", noun_lemma(reading.forms[at + 1]), reading.raw(at + 1))
    return _Counted(at, "count")


def _signed(reading: Reading, at: int) -> tuple[int, str | None]:
    """A currency or percent sign glued before the number."""
    sign = reading.form_at(at - 1)
    if at and reading.glued(at) and sign in ("%", "٪"):
        return at - 1, "%"
    return (at - 1, _CURRENCY_SIGNS[sign]) if at and sign in _CURRENCY_SIGNS else (at, None)


def _vague(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """آلاف الجنود, عشرات القتلى, مئات الآلاف من."""
    magnitude = Decimal(vague_words()[form])
    end = at + 1
    following = reading.form_at(end).removeprefix("ال")
    if form != "الاف" and following in ("الاف", "ملايين", "مليارات") and reading.form_at(end).startswith("ال"):
        magnitude *= vague_words()[following]
        end += 1
    core = end
    noun_at = end + 1 if reading.form_at(end) == "من" else end
    unit, counted = None, None
    plural = unit_at(reading, noun_at)
    known = (plural.kind, plural.code) if plural is not None else unit_of(reading.form_at(noun_at).removeprefix("ال"))
    kind: NumberKind = "count"
    if known is not None:
        kind, unit = known
        counted, end = reading.raw(noun_at), noun_at + 1
    elif (noun := counted_noun(reading, noun_at, definite=True)) is not None:
        unit, counted, end = noun, reading.raw(noun_at), noun_at + 1
    modifier = before(reading, at, reading.forms[at][:skip])
    return Found(at, end, kind, skip, (at, core), skip, bounds(magnitude, magnitude * 10, "vague"), unit, counted,
                 (modifier.first, modifier.last) if modifier else None, modifier.skip if modifier else 0,
                 factuality=_factuality(reading, modifier))  # fmt: skip


def _factuality(reading: Reading, modifier: Modifier | None) -> Factuality:
    if modifier is None:
        return "asserted"
    return "estimate" if modifier.estimated(reading) else "possible" if modifier.possible(reading) else "asserted"


def dual(reading: Reading, at: int, skip: int, lemma: str) -> Found:
    """صاروخين: a noun whose ending counts two."""
    two = Decimal(2)
    return Found(at, at + 1, "count", skip, value=bounds(two, two, "exact"), unit=lemma, counted=reading.raw(at)[skip:],
                 factuality="asserted")  # fmt: skip


def one_of(reading: Reading, at: int) -> Found | None:
    """جندي واحد: the numeral behind its noun."""
    form = reading.forms[at]
    lemma = next((noun_lemma(stem) for _, stem in stems(reading.form_at(at - 1)) if noun_lemma(stem)), None)
    if lemma is None or form not in ("واحد", "واحده"):
        return None
    skip = next(taken for taken, stem in stems(reading.form_at(at - 1)) if noun_lemma(stem))
    one = Decimal(1)
    return Found(at - 1, at + 1, "count", skip, (at, at + 1), 0, bounds(one, one, "exact"), lemma,
                 reading.raw(at - 1)[skip:], factuality="asserted")  # fmt: skip
