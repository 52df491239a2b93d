"""Checks: do read predictions (or gold in that format) fit the documents they speak of?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from khabar.reading.causes import why_not_there
from khabar.reading.incidents import Incident, Incidents, errors
from khabar.reading.limits import check_limits
from khabar.reading.plain import LARGEST_OFFSET, plain
from khabar.reading.predictions import Origin, Records, Sourced, given_predictions, read_predictions, split
from khabar.reading.reference import Reference
from khabar.records import (
    Annotations,
    Dispute,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSource,
    PredictedSpan,
    Prediction,
    canonical,
)
from khabar.records.labels import Layer
from khabar.text.grounding import ground
from khabar.text.values import as_fraction, is_date

Report = Callable[..., None]


def checked_predictions(
    predictions: Path | str | Iterable[Prediction | Mapping[str, Any]],
    reference: Reference,
    layers: Sequence[Layer],
    incidents: Incidents,
) -> Records:
    """Read predictions (a file, or records or objects) and check them against gold.

    Every problem is added to `incidents`; what was read may be counted if none of them is an error.
    """
    problems = Incidents()
    if isinstance(predictions, (Path, str)):
        records = read_predictions(predictions, problems)
    else:
        records = given_predictions(predictions, problems)
    in_text = set(layers) - {"conflicts"}
    complete = bool(in_text) and not problems.errors
    # A story without a line has no dispute: for conflicts alone, a file without a line is an answer.
    incidents.extend(problem for problem in problems if in_text or problem.id != "file-empty")
    incidents.extend(check_against(reference, records, complete=complete))
    return records


def check_against(reference: Reference, records: Sequence[Sourced], *, complete: bool) -> list[Incident]:
    """Check predictions against gold: documents known, named once and (if `complete`) all there; spans and values."""
    incidents: list[Incident] = []
    seen: dict[str, Origin] = {}
    stories = set(reference.stories) - {""}
    said, _ = split(records)
    sound = iter(plain(said, [reference.texts.get(record.doc_id) for record in said]))
    names_stories = reference.names_stories
    for place, record in records:
        if isinstance(record, Dispute):
            report = reporter(incidents, place, None)
            if names_stories and record.story not in stories:
                report("story-unknown", f"no story {record.story!r}{_known(reference, stories)}")
            _check_dispute(record, reference, incidents, place)
            continue
        is_sound, is_known = next(sound), record.doc_id in reference.texts
        first = seen.setdefault(record.doc_id, place)
        if is_sound and is_known and first is place:
            continue  # most documents of a large file
        report = reporter(incidents, place, record.doc_id)
        if first is not place:
            report("document-repeated", f"first given {where(first, place)}")
        elif not is_known:
            _report_unknown(record.doc_id, reference, report)
        else:
            check_annotations(record, reference.texts[record.doc_id], report)
            _warn_repeated(record, report)
    if not errors(incidents):
        incidents += check_limits(reference, records)
    for doc_id in sorted(set(reference.documents) - set(seen)) if complete else ():
        file = records[0][0].file if records else None
        incidents.append(Incident("document-missing", f"no line for document {doc_id!r}", file, doc_id=doc_id))
    return incidents


def where(first: Origin, place: Origin) -> str:
    """Say where something stands for the first time that stands at `place` again."""
    return f"on line {first.line}" + (f" of {first.file}" if first.file != place.file else "")


def _known(reference: Reference, stories: set[str]) -> str:
    """The stories there are, where they can be named in a line; a part of a gold knows its own only."""
    few = reference.whole is None and len(stories) <= 20
    return f"; known: {', '.join(sorted(stories))}" if few else ""


def _report_unknown(doc_id: str, reference: Reference, report: Report) -> None:
    if doc_id in reference.other_splits:
        report("document-other-split", f"it belongs to split {reference.other_splits[doc_id]!r}")
    else:
        report("document-unknown", f"no document {doc_id!r} in the gold")


def reporter(incidents: list[Incident], place: Origin, doc_id: str | None) -> Report:
    """Make a function that reports incidents of one line."""

    def report(incident: str, message: str, offset: int | None = None) -> None:
        incidents.append(Incident(incident, message, place.file, place.line, doc_id, offset))

    return report


def check_annotations(record: Annotations, text: str | None, report: Report) -> None:
    """Check one document's items against its text (None: only what needs no text)."""
    limit = LARGEST_OFFSET if text is None else len(text)
    for layer, at, span in _spans(record):
        start, end, surface = span.start, span.end, span.text
        sound = start is not None and end is not None and 0 <= start < end <= limit
        if not sound or (text is not None and surface is not None and text[start:end] != surface):
            check_span(span, text, report, f"{layer}[{at}]")
    for at, number in enumerate(record.numbers):
        _check_number(number, report, f"numbers[{at}]")


