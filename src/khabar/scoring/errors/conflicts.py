"""What went wrong with the conflicts of a story."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.reading.reference import Issue, Reference
from khabar.records import Dispute
from khabar.records.errors import ConflictCause
from khabar.scoring.edges import Claims, Judged
from khabar.scoring.edges import judge as judge_record
from khabar.scoring.errors.record import Verdict
from khabar.scoring.layers.conflicts import assigned_disputes


def judge(reference: Reference, issues: Sequence[Issue], records: Sequence[Dispute]) -> list[Verdict]:
    """Name each error by index into a story's issues and records (in canonical order).

    A record that found its dispute under another type is wrong, though the headline, which asks for no type, has it
    right. A false record names the issue it went wrong on: the trap, or the dispute it has a valid edge in.
    """
    claims = Claims(issues)
    judged = [judge_record(record, claims, reference) for record in records]
    assigned = assigned_disputes(issues, judged)
    found, used = {dispute for dispute, _ in assigned}, {at for _, at in assigned}
    verdicts = [
        Verdict("wrong", "wrong_type", dispute, at)
        for dispute, at in assigned
        if judged[at].record.type != issues[dispute].type
    ]
    verdicts += [
        Verdict("missed", "missed", at, None)
        for at, issue in enumerate(issues)
        if issue.status == "conflict" and at not in found
    ]
    for at, record in enumerate(judged):
        if at not in used and (record.outcome == "false" or not record.disputes <= found):
            cause = false_cause(record)
            on = record.traps if cause == "trap_called_conflict" else record.disputes
            verdicts.append(Verdict("false", cause, min(on, default=None), at))
    return verdicts


def false_cause(record: Judged) -> ConflictCause:
    """Why a record is a false alarm: the first cause that applies."""
    if not record.grounded:
        return "one_sided"
    if record.traps:
        return "trap_called_conflict"
    return "impure" if record.disputes else "spurious"
