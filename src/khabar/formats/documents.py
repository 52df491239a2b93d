"""Which document of the corpus somebody's document is, and its marks as annotations of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from khabar.formats.aligning import Moved, squeezed
from khabar.formats.conversion import Conversion
from khabar.formats.labels import MAPS, LabelMap, guess
from khabar.formats.marks import Mark, Marked, rows_of, top_marks
from khabar.reading.shape import shaped
from khabar.records import Annotations


def annotations_of(found: Sequence[Marked], work: Conversion) -> list[Annotations]:
    """Read marked documents as annotations: labels mapped, offsets those of the corpus' own text.

    A document that is none of the corpus keeps its own text, so that it can be gold or be converted further.
    """
    scheme = _scheme(found, work)
    by_text = {squeezed(document.text).text: doc_id for doc_id, document in work.texts.items()}
    made: list[Annotations] = []
    for each in found:
        placed = _in_corpus(each, by_text, work)
        if placed is None:
            continue
        marked, text, own = placed
        rows, left = rows_of(marked, scheme, text)
        for what in left:
            work.lose(what)

        def report(incident: str, message: str, marked: Marked = marked) -> None:
            work.report(incident, message, marked.file, marked.line, marked.doc_id)

        value: dict[str, Any] = {"doc_id": marked.doc_id, **{layer: items for layer, items in rows.items() if items}}
        said = shaped(value | ({"text": text} if own else {}), Annotations, report)
        if said is not None:
            made.append(said)
    return made


def _scheme(found: Sequence[Marked], work: Conversion) -> LabelMap:
    """The label scheme that was named, or the one that fits; what it cannot say is noted."""
    labels = Counter(mark.label for each in found for mark in top_marks(each))
    scheme = guess(labels) if work.labels is None else MAPS[work.labels]
    return note_labels(labels, scheme, work)


def note_labels(labels: Counter[str], scheme: LabelMap, work: Conversion) -> LabelMap:
    """Say which labels become nothing, and which mean more than what they become. Gives the scheme back."""
    for label, times in sorted(labels.items()):
        if scheme.target(label) is None:
            message = f"{times} of label {label!r} are left out: {scheme.why_not(label)}"
            work.report("label-dropped", message)
        elif label.upper() in scheme.coarse:
            target = scheme.to[label.upper()]
            becomes = f"{target.layer} {target.value}"
            message = f"{times} of label {label!r} become {becomes}: {scheme.coarse[label.upper()]}"
            work.report("label-coarse", message)
    if labels and scheme.missing and scheme.name != "khabar":
        message = f"labels are read as those of {scheme.name!r}, which has no {', '.join(scheme.missing)}"
        work.report("label-coarse", message, fix="name another scheme with --labels if these are not its labels")
    return scheme


def _in_corpus(found: Marked, by_text: dict[str, str], work: Conversion) -> tuple[Marked, str, bool] | None:
    """Find the document in the corpus and move the marks into its text: (marks, text, whether the text is its own)."""
    doc_id = found.doc_id
    if doc_id not in work.texts and found.text is not None:
        doc_id = by_text.get(squeezed(found.text).text, doc_id)
    if doc_id is None:
        fix = "give it the doc_id of a document, or choose its corpus with --gold"
        work.report("document-unknown", "no document of the corpus has this text", found.file, found.line, fix=fix)
        return None
    if doc_id not in work.texts:
        if found.text is None:
            work.report("document-unknown", f"no document {doc_id!r} in the corpus", found.file, found.line, doc_id)
            return None
        return replace(found, doc_id=doc_id), found.text, True
    text = work.texts[doc_id].text
    if found.text is None or found.text == text:
        return replace(found, doc_id=doc_id), text, False
    try:
        moved = Moved(found.text, text)
    except ValueError as error:
        work.report("text-other", str(error), found.file, found.line, doc_id)
        return None
    marks = [_moved_mark(mark, moved, work) for mark in found.marks]
    return replace(found, doc_id=doc_id, marks=tuple(mark for mark in marks if mark is not None)), text, False


def _moved_mark(mark: Mark, moved: Moved, work: Conversion) -> Mark | None:
    spans = tuple(span for span in (moved(*each) for each in mark.spans) if span is not None)
    if not spans:
        work.lose("spans of nothing but space")
        return None
    return replace(mark, spans=spans, fields=_moved_fields(mark.fields, moved))


def _moved_fields(value: Any, moved: Moved) -> Any:
    """Offsets inside fields (a speaker's, an alternative's) move like the marks themselves."""
    if isinstance(value, (list, tuple)):
        return [_moved_fields(each, moved) for each in value]
    if not isinstance(value, dict):
        return value
    inside = {key: _moved_fields(each, moved) for key, each in value.items()}
    if isinstance(value.get("start"), int) and isinstance(value.get("end"), int):
        inside.pop("text", None)
        inside["start"], inside["end"] = moved(value["start"], value["end"]) or (value["start"], value["end"])
    return inside
