"""disputes: the questions to which the articles of a split give answers that contradict each other.

A line begins with Latin and ends with its one piece of Arabic, so that it reads in terminals that set Arabic from right
to left and in those that do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from khabar.cli.console import console, note, paged, print_json
from khabar.cli.options import AsJson, CorpusFolder, Split
from khabar.corpus.release import released_corpus
from khabar.reading.issues import AnsweredIssue, IssueAnswer, answered_issues
from khabar.records import Claim, Conflict, Document, only
from khabar.text.terminal import harmless, isolated

DISPUTED = ("conflict", "contested")
"""Statuses of questions whose answers stand against each other."""


def disputes(gold: CorpusFolder = None, split: Split = "test", as_json: AsJson = False) -> None:
    """List the disputes of a split: each question, its answers, and who gives them in which words."""
    from rich.padding import Padding

    from khabar.corpus.gold import read_rows

    tables = read_rows(released_corpus() if gold is None else gold, split)
    questions = answered_issues(only(tables["conflicts"], Conflict), only(tables["claims"], Claim)).values()
    listed = [question for question in questions if question.issue.status == "conflict"]
    if as_json:
        print_json({"disputes": [_plain(question) for question in listed]})
        return
    outlets = {row.doc_id: row.outlet for row in only(tables["documents"], Document)}
    with paged(console()) as terminal:
        for question in listed:
            for number, (indent, line) in enumerate(dispute_lines(question, outlets)):
                terminal.print(Padding(line, (0, 0, 0, indent)), style="" if number else "bold magenta")
            terminal.print()
        others = {
            status: sum(question.issue.status == status for question in questions)
            for status in ("contested", "apparent", "corroborated")
        }
        counted = ", ".join(f"{number} {status}" for status, number in others.items())
        note(terminal, f"{len(listed)} dispute(s); other questions: {counted} (khabar show DOC --layers conflicts)")


def _plain(question: AnsweredIssue) -> dict[str, Any]:
    """Plain JSON form: the issue, and its claims by answer."""
    answers = [
        {"position": answer.position, "claims": msgspec.to_builtins(answer.claims)} for answer in question.answers
    ]
    issue = msgspec.to_builtins(question.issue)
    return {**{key: value for key, value in issue.items() if key not in ("layer", "positions")}, "answers": answers}


def _kind(issue: Conflict) -> str:
    """Its status, with the type of a dispute and the subtype of a trap."""
    return " ".join(filter(None, (issue.type or issue.subtype, issue.status)))


def _answer_words(answer: IssueAnswer) -> str:
    values = dict.fromkeys(claim.value or "?" for claim in answer.claims)
    return f"{answer.position} = {', '.join(map(harmless, values))}"


def claim_words(claim: Claim) -> str:
    """Who makes a claim, and in which words."""
    return f"{claim.source}: {isolated(harmless(claim.text))}"


def claim_notes(claim: Claim, question: AnsweredIssue | None) -> Iterator[str]:
    """A claim as an answer to its question, and the answers that stand against it, a line each."""
    if question is None:
        yield f"{claim.issue_id}/{claim.position} = {claim.value or '?'}  {claim_words(claim)}"
        return
    yield f"{question.issue.issue_id} ({_kind(question.issue)}): {harmless(question.issue.question)}"
    yield f"  {claim.position} = {claim.value or '?'}, {claim_words(claim)}"
    if question.issue.status in DISPUTED:
        for answer in question.answers:
            if answer.position != claim.position:
                yield f"  against it: {_answer_words(answer)} ({', '.join(answer.documents)})"


def dispute_lines(question: AnsweredIssue, outlets: Mapping[str, str | None]) -> Iterator[tuple[int, str]]:
    """A dispute in full: (indent, line)."""
    issue = question.issue
    yield 0, f"{issue.issue_id}  {issue.story}, {_kind(question.issue)}"
    yield 2, harmless(issue.question)
    yield 2, isolated(harmless(issue.question_ar))
    for answer in question.answers:
        yield 2, _answer_words(answer)
        for claim in answer.claims:
            outlet = outlets.get(claim.doc_id)
            yield 4, f"{claim.doc_id}{f' ({isolated(outlet)})' if outlet else ''}, {claim_words(claim)}"
    if issue.note:
        yield 2, f"why: {harmless(issue.note)}"
