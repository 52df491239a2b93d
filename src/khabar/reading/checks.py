"""Checks: do read predictions (or gold in that format) fit the documents they speak of?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from khabar.arabic import ground
from khabar.incidents import Incident
from khabar.reading.causes import why_not_there
from khabar.reading.predictions import Placeholder, Sourced
from khabar.records import Annotations, Dispute, SaidEntity, SaidNumber, SaidQuote, SaidSource, SaidSpan
from khabar.scoring.placing import canonical
from khabar.scoring.reference import Reference
from khabar.scoring.values import as_fraction, is_date

Report = Callable[..., None]


def check_against(reference: Reference, records: Sequence[Sourced], *, complete: bool) -> list[Incident]:
    """Check predictions against gold: documents known, named once and (if `complete`) all there; spans and values."""
    incidents: list[Incident] = []
    seen: dict[str, int] = {}
    stories = set(reference.stories) - {""}
    for place, record in records:
        if isinstance(record, Dispute):
            report = _reporter(incidents, place, None)
            if stories and record.story not in stories:
                report("story-unknown", f"no story {record.story!r}; known: {', '.join(sorted(stories))}")
            _check_dispute(record, reference, report)
            continue
        report = _reporter(incidents, place, record.doc_id)
        if record.doc_id in seen:
            report("document-repeated", f"first given on line {seen[record.doc_id]}")
            continue
        seen[record.doc_id] = place.line
        document = reference.documents.get(record.doc_id)
        if document is not None:
            check_annotations(record, document.passage.text, report)
        elif record.doc_id in reference.other_splits:
            report("document-other-split", f"it belongs to split {reference.other_splits[record.doc_id]!r}")
        else:
            report("document-unknown", f"no document {record.doc_id!r} in the gold")
    for doc_id in sorted(set(reference.documents) - set(seen)) if complete else ():
        file = records[0][0].file if records else None
        incidents.append(Incident("document-missing", f"no line for document {doc_id!r}", file, doc_id=doc_id))
    return incidents


def check_gold(records: Sequence[Sourced]) -> list[Incident]:
    """Check gold in the prediction format: each document once, no row twice, spans and values sound."""
    incidents: list[Incident] = []
    seen: dict[str, int] = {}
    texts = {record.doc_id: record.text for _, record in records if isinstance(record, Annotations)}
    for place, record in records:
        if isinstance(record, Dispute):
            for side in record.sides:
                for span in side.spans:
                    _check_span(span, texts.get(span.doc_id), _reporter(incidents, place, span.doc_id), "span")
            continue
        report = _reporter(incidents, place, record.doc_id)
        if record.doc_id in seen:
            report("document-repeated", f"first given on line {seen[record.doc_id]}")
        seen.setdefault(record.doc_id, place.line)
        check_annotations(record, record.text, report, gold=True)
    return incidents


def _reporter(incidents: list[Incident], place: Placeholder, doc_id: str | None) -> Report:
    def report(incident: str, message: str, offset: int | None = None) -> None:
        incidents.append(Incident(incident, message, place.file, place.line, doc_id, offset))

    return report


def check_annotations(record: Annotations, text: str | None, report: Report, *, gold: bool = False) -> None:
    """Check one document's items against its text (None: only what needs no text)."""
    for layer, at, span in _spans(record):
        _check_span(span, text, report, f"{layer}[{at}]")
    for at, number in enumerate(record.numbers):
        _check_number(number, report, f"numbers[{at}]")
    layers: dict[str, Sequence[SaidEntity | SaidNumber | SaidQuote]] = {
        "entities": record.entities,
        "numbers": record.numbers,
        "quotes": record.quotes,
    }
    for layer, items in layers.items():
        keys = [_content(item, gold) for item in items]
        for key, times in Counter(keys).items():
            if times > 1:
                first = items[keys.index(key)]
                start = first.content[0].start if isinstance(first, SaidQuote) and first.content else None
                offset = first.start if isinstance(first, SaidSpan) else start
                report(
                    "row-repeated" if gold else "prediction-repeated", f"{layer}: {times} times the same row", offset
                )