def _warn_repeated(record: Annotations, report: Report) -> None:
    """Warn of exact repetitions: everything equal but the id."""
    for layer in ("entities", "numbers", "quotes"):
        items: Sequence[PredictedEntity | PredictedNumber | PredictedQuote] = getattr(record, layer)
        if len(items) == len({_place(item) for item in items}):
            continue  # what stands in different places is no repetition, and needs no closer look
        times = Counter(canonical(structs.replace(item, id=None)) for item in items)
        for item in items:
            found = times.pop(canonical(structs.replace(item, id=None)), 1)
            if found > 1:
                first = item.content[0] if isinstance(item, PredictedQuote) and item.content else item
                offset = first.start if isinstance(first, PredictedSpan) else None
                report("prediction-repeated", f"{layer}: {found} times the same item", offset)


def _place(item: PredictedEntity | PredictedNumber | PredictedQuote) -> object:
    """Where an item stands, roughly: equal items stand in one place."""
    if isinstance(item, PredictedQuote):
        return tuple((part.start, part.text) for part in item.content)
    return item.start, item.end, item.text, item.label if isinstance(item, PredictedEntity) else item.kind


def _spans(record: Annotations) -> Iterator[tuple[str, int, PredictedSpan]]:
    for at, entity in enumerate(record.entities):
        yield "entities", at, entity
    for at, number in enumerate(record.numbers):
        yield "numbers", at, number
        for inner in (number.core, number.modifier):
            if inner is not None:
                yield "numbers", at, inner
    for at, quote in enumerate(record.quotes):
        others = [part for reading in quote.alternatives or () for part in reading.content or ()]
        for part in (*quote.content, *(quote.cue or ()), *(quote.marked or ()), *others):
            yield "quotes", at, part
        if quote.speaker_mention is not None:
            yield "quotes", at, quote.speaker_mention
        speakers = [reading.speaker for reading in quote.alternatives or ()]
        for source in (quote.speaker, quote.addressee, *(quote.source_chain or ()), *speakers):
            if isinstance(source, PredictedSource) and (source.start is not None or source.end is not None):
                yield "quotes", at, source


def check_span(span: PredictedSpan, text: str | None, report: Report, name: str) -> None:
    """Check that a span is whole, inside its text, and has the surface it gives."""
    if (span.start is None) != (span.end is None) or (span.start is None and span.text is None):
        report("span-incomplete", f"{name}: start {span.start}, end {span.end}, text {span.text!r}", span.start)
    elif span.start is None or span.end is None:
        if span.occurrence is not None and span.occurrence < 1:
            report("occurrence-wrong", f"{name}: occurrence {span.occurrence}")
        elif text is not None and len(ground(text, span.text or "")) < (span.occurrence or 1):
            report("span-ungrounded", f"{name}: {_shown(span.text or '')} is not there {span.occurrence or 1} time(s)")
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


def _check_dispute(record: Dispute, reference: Reference, incidents: list[Incident], place: Origin) -> None:
    if record.confidence is not None and not 0 <= record.confidence <= 1:
        reporter(incidents, place, None)("confidence-range", f"confidence is {record.confidence}")
    for at, side in enumerate(record.sides):
        for span in side.spans:
            report = reporter(incidents, place, span.doc_id)
            document = reference.documents.get(span.doc_id)
            if document is None and reference.has_documents:
                _report_unknown(span.doc_id, reference, report)
                continue
            check_span(span, document.passage.text if document else None, report, f"sides[{at}]")


def _shown(surface: str) -> str:
    return repr(surface if len(surface) <= 60 else surface[:57] + "...")


def other_splits(splits: Mapping[str, Iterable[str]], chosen: str) -> dict[str, str]:
    """Documents of the splits that were not chosen: doc_id → split."""
    return {doc_id: name for name, documents in splits.items() if name != chosen for doc_id in documents}
