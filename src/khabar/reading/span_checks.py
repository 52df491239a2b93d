"""Checks of spans and values against a text, and why a surface is not where its offsets say."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator

from khabar.reading.incidents import Report
from khabar.reading.mentions import LARGEST_OFFSET
from khabar.records import Annotations, PredictedNumber, PredictedSource, PredictedSpan
from khabar.text.arabic import TATWEEL, fold
from khabar.text.dates import is_date
from khabar.text.search import searchable
from khabar.text.terminal import cut
from khabar.text.values import as_fraction


def check_annotations(record: Annotations, text: str | None, report: Report) -> None:
    """Check one document's items against its text (None: only what needs no text)."""
    limit = LARGEST_OFFSET if text is None else len(text)
    for layer, index, span in spans_of(record):
        start, end, surface = span.start, span.end, span.text
        sound = start is not None and end is not None and 0 <= start < end <= limit
        if not sound or (text is not None and surface is not None and text[start:end] != surface):
            check_span(span, text, report, f"{layer}[{index}]")
    for index, number in enumerate(record.numbers):
        _check_number(number, report, f"numbers[{index}]")


def spans_of(record: Annotations) -> Iterator[tuple[str, int, PredictedSpan]]:
    """List all spans of a document's items, parts included: layer, number of the item, span."""
    for index, entity in enumerate(record.entities):
        yield "entities", index, entity
    for index, number in enumerate(record.numbers):
        yield "numbers", index, number
        for inner in (number.core, number.modifier):
            if inner is not None:
                yield "numbers", index, inner
    for index, quote in enumerate(record.quotes):
        others = [part for reading in quote.alternatives or () for part in reading.content or ()]
        for part in (*quote.content, *(quote.cue or ()), *(quote.marked or ()), *others):
            yield "quotes", index, part
        if quote.speaker_mention is not None:
            yield "quotes", index, quote.speaker_mention
        speakers = [reading.speaker for reading in quote.alternatives or ()]
        for source in (quote.speaker, quote.addressee, *(quote.source_chain or ()), *speakers):
            if isinstance(source, PredictedSource) and (source.is_span or source.end is not None):
                yield "quotes", index, source


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


def why_not_there(text: str, start: int, end: int, surface: str) -> str:
    """Name the likely cause of `text[start:end] != surface` (offsets in code points), or where the surface stands."""
    here = text[start:end]
    if here == surface:
        return "the surface is right"
    if _at_bytes(text, start, end) == surface:
        return "the offsets count UTF-8 bytes"
    if _at_utf16(text, start, end) == surface:
        return "the offsets count UTF-16 units"
    if text[start : end + 1] == surface:
        return "the end is inclusive"
    if here.replace("\u00a0", " ") == surface.replace("\u00a0", " "):
        return "a no-break space was replaced by a space"
    if here.replace(TATWEEL, "") == surface.replace(TATWEEL, ""):
        return "tatweel was removed"
    if unicodedata.normalize("NFC", here) == unicodedata.normalize("NFC", surface):
        return "the text was normalised (NFC)"
    if unicodedata.normalize("NFC", text)[start:end] == surface:
        return "the offsets are those of the NFC-normalised text"
    if text.lstrip()[start:end] == surface or text.strip()[start:end] == surface:
        return "the text was trimmed"
    if text.replace("\n", "\r\n")[start:end] == surface:
        return "the line breaks were counted as two characters"
    if fold(here) == fold(surface):
        return "letters or diacritics were normalised"
    found = _nearest(text, surface, start)
    if found is not None:
        return f"it stands at {found}, {abs(found - start)} code points {'later' if found > start else 'earlier'}"
    return "it is not in the document to the letter"


def _at_bytes(text: str, start: int, end: int) -> str | None:
    return _decoded(text.encode()[start:end], "utf-8")


def _at_utf16(text: str, start: int, end: int) -> str | None:
    return _decoded(text.encode("utf-16-le")[2 * start : 2 * end], "utf-16-le")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _nearest(text: str, surface: str, start: int) -> int | None:
    if not surface:
        return None
    before, after = text.rfind(surface, 0, start + len(surface)), text.find(surface, max(0, start))
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - start)) if places else None


def _shown(surface: str) -> str:
    return repr(cut(surface))
