"""When two claims answer one question differently: numbers, dates, denials. Strict, because a false dispute costs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from khabar.systems.rules.conflicts.claims import Claim
from khabar.systems.rules.lexicon import word_set

_NUMERIC, _TEMPORAL, _POLARITY = 0.5, 0.45, 0.6
_SHARED = 3
_ONCE = word_set(
    "وقع توقيع ابرم معاهد اتفاق ولد ميلاد تاسس تاسيس انضم انضمام انتخب انتخاب تول بدا بداي اندلع اندلاع انتهي اغتيل "
    "اغتيال وفا توف مقتل استقلال زلزال قمه افتتح افتتاح تسلم صادق اقر اطلق غرق تحطم استقال اعدم اسس وقعت ابرمت بدات"
)
"""Stems of what happens once: the same event on two dates is a contradiction, a repeated one is not."""


def similarity(one: Claim, two: Claim, weight: Mapping[str, float]) -> float:
    """How much two clauses are about the same, 0 to 1: the weight of shared stems in that of the shorter clause."""
    shared = sum(weight[root] for root in one.about & two.about)
    least = min(sum(weight[root] for root in one.about), sum(weight[root] for root in two.about))
    both = sum(weight[root] for root in one.about | two.about)
    return (shared / least + shared / both) / 2 if least and both else 0.0


def comparable(one: Claim, two: Claim) -> bool:
    """Whether two claims may answer one question: other document or speaker, enough in common, no other subject."""
    if one.document == two.document and (one.speaker == two.speaker or one.start == two.start):
        return False
    if len(one.about & two.about) < _SHARED:
        return False
    return not (one.things and two.things and not one.things & two.things)


def numeric(one: Claim, two: Claim, weight: Mapping[str, float]) -> float:
    """Confidence that two quantities contradict each other, 0 where they do not."""
    first, second = one.number, two.number
    if first is None or second is None or first.kind == "date" or first.kind != second.kind:
        return 0.0
    if first.unit is None or first.unit != second.unit or "vague" in (first.modality, second.modality):
        return 0.0
    if one.hedged or two.hedged or one.denies != two.denies or _other_time(one, two):
        return 0.0
    if not _disjoint(one, two) or one.things != two.things:
        return 0.0
    found = similarity(one, two, weight)
    return found if found >= _NUMERIC else 0.0


def temporal(one: Claim, two: Claim, weight: Mapping[str, float]) -> float:
    """Confidence that one event is put on two dates."""
    first, second = one.number, two.number
    if first is None or second is None or first.kind != "date" or second.kind != "date":
        return 0.0
    if not _fixed(first.edtf_literal) or not _fixed(second.edtf_literal) or len(one.dates) > 1 or len(two.dates) > 1:
        return 0.0
    if _same_or_nested(first.edtf or "", second.edtf or "") or not one.about & two.about & _ONCE:
        return 0.0
    if one.denies or two.denies:
        return 0.0
    found = similarity(one, two, weight)
    return found if found >= _TEMPORAL else 0.0


def polarity(one: Claim, two: Claim, weight: Mapping[str, float]) -> float:
    """Confidence that the first claim denies what the second asserts."""
    if not one.denies or two.denies or two.hedged or one.number is not None or not one.things & two.things:
        return 0.0
    if len(one.about & two.about) <= _SHARED or _other_time(one, two):
        return 0.0
    found = similarity(one, two, weight)
    return found if found >= _POLARITY else 0.0


def _fixed(literal: str | None) -> bool:
    return bool(literal) and "X" not in (literal or "X")


def _same_or_nested(one: str, two: str) -> bool:
    """Year holds month holds day; intervals are left alone."""
    return "/" in one + two or one.startswith(two) or two.startswith(one)


def _other_time(one: Claim, two: Claim) -> bool:
    """Whether both name a time and not the same: an as-of apart."""
    return bool(one.dates and two.dates) and not set(one.dates) & set(two.dates)


def _disjoint(one: Claim, two: Claim) -> bool:
    (low, high), (other_low, other_high) = one.interval, two.interval
    slack = Decimal("0.1") if "approx" in (_modality(one), _modality(two)) else Decimal(0)
    below = high is not None and other_low is not None and high * (1 + slack) < other_low
    above = other_high is not None and low is not None and other_high * (1 + slack) < low
    return below or above


def _modality(one: Claim) -> str:
    return (one.number.modality if one.number is not None else None) or ""
