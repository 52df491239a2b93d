"""A story's issues as a table: who says what as of when, with the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.records import Claim, Conflict, Document
from khabar.records.labels import Status

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


@dataclass(frozen=True, slots=True)
class Position:
    """One answer to an issue's question: its letter, the values its claims give, and the claims."""

    position: str
    values: tuple[tuple[str | None, str], ...]
    """Each with the words of the first claim that gives it."""
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An issue with its claims, and which documents they are in."""

    issue: Conflict
    positions: tuple[Position, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the articles that speak to it, sorted."""
        return tuple(sorted({claim.doc_id for position in self.positions for claim in position.claims}))


def issues_told(conflicts: Sequence[Conflict], claims: Sequence[Claim], story: str) -> dict[Status, list[Told]]:
    """Issues of a story by status: those of most claims first, so that what matters most stands on top."""
    by_id = {claim.id: claim for claim in claims}
    found: dict[Status, list[Told]] = {status: [] for status in STATUSES}
    for issue in conflicts:
        if issue.story == story:
            positions = tuple(
                _position(each.position, [by_id[key] for key in each.claim_ids]) for each in issue.positions
            )
            found[issue.status].append(Told(issue, positions))
    for told in found.values():
        told.sort(key=lambda each: (-sum(len(p.claims) for p in each.positions), each.issue.issue_id))
    return found


def evidence(claim: Claim, documents: Mapping[str, Document]) -> Evidence:
    """A claim within its sentence."""
    text = documents[claim.doc_id].text
    first = max((found.end() for found in _SENTENCE_END.finditer(text, 0, claim.start)), default=0)
    ended = _SENTENCE_END.search(text, max(claim.end - 1, 0))
    last = len(text) if ended is None else max(ended.start() + 1, claim.end)
    before, after = text[first : claim.start], text[claim.end : last].rstrip()
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] + " …"
    anchor = claim.anchor
    if anchor is None or not claim.start <= anchor.start <= anchor.end <= claim.end:
        return Evidence(before, claim.text, "", "", after)
    return Evidence(before, text[claim.start : anchor.start], anchor.text, text[anchor.end : claim.end], after)


def words_of(claim: Claim) -> str:
    """The words that decide a claim's answer: its anchor, or all of it."""
    return claim.anchor.text if claim.anchor else claim.text


def _position(name: str, claims: Sequence[Claim]) -> Position:
    values: dict[str, tuple[str | None, str]] = {}
    for claim in claims:
        values.setdefault(claim.value or words_of(claim), (claim.value, words_of(claim)))
    return Position(name, tuple(values.values()), tuple(sorted(claims, key=lambda claim: (claim.doc_id, claim.start))))
