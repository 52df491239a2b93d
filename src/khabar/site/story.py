"""A story's issues as a table: who says what as of when, with the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from khabar.reading.issues import AnsweredIssue, answered_issues
from khabar.records import Claim, Conflict, Document, Registered
from khabar.records.labels import NARRATOR, Status

Agreement = Literal["independent", "one_side", "one_source"]
STATUSES: tuple[Status, ...] = ("conflict", "contested", "apparent", "corroborated")
"""In the order they are told."""
_SENTENCE_END = re.compile(r"[.؟!?\n]+[”\"»]?\s|\n")
_AROUND = 160
"""Code points of a sentence shown on either side of its claim, at most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim in its sentence: what stands before it, the claim up to, in and after its anchor, and what follows."""

    before: str
    head: str
    anchor: str
    tail: str
    after: str


def issues_by_status(
    issues: Sequence[Conflict], claims: Sequence[Claim], story: str
) -> dict[Status, list[AnsweredIssue]]:
    """Issues of a story by status: those of most claims first, so that what matters most stands on top.

    The claims of an answer are in the order of articles and their texts.
    """
    by_status: dict[Status, list[AnsweredIssue]] = {status: [] for status in STATUSES}
    for each in answered_issues((issue for issue in issues if issue.story == story), claims).values():
        answers = [replace(answer, claims=tuple(sorted(answer.claims, key=_place))) for answer in each.answers]
        by_status[each.issue.status].append(replace(each, answers=tuple(answers)))
    for of_status in by_status.values():
        of_status.sort(key=lambda each: (-sum(len(answer.claims) for answer in each.answers), each.issue.issue_id))
    return by_status


def _place(claim: Claim) -> tuple[str, int]:
    return claim.doc_id, claim.start


def agreement(asked: AnsweredIssue, sides: Mapping[str, str]) -> Agreement:
    """Whether who agrees is independent: several sides, one side through several mouths, or one source alone.

    `sides` gives for whom a source speaks in the end. Each article that speaks for itself is a side of its own.
    """
    claims = [claim for answer in asked.answers for claim in answer.claims]
    sources = {(claim.source, claim.doc_id if claim.source == NARRATOR else "") for claim in claims}
    if len(sources) == 1:
        return "one_source"
    return (
        "one_side" if len({(sides.get(source, source), doc_id) for source, doc_id in sources}) == 1 else "independent"
    )


def sides_of(registry: Iterable[Registered], story: str) -> dict[str, str]:
    """For whom each source of a story speaks in the end."""
    speaks_for = {row.entity_id: row.speaks_for for row in registry if row.story == story and row.speaks_for}
    sides: dict[str, str] = {}
    for source in speaks_for:
        side, passed = source, {source}
        while (above := speaks_for.get(side)) is not None and above not in passed:
            passed.add(above)
            side = above
        sides[source] = side
    return sides


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that something stands in."""
    first = max((sentence.end() for sentence in _SENTENCE_END.finditer(text, 0, start)), default=0)
    ended = _SENTENCE_END.search(text, max(end - 1, 0))
    return first, len(text) if ended is None else max(ended.start() + 1, end)


def evidence(claim: Claim, documents: Mapping[str, Document]) -> Evidence:
    """A claim within its sentence."""
    text = documents[claim.doc_id].text
    first, last = sentence_around(text, claim.start, claim.end)
    before, after = text[first : claim.start], text[claim.end : last].rstrip()
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] + " …"
    anchor = claim.anchor
    if anchor is None or not claim.start <= anchor.start <= anchor.end <= claim.end:
        return Evidence(before, claim.text, "", "", after)
    return Evidence(before, text[claim.start : anchor.start], anchor.text, text[anchor.end : claim.end], after)
