"""Projection: which document of the corpus somebody's document is, and its marks as annotations of that text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from khabar.formats.context import Conversion
from khabar.formats.label_maps import MAPS, LabelMap, guess
from khabar.formats.standoff import Mark, MarkedDocument, rows_of, top_marks
from khabar.formats.text_alignment import Projection, squeezed
from khabar.reading.shape import shaped
from khabar.records import Annotations
from khabar.records.rows import each_span


def annotations_of(documents: Sequence[MarkedDocument], work: Conversion) -> list[Annotations]:
    """Read marked documents as annotations: labels mapped, offsets those of the corpus' own text.

    A document that is none of the corpus keeps its own text, so that it can be gold or be converted further.
    """
    scheme = label_map(Counter(mark.label for each in documents for mark in top_marks(each)), work)
    by_text = {squeezed(document.text).text: doc_id for doc_id, document in work.texts.items()}
    annotations: list[Annotations | None] = []
    for document in documents:
        report = partial(work.incidents.report, file=document.file, line=document.line)
        doc_id = document.doc_id
        if doc_id not in work.texts and document.text is not None:
            doc_id = by_text.get(squeezed(document.text).text, doc_id)
        projected = _project(document, doc_id, work, report)
        if projected is None:
            continue
        marked, text = projected
        rows, lost = rows_of(marked, scheme, text)
        for what in lost:
            work.lose(what)
        line = {"doc_id": doc_id, **{layer: items for layer, items in rows.items() if items}}
        own = {} if doc_id in work.texts else {"text": text}
        annotations.append(shaped(line | own, Annotations, partial(report, doc_id=doc_id)))
    return [record for record in annotations if record is not None]


def label_map(labels: Counter[str], work: Conversion) -> LabelMap:
    """The label scheme that was named, or the one that fits.

    Reports which labels become nothing, and which mean more than what they become.
    """
    scheme = guess(labels) if work.labels is None else MAPS[work.labels]
    for label, times in sorted(labels.items()):
        target, lost = scheme.target(label), scheme.lost(label)
        if target is None:
            work.incidents.report("label-dropped", f"{times} of label {label!r} are left out: {lost}")
        elif lost:
            message = f"{times} of label {label!r} become {target.layer} {target.value}: {lost}"
            work.incidents.report("label-coarse", message)
    missing = scheme.missing(scheme.to)
    if labels and missing and scheme.name != "khabar":
        message = f"labels are read as those of {scheme.name!r}, which has no {', '.join(missing)}"
        fix = "name another scheme with --labels if these are not its labels"
        work.incidents.report("label-coarse", message, fix=fix)
    return scheme


def _project(
    document: MarkedDocument, doc_id: str | None, work: Conversion, report: Callable[..., None]
) -> tuple[MarkedDocument, str] | None:
    """Move the marks into the text of `doc_id`: the marks and that text, the document's own if the corpus has none."""
    if doc_id is None:
        fix = "give it the doc_id of a document, or choose its corpus with --gold"
        report("document-unknown", "no document of the corpus has this text", fix=fix)
        return None
    text = work.text_of(doc_id, None)
    if text is None:
        if document.text is None:
            work.report_unknown(doc_id, file=document.file, line=document.line, doc_id=doc_id)
            return None
        return document, document.text
    if document.text is None or document.text == text:
        return document, text
    try:
        moved = Projection(document.text, text)
    except ValueError as error:
        report("text-other", str(error), doc_id=doc_id)
        return None
    marks = [_moved_mark(mark, moved, work) for mark in document.marks]
    return replace(document, marks=tuple(mark for mark in marks if mark is not None)), text


def _moved_mark(mark: Mark, moved: Projection, work: Conversion) -> Mark | None:
    spans = tuple(span for span in (moved(*span) for span in mark.spans) if span is not None)
    if not spans:
        work.lose("spans of nothing but space")
        return None
    return replace(mark, spans=spans, fields=_moved_fields(mark.fields, moved))


def _moved_fields(fields: Mapping[str, Any], moved: Projection) -> Any:
    """Offsets inside fields (a speaker's, an alternative's) move like the marks themselves."""

    def move(span: dict[str, Any]) -> dict[str, Any]:
        if not (isinstance(span["start"], int) and isinstance(span["end"], int)):
            return span
        start, end = moved(span["start"], span["end"]) or (span["start"], span["end"])
        return {**{key: item for key, item in span.items() if key != "text"}, "start": start, "end": end}

    return each_span(fields, move)
