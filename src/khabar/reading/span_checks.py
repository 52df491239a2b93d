"""Checks of spans and values against a text."""

from __future__ import annotations

import math

from khabar.reading.incidents import Report
from khabar.reading.mentions import LARGEST_OFFSET
from khabar.reading.offset_checks import why_not_there
from khabar.records import Annotations, PredictedNumber, PredictedSpan
from khabar.text.dates import is_date
from khabar.text.search import searchable
from khabar.text.terminal import cut
from khabar.text.values import as_fraction


def check_annotations(record: Annotations, text: str | None, report: Report) -> None:
    """Check one document's items against its text (None: only what needs no text)."""
    for layer, index, span in record.spans():
        check_span(span, text, report, f"{layer}[{index}]")
    for index, number in enumerate(record.numbers):
        _check_number(number, report, f"numbers[{index}]")


def check_span(span: PredictedSpan, text: str | None, report: Report, name: str) -> None:
    """Check that a span is whole, inside its text, and has the surface it gives."""
    if (span.start is None) != (span.end is None) or (span.start is None and span.text is None):
        report("span-incomplete", f"{name}: start {span.start}, end {span.end}, text {span.text!r}", span.start)
    elif span.start is None or span.end is None:
        if span.occurrence is not None and span.occurrence < 1:
            report("occurrence-wrong", f"{name}: occurrence {span.occurrence}")
        elif span.line is not None and span.line < 1:
            report("occurrence-wrong", f"{name}: line {span.line}")
        elif text is not None and len(searchable(text).matches(span.text or "", span.line)) < (span.occurrence or 1):
            where = "there" if span.line is None else f"in line {span.line}"
            message = f"{name}: {_shown(span.text or '')} is not {where} {span.occurrence or 1} time(s)"
            report("span-ungrounded", message)
    elif span.start < 0 or span.end <= span.start:
        report("span-empty", f"{name}: [{span.start}, {span.end})", span.start)
    elif span.end > (LARGEST_OFFSET if text is None else len(text)):
        of = "no text is that long" if text is None else f"the text has {len(text)} code points"
        report("span-outside", f"{name}: [{span.start}, {span.end}), and {of}", span.start)
    elif text is not None and span.text is not None and text[span.start : span.end] != span.text:
        here, cause = _shown(text[span.start : span.end]), why_not_there(text, span.start, span.end, span.text)
        report("span-surface", f"{name}: the text has {here} where {_shown(span.text)} is given; {cause}", span.start)


def _check_number(number: PredictedNumber, report: Report, name: str) -> None:
    bounds = []
    for key in ("low", "high"):
        value = getattr(number, key)
        if isinstance(value, float) and not math.isfinite(value):
            report("number-not-finite", f"{name}.{key} is {value}", number.start)
            continue
        try:
            bounds.append(as_fraction(value))
        except ValueError as error:
            report("number-not-numeric", f"{name}.{key}: {error}", number.start)
    low, high = bounds if len(bounds) == 2 else (None, None)
    if low is not None and high is not None and low > high:
        report("bounds-reversed", f"{name}: low {number.low} is above high {number.high}", number.start)
    for key in ("edtf", "edtf_literal"):
        value = getattr(number, key)
        if value is not None and not is_date(value):
            report("date-not-edtf", f"{name}.{key} is {_shown(value)}", number.start)


def _shown(surface: str) -> str:
    return repr(cut(surface))
