"""A number as the passes hand it on, and the record made of it."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from khabar.records.labels import Factuality, Modality, NumberFlag, NumberKind
from khabar.records.predictions import PredictedNumber, PredictedSpan
from khabar.systems.rules.reading import Reading


class Value(msgspec.Struct, frozen=True):
    """Bounds as the label scheme has them: None is unbounded."""

    low: str | None = None
    high: str | None = None
    low_incl: bool = False
    high_incl: bool = False
    modality: Modality | None = None


def plain(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def bounds(low: Decimal, high: Decimal, modality: Modality) -> Value:
    """The interval that a value or two and a modality stand for."""
    first, last = plain(low), plain(high)
    if modality == "more_than":
        return Value(first, None, False, False, modality)
    if modality == "at_least":
        return Value(first, None, True, False, modality)
    if modality == "less_than":
        return Value(None, last, False, False, modality)
    if modality == "at_most":
        return Value(None, last, False, True, modality)
    if modality == "vague":
        return Value(first, last, True, False, modality)
    return Value(first, last, True, True, modality)


class Found(msgspec.Struct, frozen=True):
    """A number over tokens `[first, last)` with `skip` letters of clitics, its core in the same terms."""

    first: int
    last: int
    kind: NumberKind
    skip: int = 0
    core: tuple[int, int] | None = None
    core_skip: int = 0
    value: Value = Value()
    unit: str | None = None
    counted: str | None = None
    modifier: tuple[int, int] | None = None
    modifier_skip: int = 0
    literal: str | None = None
    edtf: str | None = None
    anchor: str | None = None
    factuality: Factuality | None = None
    flags: tuple[NumberFlag, ...] = ()


def record(reading: Reading, found: Found) -> PredictedNumber:
    """The prediction: offsets and surfaces for mention, core and modifier."""
    start = reading.start_after(found.first, found.skip)
    end = reading.ends[found.last - 1]
    core_first, core_last = found.core or (found.first, found.last)
    core_skip = found.skip if core_first == found.first and not found.core_skip else found.core_skip
    modifier = None
    if found.modifier is not None:
        modifier = _span(reading, *found.modifier, found.modifier_skip)
    dated = found.kind == "date"
    return PredictedNumber(
        start=start,
        end=end,
        text=reading.text[start:end],
        kind=found.kind,
        low=found.value.low,
        high=found.value.high,
        low_incl=None if found.value.modality is None else found.value.low_incl,
        high_incl=None if found.value.modality is None else found.value.high_incl,
        modality=found.value.modality,
        unit=found.unit,
        counted=found.counted,
        edtf_literal=found.literal,
        edtf=found.edtf,
        core=_span(reading, core_first, core_last, core_skip),
        modifier=modifier,
        calendar="gregorian" if dated else None,
        anchor=found.anchor,
        factuality=found.factuality,
        role=None if dated or found.kind == "ident" else "level",
        flags=found.flags or None,
    )


def _span(reading: Reading, first: int, last: int, skip: int) -> PredictedSpan:
    start = reading.start_after(first, skip)
    end = reading.ends[last - 1]
    return PredictedSpan(start=start, end=end, text=reading.text[start:end])
