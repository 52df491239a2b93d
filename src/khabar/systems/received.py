"""What a system answered, made into records: its shape is checked, and that it fits what it was asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khabar.reading.checks import check_annotations, check_span, reporter
from khabar.reading.incidents import Incident, Incidents, errors
from khabar.reading.predictions import Origin, given_predictions, split
from khabar.records import Annotations, Dispute, Document

_NOWHERE = Origin(None, 0)


def annotations_of(answer: Mapping[str, Any], document: Document, incidents: list[Incident]) -> Annotations | None:
    """What an answer says of a document; None, and errors among `incidents`, if it does not fit the format or it."""
    found = Incidents()
    records, _ = split(given_predictions([{**answer, "doc_id": document.doc_id}], found))
    if not found.errors:
        for record in records:
            misfits: list[Incident] = []
            check_annotations(record, document.text, reporter(misfits, _NOWHERE, document.doc_id))
            found.extend(errors(misfits))  # of what is no error the scorer warns
    incidents += found
    return None if found.errors or not records else records[0]


def dispute_of(answer: Mapping[str, Any], documents: Sequence[Document], incidents: list[Incident]) -> Dispute | None:
    """What an answer says of a story with these documents; None and incidents as above."""
    found = Incidents()
    _, disputes = split(given_predictions([answer], found))
    texts = {document.doc_id: document.text for document in documents}
    for dispute in disputes:
        if dispute.confidence is not None and not 0 <= dispute.confidence <= 1:
            found.report("confidence-range", f"confidence is {dispute.confidence}")
        for at, span in [(at, span) for at, side in enumerate(dispute.sides) for span in side.spans]:
            misfits: list[Incident] = []
            if span.doc_id in texts:
                check_span(span, texts[span.doc_id], reporter(misfits, _NOWHERE, span.doc_id), f"sides[{at}]")
            else:
                message = f"sides[{at}]: story {dispute.story!r} has no such document"
                misfits.append(Incident("document-unknown", message, doc_id=span.doc_id))
            found.extend(errors(misfits))
    incidents += found
    return None if found.errors or not disputes else disputes[0]
