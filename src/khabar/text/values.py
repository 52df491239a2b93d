"""Values of numbers: what an omission means, and when two values are the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from khabar.records import PredictedNumber
from khabar.text.arabic import fold
from khabar.text.dates import same_date


@dataclass(frozen=True, slots=True)
class Value:
    """A number completed by its modality's row of the label scheme: bounds as exact fractions, null = unbounded."""

    low: Fraction | None
    high: Fraction | None
    low_incl: bool
    high_incl: bool
    modality: str


_INCLUSIVE = {  # modality: (lower bound belongs to it, upper bound belongs to it)
    "exact": (True, True),
    "approx": (True, True),
    "range": (True, True),
    "at_least": (True, False),
    "at_most": (False, True),
    "more_than": (False, False),
    "less_than": (False, False),
    "vague": (True, False),
}


def as_fraction(number: str | int | float | None) -> Fraction | None:
    """Read a decimal ("14000", "2.5") or a fraction ("1/3") exactly; None for null.

    Raises ValueError for anything else, NaN and infinities included.
    """
    if number is None:
        return None
    try:
        text = str(number).strip()
        if len(text) > 100 or "_" in text:
            raise ValueError(f"not a number: {text[:40]!r}")
        exponent = text.lower().partition("e")[2]
        if exponent and abs(int(exponent)) > 100:
            raise ValueError(f"out of range: {text!r}")
        return Fraction(text)
    except (ArithmeticError, OverflowError) as error:
        raise ValueError(f"not a number: {number!r}") from error


def _fraction(number: str | int | float | None) -> Fraction | None:
    try:
        return as_fraction(number)
    except ValueError:
        return None


_WRITTEN = re.compile(r"(\d+|\d{1,3}(?:٬\d{3})+|\d{1,3}(?:,\d{3}){2,}|\d+(?:٫\d+|\.\d{1,2}|\.\d{4,}))(?: +(\w+))?")
_MULTIPLIERS = {
    "الف": 10**3, "الفا": 10**3, "الاف": 10**3, "مليون": 10**6, "مليونا": 10**6, "ملايين": 10**6,
    "مليار": 10**9, "مليارا": 10**9, "مليارات": 10**9,
}  # fmt: skip


def written_number(words: str) -> str | None:
    """The number that digits write, alone or before ألف, مليون, مليار: "14000" of «14 ألف», "2.5" of «٢٫٥».

    None for all else, and where a comma or a point may stand between thousands or before a fraction: «2,500», «2.500».
    """
    match = _WRITTEN.fullmatch(fold(words.strip()))
    if match is None or (match[2] is not None and match[2] not in _MULTIPLIERS):
        return None
    number = match[1].replace("٬", "").replace(",", "").replace("٫", ".")
    value = Fraction(number) * _MULTIPLIERS.get(match[2] or "", 1)
    return str(value) if value.denominator == 1 else number if match[2] is None else None


@lru_cache(maxsize=1 << 14)
def value_of(number: PredictedNumber) -> Value:
    """Complete what a prediction omits: the one bound of exact and approx is both, a vague one spans a power of ten."""
    low, high = _fraction(number.low), _fraction(number.high)
    modality = number.modality or ("range" if low is not None and high is not None and low != high else "exact")
    if modality in ("exact", "approx"):
        low, high = (high if low is None else low), (low if high is None else high)
    elif modality == "vague" and low is not None and high is None:
        high = 10 * low
    elif modality == "vague" and high is not None and low is None:
        low = high / 10
    low_incl, high_incl = _INCLUSIVE[modality]
    return Value(
        low,
        high,
        low is not None and (low_incl if number.low_incl is None else number.low_incl),
        high is not None and (high_incl if number.high_incl is None else number.high_incl),
        modality,
    )


def same_interval(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Equal bounds as numbers, and equal inclusivity on the bounded sides."""
    left, right = value_of(gold), value_of(predicted)
    return left == replace(right, modality=left.modality)


_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")
"""A letter of the Arabic script."""


def same_unit(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Codes equal as strings; for counts, and where gold's unit is an Arabic word, the folded lemma, or the head noun
    as written, with or without ال. Ordinals have no unit to compare."""
    if gold.kind == "ordinal":
        return True
    if gold.unit is None or predicted.unit is None:
        return gold.unit is None and predicted.unit is None
    if gold.kind != "count" and not _ARABIC.search(gold.unit):
        return gold.unit == predicted.unit
    noun = _noun(predicted.unit)
    return noun == _noun(gold.unit) or (gold.counted is not None and _bare(noun) == _bare(_noun(gold.counted)))


def _noun(written: str) -> str:
    return fold(written.strip())


def _bare(noun: str) -> str:
    return noun.removeprefix("ال")


def same_value(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """The value alone: for dates the resolved date, for every other kind the interval."""
    return same_date(gold, predicted) if gold.kind == "date" else same_interval(gold, predicted)


def is_right(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Everything but the span: kind; for dates the date and nothing more; else interval, modality and unit."""
    if gold.kind != predicted.kind:
        return False
    if gold.kind == "date":
        return same_date(gold, predicted)
    return value_of(gold) == value_of(predicted) and same_unit(gold, predicted)
