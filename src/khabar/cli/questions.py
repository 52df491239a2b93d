"""Questions on which articles speak: each with its answers, and who gives them in which words.

A line begins with Latin and ends with its one piece of Arabic, so that it reads in terminals that set Arabic from right
to left and in those that do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from khabar.records import Claim, Conflict, Row
from khabar.text.terminal import harmless, isolated

DISPUTED = ("conflict", "contested")
"""Statuses of questions whose answers stand against each other."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question: its letter, and the claims that give it."""

    position: str
    claims: tuple[Claim, ...]

    def __str__(self) -> str:
        values = dict.fromkeys(claim.value or "?" for claim in self.claims)
        return f"{self.position} = {', '.join(map(harmless, values))}"

    @property
    def documents(self) -> list[str]:
        """The articles that give it."""
        return list(dict.fromkeys(claim.doc_id for claim in self.claims))


@dataclass(frozen=True, slots=True)
class Question:
    """An issue with its answers."""

    issue: Conflict
    answers: tuple[Answer, ...]

    def __str__(self) -> str:
        return f"{self.issue.issue_id} ({self.kind}): {harmless(self.issue.question)}"

    @property
    def kind(self) -> str:
        """Its status, with the type of a dispute and the subtype of a trap."""
        return " ".join(filter(None, (self.issue.type or self.issue.subtype, self.issue.status)))


def questions_of(issues: Iterable[Row], claims: Iterable[Row]) -> dict[str, Question]:
    """Each issue's question with its answers, by its key."""
    by_id = {claim.id: claim for claim in claims if isinstance(claim, Claim)}
    return {
        issue.issue_id: Question(
            issue,
            tuple(
                Answer(position.position, tuple(by_id[key] for key in position.claim_ids if key in by_id))
                for position in issue.positions
            ),
        )
        for issue in issues
        if isinstance(issue, Conflict)
    }


def claim_words(claim: Claim) -> str:
    """Who makes a claim, and in which words."""
    return f"{claim.source}: {isolated(harmless(claim.text))}"


def claim_notes(claim: Claim, question: Question | None) -> Iterator[str]:
    """A claim as an answer to its question, and the answers that stand against it, a line each."""
    if question is None:
        yield f"{claim.issue_id}/{claim.position} = {claim.value or '?'}  {claim_words(claim)}"
        return
    yield str(question)
    yield f"  {claim.position} = {claim.value or '?'}, {claim_words(claim)}"
    if question.issue.status in DISPUTED:
        for answer in question.answers:
            if answer.position != claim.position:
                yield f"  against it: {answer} ({', '.join(answer.documents)})"


def dispute_lines(question: Question, outlets: Mapping[str, str | None]) -> Iterator[tuple[int, str]]:
    """A dispute in full: (indent, line)."""
    issue = question.issue
    yield 0, f"{issue.issue_id}  {issue.story}, {question.kind}"
    yield 2, harmless(issue.question)
    yield 2, isolated(harmless(issue.question_ar))
    for answer in question.answers:
        yield 2, str(answer)
        for claim in answer.claims:
            outlet = outlets.get(claim.doc_id)
            yield 4, f"{claim.doc_id}{f' ({isolated(outlet)})' if outlet else ''}, {claim_words(claim)}"
    if issue.note:
        yield 2, f"why: {harmless(issue.note)}"
