"""What went wrong with a number: named errors on spans that are right, and partial credit for dates."""

from __future__ import annotations

from fractions import Fraction

from khabar.records import PredictedNumber
from khabar.text.values import Value, days_of, same_date, same_interval, same_unit, value_of

ERRORS = ("lost_multiplier", "summed_range", "year_as_count", "count_as_year", "wrong_modality", "wrong_unit")

_MULTIPLIERS = {Fraction(10) ** power for power in (2, 3, 6, 9, 12)}


def errors_of(gold: PredictedNumber, predicted: PredictedNumber) -> list[str]:
    """Name what went wrong on a number whose span is right."""
    if gold.kind == "date":
        return ["year_as_count"] if predicted.kind in ("count", "measure") else []
    if predicted.kind == "date":
        return ["count_as_year"]
    ours, theirs = value_of(gold), value_of(predicted)
    wrong = not same_interval(gold, predicted)
    found = {
        "lost_multiplier": wrong and _differ_by_multiplier(ours, theirs),
        "summed_range": wrong and _is_sum(ours, theirs),
        "wrong_modality": ours.modality != theirs.modality,
        "wrong_unit": not same_unit(gold, predicted),
    }
    return [error for error, is_so in found.items() if is_so]


def _differ_by_multiplier(ours: Value, theirs: Value) -> bool:
    bounds = ((ours.low, theirs.low), (ours.high, theirs.high))
    return any(mine and said and mine / said in _MULTIPLIERS for mine, said in bounds)


def _is_sum(ours: Value, theirs: Value) -> bool:
    if ours.modality != "range" or ours.low is None or ours.high is None:
        return False
    return theirs.low == theirs.high == ours.low + ours.high


def days_in_common(gold: PredictedNumber, predicted: PredictedNumber) -> Fraction:
    """Share of days two dates have in common: intersection over union; 0 where one has no bounded extent."""
    if same_date(gold, predicted):
        return Fraction(1)
    left, right = days_of(gold.edtf or ""), days_of(predicted.edtf or "")
    if left is None or right is None:
        return Fraction(0)
    shared = min(left[1], right[1]) - max(left[0], right[0]) + 1
    return Fraction(max(0, shared), max(left[1], right[1]) - min(left[0], right[0]) + 1)
