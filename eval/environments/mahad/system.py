"""Maha (PyPI: mahad) as a system: documents as JSON lines on standard input, their numbers and dates on its output.

Maha finds and reads; what it has no notion of is added in the simplest way: the word behind a bare number is its unit.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime
from decimal import Decimal
from typing import Any

from maha.parsers.functions import parse_dimension
from maha.parsers.rules.duration.template import DurationUnit

UCUM = {
    DurationUnit.SECONDS: "s",
    DurationUnit.MINUTES: "min",
    DurationUnit.HOURS: "h",
    DurationUnit.DAYS: "d",
    DurationUnit.WEEKS: "wk",
    DurationUnit.MONTHS: "mo",
    DurationUnit.YEARS: "a",
}
OF_A_DAY = ("day", "days", "weekday")
OF_A_MONTH = ("month", "months", "prev_month", "next_month")
WORD = re.compile(r" ([^\W\d_]+)")


def numbers(text: str, published: str | None) -> list[dict[str, Any]]:
    """The numbers of a text in the prediction format; of readings that overlap, a date before a duration, and so on."""
    found: list[dict[str, Any]] = []
    for kind in ("time", "duration", "ordinal", "numeral"):
        for one in parse_dimension(text, **{kind: True}):
            if all(one.end <= other["start"] or other["end"] <= one.start for other in found):
                found.append({"start": one.start, "end": one.end, **READINGS[kind](one, text, published)})
    return sorted(found, key=lambda number: number["start"])


def date(one: Any, text: str, published: str | None) -> dict[str, Any]:
    """A date, resolved from the day of publication, as exact as what is said of it."""
    try:
        day = datetime.fromisoformat(published or "") + one.value
    except (ValueError, OverflowError, TypeError):
        return {"kind": "date"}
    said = {name for name in (*OF_A_DAY, *OF_A_MONTH) if getattr(one.value, name, None)}
    shape = "%Y-%m-%d" if said & set(OF_A_DAY) else "%Y-%m" if said else "%Y"
    return {"kind": "date", "edtf": day.strftime(shape)}


def duration(one: Any, text: str, published: str | None) -> dict[str, Any]:
    """A duration in its first unit; one of several units is of no value."""
    first, *more = one.value.values
    if more or first.unit not in UCUM:
        return {"kind": "duration"}
    return {"kind": "duration", **exactly(first.value), "unit": UCUM[first.unit]}


def ordinal(one: Any, text: str, published: str | None) -> dict[str, Any]:
    """A rank."""
    return {"kind": "ordinal", **exactly(one.value)}


def numeral(one: Any, text: str, published: str | None) -> dict[str, Any]:
    """A percentage, or a count of the word behind it."""
    if one.body.rstrip().endswith(("%", "٪")):
        return {"kind": "percent", **exactly(Decimal(str(one.value)) * 100), "unit": "%"}
    word = WORD.match(text, one.end)
    return {"kind": "count", **exactly(one.value), **({"unit": word[1]} if word else {})}


def exactly(value: Any) -> dict[str, str]:
    """A value as both bounds."""
    written = f"{Decimal(str(value)):f}"
    return {"low": written, "high": written}


READINGS = {"time": date, "duration": duration, "ordinal": ordinal, "numeral": numeral}

if __name__ == "__main__":
    for line in sys.stdin:
        document = json.loads(line)
        answer = {"doc_id": document["doc_id"], "numbers": numbers(document["text"], document.get("published"))}
        print(json.dumps(answer, ensure_ascii=False), flush=True)
