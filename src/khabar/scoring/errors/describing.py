"""Rows, predictions and the paragraphs around them as plain JSON objects, every span with its surface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from khabar.reading.reference import ClaimSpan, Issue, Reference
from khabar.records import Dispute, PredictedQuote
from khabar.records.errors import Context
from khabar.text.grounding import Grounded, Item, span_of
from khabar.text.passages import Passage
from khabar.text.spans import Spans

_PLACE = ("start", "end", "text", "occurrence", "content", "doc_id", "zone")
"""Keys that are given anew, or are those of the error."""
LONGEST_CONTEXT = 4_000
"""Code points of a context: longer than any paragraph of an article, and a bound on what a file of errors repeats."""


def described(item: Grounded[Item], passage: Passage) -> dict[str, Any]:
    """What is said of an item, after where it stands: start and end of its extent, and its surface."""
    spans = item.spans or ()
    said = msgspec.to_builtins(item.item)
    place: dict[str, Any] = {
        "start": spans[0][0] if spans else None,
        "end": spans[-1][1] if spans else None,
        "text": " … ".join(_surface(passage, *span) or "" for span in spans) if passage.text is not None else None,
    }
    if isinstance(item.item, PredictedQuote):
        content = [{"start": start, "end": end, "text": _surface(passage, start, end)} for start, end in spans]
        place["content"] = content or said["content"]
    if not spans:
        place["text"] = said.get("text")
    return place | {key: value for key, value in said.items() if key not in _PLACE}


def described_issue(issue: Issue, reference: Reference) -> dict[str, Any]:
    """Describe a gold issue with the places of its positions."""
    positions = [[_place(claim, reference) for claim in position] for position in issue.positions]
    return {"issue_id": issue.issue_id, "status": issue.status, "type": issue.type, "positions": positions}


def described_dispute(dispute: Dispute, reference: Reference) -> dict[str, Any]:
    """Describe a predicted dispute with the places of its sides; a span that is nowhere stands as it was given."""
    sides = []
    for side in dispute.sides:
        spans = []
        for span in side.spans:
            document = reference.documents.get(span.doc_id)
            found = span_of(span, document.passage if document else Passage(span.doc_id))
            spans.append(_place(ClaimSpan(span.doc_id, *found), reference) if found else msgspec.to_builtins(span))
        sides.append({"value": side.value, "spans": spans})
    return {"type": dispute.type, "confidence": dispute.confidence, "sides": sides}


def places(told: dict[str, Any] | None) -> list[tuple[str, int, int]]:
    """All places of a described issue or dispute."""
    if told is None:
        return []
    groups = told["positions"] if "positions" in told else [side["spans"] for side in told["sides"]]
    spans = [span for group in groups for span in group]
    return [(s["doc_id"], s["start"], s["end"]) for s in spans if s.get("start") is not None]


def paragraphs_around(passage: Passage, spans: Iterable[Spans]) -> tuple[Context, ...]:
    """The paragraphs some spans stand in, from first to last; none where there is no text.

    Of a paragraph longer than `LONGEST_CONTEXT` a stretch of that length: from a quarter of it before the span.
    """
    if passage.text is None:
        return ()
    lines: set[tuple[int, int]] = set()
    for start, end in (span for each in spans for span in each):
        at = start
        while at < end:
            line_end = passage.text.find("\n", at)
            line_end = len(passage.text) if line_end < 0 else line_end
            first, last = passage.text.rfind("\n", 0, at) + 1, line_end
            if last - first > LONGEST_CONTEXT:
                first = max(first, min(at - LONGEST_CONTEXT // 4, last - LONGEST_CONTEXT))
                last = first + LONGEST_CONTEXT
            lines.add((first, last))
            at = line_end + 1
    return tuple(Context(passage.doc_id, first, last, passage.text[first:last]) for first, last in sorted(lines))


def _surface(passage: Passage, start: int, end: int) -> str | None:
    return None if passage.text is None else passage.text[start:end]


def _place(claim: ClaimSpan, reference: Reference) -> dict[str, Any]:
    document = reference.documents.get(claim.doc_id)
    text = _surface(document.passage, claim.start, claim.end) if document else None
    return {"doc_id": claim.doc_id, "start": claim.start, "end": claim.end, "text": text}
