"""Answers of systems, validated: their shape, and that they fit the documents they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khabar.reading.checks import check_annotations, check_span, reporter
from khabar.reading.incidents import Incident, Incidents, errors
from khabar.reading.predictions import Origin, given_predictions, split
from khabar.records import Annotations, Dispute, Document

_NOWHERE = Origin(None, 0)


def validated_annotations(answer: Mapping[str, Any], document: Document, incidents: Incidents) -> Annotations | None:
    """Read an answer about a document. None, and errors in `incidents`, if it is malformed or does not fit the text."""
    problems = Incidents()
    records, _ = split(given_predictions([{**answer, "doc_id": document.doc_id}], problems))
    if not problems.errors:
        for record in records:
            misfits: list[Incident] = []
            check_annotations(record, document.text, reporter(misfits, _NOWHERE, document.doc_id))
            problems.extend(errors(misfits))  # of what is no error the scorer warns
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
            misfits: list[Incident] = []
            check_span(span, texts[span.doc_id], reporter(misfits, _NOWHERE, span.doc_id), f"sides[{index}]")
            problems.extend(errors(misfits))
    incidents.extend(problems)
    return None if problems.errors or not disputes else disputes[0]
