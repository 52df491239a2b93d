"""What went wrong with a number: named errors on spans that are right, and the cause in the list of errors."""

from __future__ import annotations

from fractions import Fraction

from khabar.records import PredictedNumber
from khabar.records.errors import NumberCause
from khabar.text.values import Value, same_interval, same_unit, value_of

NUMBER_ERRORS = ("lost_multiplier", "summed_range", "year_as_count", "count_as_year", "wrong_modality", "wrong_unit")

_MULTIPLIERS = {Fraction(10) ** power for power in (2, 3, 6, 9, 12)}


def errors_of(gold: PredictedNumber, predicted: PredictedNumber) -> list[str]:
    """Name what went wrong on a number whose span is right."""
    if gold.kind == "date":
        return ["year_as_count"] if predicted.kind in ("count", "measure") else []
    if predicted.kind == "date":
        return ["count_as_year"]
    ours, theirs = value_of(gold), value_of(predicted)
    wrong = not same_interval(gold, predicted)
    is_made = {
        "lost_multiplier": wrong and _differ_by_multiplier(ours, theirs),
        "summed_range": wrong and _is_sum(ours, theirs),
        "wrong_modality": ours.modality != theirs.modality,
        "wrong_unit": not same_unit(gold, predicted),
    }
    return [error for error, is_so in is_made.items() if is_so]


def _differ_by_multiplier(ours: Value, theirs: Value) -> bool:
    bounds = ((ours.low, theirs.low), (ours.high, theirs.high))
    return any(x and y and x / y in _MULTIPLIERS for x, y in bounds)


def _is_sum(ours: Value, theirs: Value) -> bool:
    if ours.modality != "range" or ours.low is None or ours.high is None:
        return False
    return theirs.low == theirs.high == ours.low + ours.high


def number_cause(gold: PredictedNumber, predicted: PredictedNumber) -> NumberCause:
    """Say why a number with the right span is wrong: the first cause that applies."""
    errors = errors_of(gold, predicted)
    confused: tuple[NumberCause, NumberCause] = ("year_as_count", "count_as_year")
    for cause in confused:
        if cause in errors:
            return cause
    if gold.kind != predicted.kind:
        return "kind"
    if gold.kind == "date":
        return "wrong_value"
    miscounted: tuple[NumberCause, NumberCause] = ("lost_multiplier", "summed_range")
    for cause in miscounted:
        if cause in errors:
            return cause
    if not same_interval(gold, predicted) and not _only_modality(gold, predicted):
        return "wrong_value"
    return "wrong_modality" if "wrong_modality" in errors else "wrong_unit"


def _only_modality(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Tell whether the modalities differ and the bounds that both have are equal: "5" for "at least 5"."""
    x, y = value_of(gold), value_of(predicted)
    both = [(a, b) for a, b in ((x.low, y.low), (x.high, y.high)) if a is not None and b is not None]
    return x.modality != y.modality and bool(both) and all(a == b for a, b in both)
