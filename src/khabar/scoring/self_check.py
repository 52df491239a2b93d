"""Gold against itself: every scored row finds itself again, or an incident says why no prediction could match it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from khabar.reading.incidents import Incident
from khabar.reading.issues import as_dispute
from khabar.reading.predictions import Sourced
from khabar.reading.reference import Reference
from khabar.records import Annotations
from khabar.records.labels import Layer
from khabar.scoring.cases import Cases, DocumentCase
from khabar.scoring.scorer import judge_of
from khabar.scoring.verdicts import Fault, Verdict

_CHECKED: tuple[Layer, ...] = ("numbers", "quotes", "conflicts")
"""A mention that stands in the text is found again by its span and label alone."""


def unmatchable(reference: Reference, records: Iterable[Sourced] = (), file: str | None = None) -> Iterator[Incident]:
    """Judge gold as predictions, and report what it misses. `records` are what it was made of, if not `file`."""
    if not reference.issues and not any(record.numbers or record.quotes for record in reference.annotations):
        return
    origins = {record.doc_id: origin for origin, record in records if isinstance(record, Annotations)}
    disputes = [as_dispute(issue) for issue in reference.issues if issue.status == "conflict"]
    cases = Cases(reference, reference.annotations, disputes)
    for layer in _CHECKED:
        if layer != "conflicts" and not any(getattr(record, layer) for record in reference.annotations):
            continue  # a judge of quotes knows all mentions, which takes its time
        judge = judge_of(layer, cases)
        for case in judge.cases():
            # A don't-care row may be right where the row itself is not.
            verdict = judge.judge(DocumentCase(case.gold, case.gold.scored()) if layer != "conflicts" else case)
            for fault in verdict.faults:
                if fault.outcome == "false" or fault.gold is None or fault.cause == "wrong_type":
                    continue
                row = verdict.gold[fault.gold]
                doc_id = None if layer == "conflicts" else case.doc_id
                place: tuple[str | None, int | None] = origins.get(doc_id or "", (file, None))
                start = None if layer == "conflicts" or row.start < 0 else row.start
                yield Incident("gold-unmatchable", _why(layer, verdict, fault), *place, doc_id, start)


def _why(layer: Layer, verdict: Verdict[Any, Any, Any], fault: Fault) -> str:
    assert fault.gold is not None
    row: Any = verdict.gold[fault.gold]
    if layer == "conflicts":
        return f"issue {row.issue_id!r} of story {row.story!r} has no two sides whose spans meet its own claims"
    if layer == "numbers":
        reason = "its core lies outside of it" if fault.cause == "boundary" else "its own value is not equal to it"
        return f"numbers: {reason}"
    if fault.cause in ("wrong_speaker", "wrong_implicit_speaker", "relay_taken_as_speaker"):
        return "quotes: its speaker fits no entity, or more than one"
    return "quotes: its content holds no letter, or it stands twice"
