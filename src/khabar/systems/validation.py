"""Answers of systems, validated: their shape, and that they fit the documents they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.span_checks import check_annotations, check_span
from khabar.records import Annotations, Dispute, Document


def validated_annotations(answer: Mapping[str, Any], document: Document, incidents: Incidents) -> Annotations | None:
    """Read an answer about a document. None, and errors in `incidents`, if it is malformed or does not fit the text."""
    problems = Incidents()
    records, _ = split(given_predictions([{**answer, "doc_id": document.doc_id}], problems))
    if not problems.errors:
        for record in records:
            misfits = Incidents()
            check_annotations(record, document.text, misfits.at(None, 0, document.doc_id))
            problems.extend(misfits.errors)  # of what is no error the scorer warns
    incidents.extend(problems)
    return None if problems.errors or not records else records[0]


def validated_dispute(answer: Mapping[str, Any], documents: Sequence[Document], incidents: Incidents) -> Dispute | None:
    """Read a dispute of a story that has these documents. None, and errors in `incidents`, as above."""
    problems = Incidents()
    _, disputes = split(given_predictions([answer], problems))
    texts = {document.doc_id: document.text for document in documents}
    for dispute in disputes:
        if dispute.confidence is not None and not 0 <= dispute.confidence <= 1:
            problems.report("confidence-range", f"confidence is {dispute.confidence}")
        for index, span in [(index, span) for index, side in enumerate(dispute.sides) for span in side.spans]:
            if span.doc_id not in texts:
                message = f"sides[{index}]: story {dispute.story!r} has no such document"
                problems.report("document-unknown", message, doc_id=span.doc_id)
                continue
            misfits = Incidents()
            check_span(span, texts[span.doc_id], misfits.at(None, 0, span.doc_id), f"sides[{index}]")
            problems.extend(misfits.errors)
    incidents.extend(problems)
    return None if problems.errors or not disputes else disputes[0]