def _content(item: SaidEntity | SaidNumber | SaidQuote, gold: bool) -> bytes | tuple[object, ...]:
    """What makes two rows the same: in gold, for entities, span and label; else everything but the id."""
    import msgspec

    if gold and isinstance(item, SaidEntity) and item.start is not None:
        return (item.start, item.end, item.label)
    return canonical(msgspec.structs.replace(item, id=None))


def _spans(record: Annotations) -> Iterator[tuple[str, int, SaidSpan]]:
    for at, entity in enumerate(record.entities):
        yield "entities", at, entity
    for at, number in enumerate(record.numbers):
        yield "numbers", at, number
        for inner in (number.core, number.modifier):
            if inner is not None:
                yield "numbers", at, inner
    for at, quote in enumerate(record.quotes):
        for part in (*quote.content, *(quote.cue or ()), *(quote.marked or ())):
            yield "quotes", at, part
        if quote.speaker_mention is not None:
            yield "quotes", at, quote.speaker_mention
        for source in (quote.speaker, quote.addressee, *(quote.source_chain or ())):
            if isinstance(source, SaidSource) and source.start is not None:
                yield "quotes", at, source


def _check_span(span: SaidSpan, text: str | None, report: Report, name: str) -> None:
    if (span.start is None) != (span.end is None) or (span.start is None and span.text is None):
        report("span-incomplete", f"{name}: start {span.start}, end {span.end}, text {span.text!r}", span.start)
    elif span.start is None or span.end is None:
        if span.occurrence is not None and span.occurrence < 1:
            report("occurrence-wrong", f"{name}: occurrence {span.occurrence}")
        elif text is not None and len(ground(text, span.text or "")) < (span.occurrence or 1):
            report("span-ungrounded", f"{name}: {_shown(span.text or '')} is not there {span.occurrence or 1} time(s)")
    elif span.start < 0 or span.end <= span.start:
        report("span-empty", f"{name}: [{span.start}, {span.end})", span.start)
    elif text is not None and span.end > len(text):
        report("span-outside", f"{name}: [{span.start}, {span.end}) in a text of {len(text)} code points", span.start)
    elif text is not None and span.text is not None and text[span.start : span.end] != span.text:
        here, cause = _shown(text[span.start : span.end]), why_not_there(text, span.start, span.end, span.text)
        report("span-surface", f"{name}: the text has {here} where {_shown(span.text)} is given; {cause}", span.start)


def _check_number(number: SaidNumber, report: Report, name: str) -> None:
    for key in ("low", "high"):
        value = getattr(number, key)
        if isinstance(value, float) and not math.isfinite(value):
            report("number-not-finite", f"{name}.{key} is {value}", number.start)
            continue
        try:
            as_fraction(value)
        except ValueError as error:
            report("number-not-numeric", f"{name}.{key}: {error}", number.start)
    for key in ("edtf", "edtf_literal"):
        value = getattr(number, key)
        if value is not None and not is_date(value):
            report("date-not-edtf", f"{name}.{key} is {_shown(value)}", number.start)


def _check_dispute(record: Dispute, reference: Reference, report: Report) -> None:
    if record.confidence is not None and not 0 <= record.confidence <= 1:
        report("confidence-range", f"confidence is {record.confidence}")
    for place, side in enumerate(record.sides):
        for span in side.spans:
            document = reference.documents.get(span.doc_id)
            if document is None and reference.documents:
                report("document-unknown", f"sides[{place}]: no document {span.doc_id!r} in the gold")
                continue
            _check_span(span, document.passage.text if document else None, report, f"sides[{place}] {span.doc_id}")


def _shown(surface: str) -> str:
    return repr(surface if len(surface) <= 60 else surface[:57] + "...")


def other_splits(splits: Mapping[str, Iterable[str]], chosen: str) -> dict[str, str]:
    """Documents of the splits that were not chosen: doc_id → split."""
    return {doc_id: name for name, documents in splits.items() if name != chosen for doc_id in documents}
