"""Issues: in the form the scorer reads, with their answers as people read them, and in pairs of a contrast set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from khabar.records import Claim, Conflict, Dispute, Flip, Side, StorySpan
from khabar.records.edits import VARIANTS, Direction, EditPlace, ReasoningStep, Variant
from khabar.records.labels import ConflictType, Status, Subtype
from khabar.records.repository import DocSpan


@dataclass(frozen=True, slots=True)
class Issue:
    """A question and its positions, each a tuple of claims."""

    issue_id: str
    story: str
    status: Status
    type: ConflictType | None
    positions: tuple[tuple[DocSpan, ...], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """The issue in one variant: whether it is a dispute there, and where both groups of claims stand.

    A group whose claims the variant does not have is empty: nothing can join it.
    """

    story: str
    issue_id: str
    is_hard: bool
    groups: tuple[tuple[DocSpan, ...], ...]


@dataclass(frozen=True, slots=True)
class ContrastPair:
    """What a flip asks of a system. `type` is that of the dispute, `subtype` that of the trap, where either is one."""

    flip: str
    story: str
    """The story before any edit."""
    direction: Direction
    type: ConflictType | None
    subtype: Subtype | None
    place: EditPlace
    step: ReasoningStep | None
    edited: Variant
    """The variant in which the flip is made."""
    members: tuple[Member, ...]
    """Of variants a and b."""

    @property
    def is_control(self) -> bool:
        """Whether neither member is a dispute: an agreement that is made a trap."""
        return not any(member.is_hard for member in self.members)


@dataclass(frozen=True, slots=True)
class IssueAnswer:
    """One answer to an issue's question: its letter, and the claims that give it."""

    position: str
    claims: tuple[Claim, ...]

    @property
    def documents(self) -> list[str]:
        """The articles that give it."""
        return list(dict.fromkeys(claim.doc_id for claim in self.claims))

    @property
    def values(self) -> list[tuple[str | None, str]]:
        """The values that claims give, each with the words of the first claim that gives it."""
        values: dict[str, tuple[str | None, str]] = {}
        for claim in self.claims:
            values.setdefault(claim.value or words_of(claim), (claim.value, words_of(claim)))
        return list(values.values())


@dataclass(frozen=True, slots=True)
class AnsweredIssue:
    """An issue with its answers."""

    issue: Conflict
    answers: tuple[IssueAnswer, ...]

    @property
    def documents(self) -> list[str]:
        """The articles that speak to it, sorted."""
        return sorted({doc_id for answer in self.answers for doc_id in answer.documents})


def as_dispute(issue: Issue) -> Dispute:
    """A hard issue as a system would predict it: a side a position, a span a claim."""
    sides = (
        Side(spans=tuple(StorySpan(doc_id=claim.doc_id, start=claim.start, end=claim.end) for claim in position))
        for position in issue.positions
    )
    return Dispute(story=issue.story, type=issue.type, sides=tuple(sides))


def words_of(claim: Claim) -> str:
    """The words that decide a claim's answer: its anchor, or all of it."""
    return claim.anchor.text if claim.anchor else claim.text


def answered_issues(conflicts: Iterable[Conflict], claims: Iterable[Claim]) -> dict[str, AnsweredIssue]:
    """Each issue, by its key, with the claims of its positions; claims that are not among `claims` are left out."""
    by_id = {claim.id: claim for claim in claims}
    return {
        issue.issue_id: AnsweredIssue(
            issue,
            tuple(
                IssueAnswer(position.position, tuple(by_id[key] for key in position.claim_ids if key in by_id))
                for position in issue.positions
            ),
        )
        for issue in conflicts
    }


def issues_of(conflicts: Iterable[Conflict], claims: Iterable[Claim]) -> list[Issue]:
    """Join conflicts with the claims of their positions."""
    by_id = {claim.id: DocSpan(claim.doc_id, claim.start, claim.end) for claim in claims}
    return [
        Issue(
            conflict.issue_id,
            conflict.story,
            conflict.status,
            conflict.type,
            tuple(tuple(by_id[claim] for claim in position.claim_ids) for position in conflict.positions),
        )
        for conflict in conflicts
    ]


def variant_key(key: str, variant: Variant) -> str:
    """The key in a variant of a document, a story, an issue or a row."""
    return f"{key}.{variant}"


def pairs_of(flips: Iterable[Flip], conflicts: Iterable[Conflict], claims: Iterable[Claim]) -> list[ContrastPair]:
    """Join flips with the rows of both variants; flips of other stories are left out. Pairs are in order."""
    issues = {issue.issue_id: issue for issue in conflicts}
    places = {claim.id: DocSpan(claim.doc_id, claim.start, claim.end) for claim in claims}

    def member(flip: Flip, variant: Variant) -> Member:
        issue_id = variant_key(flip.issue_id, variant)
        keys = [[variant_key(claim, variant) for claim in group] for group in flip.groups]
        groups = tuple(tuple(sorted(places[key] for key in group if key in places)) for group in keys)
        return Member(issues[issue_id].story, issue_id, issues[issue_id].status == "conflict", groups)

    return [
        ContrastPair(
            flip.id,
            flip.story,
            flip.direction,
            flip.before.type if flip.before.status == "conflict" else flip.after.type,
            flip.before.subtype if flip.before.status == "apparent" else flip.after.subtype,
            flip.place,
            flip.step,
            flip.variant,
            tuple(member(flip, variant) for variant in VARIANTS),
        )
        for flip in sorted(flips, key=lambda flip: (flip.story, flip.id))
        if all(variant_key(flip.issue_id, variant) in issues for variant in VARIANTS)
    ]
