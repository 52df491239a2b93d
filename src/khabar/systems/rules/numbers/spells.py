"""Durations and recurrences without a written number, ranks, and fractions."""

from __future__ import annotations

from decimal import Decimal

from khabar.systems.rules.lexicon import known_word, word_set
from khabar.systems.rules.numbers.found import Found, Value, bounds
from khabar.systems.rules.numbers.modifiers import before
from khabar.systems.rules.numbers.months import WEEKDAYS, first_words, pointer
from khabar.systems.rules.numbers.numerals import is_digits, ordinal_value, word_value
from khabar.systems.rules.numbers.units import noun_lemma, time_units
from khabar.systems.rules.reading import Reading

_LASTING = word_set(
    "بعد منذ قبل خلال لمده مده طوال طيله غضون مدار مدي لنحو نحو حوالي قرابه من لاكثر بحلول كل استمرت استمر دام دامت"
)
_BEFORE_ONE = _LASTING - {"من", "بحلول"}
_RECURRING = {"يوميا": "d", "اسبوعيا": "wk", "شهريا": "mo", "سنويا": "a"}
_RANKED = word_set(
    "المره مره اليوم الولايه المرحله الدفعه الجوله المركز الذكري الفتره النسخه الدوره الجلسه الاسبوع الشهر العام الموسم"
)
_FRACTIONS = {"نصف": "1/2", "ثلث": "1/3", "ربع": "1/4", "خمس": "1/5", "ثلثي": "2/3", "ثلثا": "2/3"}
_PARTS = {"اثلاث": 3, "ارباع": 4, "اخماس": 5}
_NOT_HALVES = frozenset({"النهائي", "نهائي", "النهايه", "الشهري", "السنوي", "ساعه", "قرن", "عام", "سنه"})


def duration(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """خلال أسبوع is 1, يومين is 2, منذ أشهر is vague, كل يوم a recurrence."""
    known = time_units().get(form)
    if known is None:
        return None
    code, number = known
    behind = reading.form_at(at - 1)
    clitic = reading.forms[at][:skip]
    bare_behind = behind[1:] if behind[:1] in "وف" and len(behind) > 3 else behind
    if number == "dual":
        return _spell(reading, at, skip, code, bounds(Decimal(2), Decimal(2), "exact"))
    if number == "plural":
        if bare_behind not in _LASTING and not clitic.endswith("ل"):
            return None
        return _spell(reading, at, skip, code, bounds(Decimal(1), Decimal(10), "vague"))
    if bare_behind not in _BEFORE_ONE or _names_a_date(reading, at + 1):
        return None
    exact = bounds(Decimal(1), Decimal(1), "exact")
    if bare_behind == "كل":
        return Found(at - 1, at + 1, "set", value=exact, unit=code, counted=reading.raw(at), factuality="asserted")
    return _spell(reading, at, skip, code, exact)


def _spell(reading: Reading, at: int, skip: int, code: str, value: Value) -> Found:
    modifier = before(reading, at, reading.forms[at][:skip])
    if modifier is not None and modifier.modality != "range" and value.modality == "exact":
        number = Decimal(value.low or 1)
        value = bounds(number, number, modifier.modality)
    else:
        modifier = None
    return Found(at, at + 1, "duration", skip, None, 0, value, code, reading.raw(at)[skip:],
                 (modifier.first, modifier.last) if modifier else None, modifier.skip if modifier else 0,
                 factuality="asserted")  # fmt: skip


def _names_a_date(reading: Reading, at: int) -> bool:
    form = reading.form_at(at)
    return is_digits(form) or form in WEEKDAYS or form in first_words() or bool(pointer(form)) or form == "واحد"


def numbered_time(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """الأشهر الثلاثة, السنوات العشر: the numeral behind the definite noun."""
    known = time_units().get(form.removeprefix("ال"))
    numeral = reading.form_at(at + 1)
    value = word_value(numeral.removeprefix("ال")) if form.startswith("ال") and numeral.startswith("ال") else None
    if known is None or value is None or known[1] == "singular" or numeral in WEEKDAYS:
        return None
    exact = bounds(Decimal(value), Decimal(value), "exact")
    return Found(at, at + 2, "duration", skip, (at + 1, at + 2), 0, exact, known[0], reading.raw(at)[skip:],
                 factuality="asserted")  # fmt: skip


def recurrence(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """يوميا, سنويا."""
    code = _RECURRING.get(form)
    if code is None:
        return None
    return Found(at, at + 1, "set", skip, value=bounds(Decimal(1), Decimal(1), "exact"), unit=code)


def rank(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """لأول مرة, للمرة الثانية, أول إقرار, المرحلة الثانية."""
    if form in _RANKED:
        value = ordinal_value(reading.form_at(at + 1)) if reading.form_at(at + 1).startswith("ال") else None
        if value is None or not form.startswith("ال"):
            return None
        end = at + 2
        if reading.form_at(end) in ("عشر", "عشره") and value < 10:
            value, end = value + 10, end + 1
        # a fused لل keeps its whole token, a conjunction before it stays outside
        whole = skip - 1 if skip and reading.forms[at][skip - 1 : skip + 1] == "لل" else skip
        return _ranked(at, end, whole, (at + 1, end), 0, value, noun_lemma(form) or form[2:], reading.raw(at)[whole:])
    value = ordinal_value(form)
    if value is None or form.startswith("ال"):
        return None
    noun = reading.form_at(at + 1)
    usable = noun.isalpha() and len(noun) > 2 and not noun.startswith("ال") and noun not in ("امس", "شيء", "وهله")
    if not usable or (known_word(noun) and noun != "مره") or reading.sentences[at] != reading.sentences[at + 1]:
        return None
    return _ranked(
        at, at + 2, skip, (at, at + 1), skip, value, noun_lemma(noun) or reading.raw(at + 1), reading.raw(at + 1)
    )


def _ranked(
    first: int, last: int, skip: int, core: tuple[int, int], core_skip: int, value: int, unit: str, counted: str
) -> Found:
    exact = bounds(Decimal(value), Decimal(value), "exact")
    return Found(first, last, "ordinal", skip, core, core_skip, exact, unit, counted, factuality="asserted")


def fraction(reading: Reading, at: int, skip: int, form: str) -> Found | None:
    """ثلث السكان, ثلاثة أرباع, نصف القوات."""
    following = reading.form_at(at + 1)
    whole = word_value(form)
    if whole is not None and following in _PARTS and whole < 5:
        share = f"{whole}/{_PARTS[following]}"
        end = at + 2
    elif form in _FRACTIONS and following.startswith("ال") and following not in _NOT_HALVES:
        share, end = _FRACTIONS[form], at + 1
    else:
        return None
    modifier = before(reading, at, reading.forms[at][:skip])
    value = Value(share, share, True, True, "exact")
    if modifier is not None and modifier.modality == "more_than":
        value = Value(share, None, False, False, "more_than")
    elif modifier is not None and modifier.modality == "approx":
        value = Value(share, share, True, True, "approx")
    return Found(at, end, "ratio", skip, value=value, factuality="asserted",
                 modifier=(modifier.first, modifier.last) if modifier else None,
                 modifier_skip=modifier.skip if modifier else 0)  # fmt: skip
