"""Checks of predictions against gold: do they fit the documents and stories they speak of?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from khabar.reading.incidents import Incident, Incidents, Report
from khabar.reading.limits import check_dates, check_limits
from khabar.reading.mentions import are_sound
from khabar.reading.offset_checks import misplaced
from khabar.reading.predictions import Origin, Records, Sourced, given_predictions, read_predictions, split
from khabar.reading.reference import Reference
from khabar.reading.span_checks import check_annotations, check_span
from khabar.reading.unmatchable import count_unmatchable
from khabar.records import (
    Annotations,
    Dispute,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSpan,
    Prediction,
)
from khabar.records.labels import Layer
from khabar.records.predictions import canonical, with_sorted_lists
from khabar.text.search import searchable


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
    file = next((origin.file for origin, _ in records), None)
    misplaced((record for _, record in records), reference.texts).report(incidents, file)
    if not incidents.errors:
        count_unmatchable([record for _, record in records], reference, layers).report(incidents, file)
    return records


def check_against(reference: Reference, records: Sequence[Sourced], *, complete: bool) -> Iterable[Incident]:
    """Check predictions against gold: documents known, named once and (if `complete`) all there; spans and values."""
    incidents = Incidents()
    if not check_dates(records, incidents):
        return incidents
    origins: dict[str, Origin] = {}
    documents, _ = split(records)
    answered = {reference.other_splits.get(record.doc_id) for record in documents} if reference.other_splits else {None}
    if len(documents) > 1 and None not in answered:
        splits = sorted(filter(None, answered))
        fix = f"score it with --split {splits[0]}, or make one for this split: khabar run SYSTEM --split … --out FILE"
        message = f"the file answers split {', '.join(splits)}, and none of this one"
        incidents.report("document-other-split", message, file=records[0][0].file, fix=fix)
        return incidents
    sound = iter(are_sound(documents, [reference.texts.get(record.doc_id) for record in documents]))
    for origin, record in records:
        if isinstance(record, Dispute):
            _check_dispute(record, reference, origin, incidents)
            continue
        is_sound, is_known = next(sound), record.doc_id in reference.texts
        first = origins.setdefault(record.doc_id, origin)
        if is_sound and is_known and first is origin:
            continue  # most documents of a large file
        report = incidents.at(*origin, record.doc_id)
        if first is not origin:
            report("document-repeated", f"first given {first_given(first, origin)}")
        elif not is_known:
            _report_unknown(record.doc_id, reference, report)
        else:
            check_annotations(record, reference.texts[record.doc_id], report)
            _warn_repeated(record, report)
    _warn_of_names(records, reference, incidents)
    if not incidents.errors:
        check_limits(reference, records, incidents)
    for doc_id in sorted(set(reference.documents) - set(origins)) if complete else ():
        file = records[0][0].file if records else None
        incidents.report("document-missing", f"no line for document {doc_id!r}", file=file, doc_id=doc_id)
    return incidents


def _warn_of_names(records: Sequence[Sourced], reference: Reference, incidents: Incidents) -> None:
    """Warn of speakers that are plain strings, and so keys, but stand in the text as names and in no entity as keys."""
    quoting = [(origin, record) for origin, record in records if isinstance(record, Annotations) and record.quotes]
    said = [
        (origin, record.doc_id, number, source, quote.speaker_mention is not None)
        for origin, record in quoting
        for number, quote in enumerate(record.quotes)
        for source in (quote.speaker, *(quote.source_chain or ()))
        if isinstance(source, str)
    ]
    if not said:
        return
    keys = {entity.entity_id for _, record in records if isinstance(record, Annotations) for entity in record.entities}
    keys |= {source for *_, source, is_mentioned in said if is_mentioned}
    for origin, doc_id, number, source, _ in said:
        text = reference.texts.get(doc_id)
        if source not in keys and text and searchable(text).matches(source):
            message = (
                f"quotes[{number}]: the speaker {source[:60]!r} is a string, and so an entity_id, which no entity has"
            )
            incidents.report("speaker-key", message, file=origin.file, line=origin.line, doc_id=doc_id,
                             fix=f'if it is a name, write {{"name": "{source[:60]}"}}')  # fmt: skip


def first_given(first: Origin, again: Origin) -> str:
    """Say where something stands first that stands at `again` once more."""
    return f"on line {first.line}" + (f" of {first.file}" if first.file != again.file else "")


def other_splits(splits: Mapping[str, Iterable[str]], chosen: str) -> dict[str, str]:
    """Documents of the splits that were not chosen: doc_id → split."""
    return {doc_id: name for name, documents in splits.items() if name != chosen for doc_id in documents}


def _check_dispute(record: Dispute, reference: Reference, origin: Origin, incidents: Incidents) -> None:
    report = incidents.at(*origin)
    if reference.facts.names_stories and record.story not in reference.named_stories:
        few = reference.facts.few_stories
        known = f"; known: {', '.join(few)}" if few else ""
        report("story-unknown", f"no story {record.story!r}{known}")
    if record.confidence is not None and not 0 <= record.confidence <= 1:
        report("confidence-range", f"confidence is {record.confidence}")
    for index, side in enumerate(record.sides):
        for span in side.spans:
            document = reference.documents.get(span.doc_id)
            if document is None and reference.facts.documents:
                _report_unknown(span.doc_id, reference, incidents.at(*origin, span.doc_id))
                continue
            text = document.passage.text if document else None
            check_span(span, text, incidents.at(*origin, span.doc_id), f"sides[{index}]")


def _report_unknown(doc_id: str, reference: Reference, report: Report) -> None:
    if doc_id in reference.other_splits:
        other = reference.other_splits[doc_id]
        fix = f"name that split (--split {other}), or remove the line"
        report("document-other-split", f"it belongs to split {other!r}", fix=fix)
    else:
        report("document-unknown", f"no document {doc_id!r} in the gold")


def _warn_repeated(record: Annotations, report: Report) -> None:
    """Warn of exact repetitions: everything equal but the id."""
    for layer in ("entities", "numbers", "quotes"):
        items: Sequence[PredictedEntity | PredictedNumber | PredictedQuote] = getattr(record, layer)
        if len(items) == len(set(map(_rough_place, items))):
            continue  # what stands in different places is no repetition, and needs no closer look
        contents = [canonical(with_sorted_lists(structs.replace(item, id=None))) for item in items]
        times = Counter(contents)
        for item, content in zip(items, contents, strict=True):
            count = times.pop(content, 1)
            if count > 1:
                first = item.content[0] if isinstance(item, PredictedQuote) and item.content else item
                offset = first.start if isinstance(first, PredictedSpan) else None
                report("prediction-repeated", f"{layer}: {count} times the same item", offset)


def _rough_place(item: PredictedEntity | PredictedNumber | PredictedQuote) -> object:
    """Where an item stands, roughly: equal items stand in one place."""
    if isinstance(item, PredictedQuote):
        return frozenset((part.start, part.text) for part in item.content)
    return item.start, item.end, item.text, item.label if isinstance(item, PredictedEntity) else item.kind
