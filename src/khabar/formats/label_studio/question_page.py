"""The page of a question: the claims of a story as cards, each dragged to the answer it gives, and back.

A pile is a position of the issue. What a claim says is read from its article's page; here it is placed.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import msgspec

from khabar.formats.label_studio import fields
from khabar.formats.label_studio.document_page import columns_of
from khabar.formats.label_studio.fields import ISSUE, NO_QUESTION, ONLY_FOR, POSITIONS, SPEAKS_FOR
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import Page
from khabar.reading.incidents import Report
from khabar.records import Claim, Conflict, Position, Registered, groups_of

ClaimCard = Mapping[str, str]
"""A card as Label Studio's List takes it: `id` (that of the claim), `title` and `html`."""
GONE = "حُذفت من مقالها · deleted in its article"
"""Title of a card whose claim is gone. Label Studio cannot open a page that places a card it does not have."""
_AROUND = 50
"""Letters of the line that a card shows on each side of its claim."""


def card(claim: Claim, text: str, names: Names) -> ClaimCard:
    """Show a claim: who says it in which article, its words in their line with the anchor marked, and its value."""
    first, last = text.rfind("\n", 0, claim.start) + 1, text.find("\n", claim.end)
    before = text[max(first, claim.start - _AROUND) : claim.start]
    after = text[claim.end : min(len(text) if last < 0 else last, claim.end + _AROUND)]
    said = [
        names.words_of(claim.value) if claim.value else "",
        claim.stance if claim.stance != "asserted" else "",
        claim.as_of or "",
    ]
    facts = "".join(f"<bdi>{escape(fact)}</bdi>" for fact in said if fact)
    around = f"<i>{escape(before)}</i><b>{_marked(claim, text)}</b><i>{escape(after)}</i>"
    return {
        "id": claim.id,
        "title": names.words_of(claim.source),
        "html": f"<span class='khabar-said'>{around}</span><span class='khabar-facts'>{facts}"
        f"<bdi class='khabar-article'>{escape(claim.doc_id)}</bdi></span>",
    }


def _marked(claim: Claim, text: str) -> str:
    anchor = claim.anchor
    if anchor is None or not claim.start <= anchor.start <= anchor.end <= claim.end:
        return escape(claim.text)
    before, after = text[claim.start : anchor.start], text[anchor.end : claim.end]
    return f"{escape(before)}<mark>{escape(anchor.text)}</mark>{escape(after)}"


def cards_now(cards: Sequence[ClaimCard], before: Iterable[ClaimCard]) -> list[ClaimCard]:
    """The cards of a page that had others: those whose claims are gone come last, and say so."""
    ids = {each["id"] for each in cards}
    return [*cards, *({**each, "title": GONE} for each in before if each["id"] not in ids)]


def question_page(issue: Conflict | None, claims: Iterable[Claim], registry: Iterable[Registered] = ()) -> Page:
    """Show an issue with the claims that it places, and who speaks for whom in its story."""
    speaks = tuple(f"{row.entity_id} > {row.speaks_for}" for row in registry if row.speaks_for is not None)
    page = Page(notes={SPEAKS_FOR.name: speaks} if speaks else {})
    if issue is None:
        return page
    page = replace(page, piles={position.position: position.claim_ids for position in issue.positions})
    documents = {claim.doc_id for claim in claims if claim.id in page.placed}
    shown = _shown_for(issue.status, fields.show(ISSUE, columns_of(issue) | {"documents": documents}))
    return replace(page, notes={**shown, **page.notes})


def question_rows(
    page: Page, issue_id: str, story: str, claims: Mapping[str, Claim], problem: Report, taken: Container[str] = ()
) -> tuple[list[Claim], Conflict | None]:
    """Read an issue and the claims it places. What cannot be a row is reported and left out.

    `claims` are those of the story by id; cards of others are gone. A claim that is `taken`, placed by another
    question too, is a row of its own here. A page that asks nothing gives no rows.
    """
    placed = [
        msgspec.structs.replace(
            claims[key], id=f"{key}-{issue_id}" if key in taken else key, issue_id=issue_id, position=position
        )
        for position in POSITIONS
        for key in page.piles.get(position, ())
        if key in claims
    ]
    status = page.notes.get("status", ("",))
    shown = _shown_for(status[0], page.notes)
    if status == (NO_QUESTION,) or not (placed or {field.name for field in ISSUE} & {*shown}):
        return [], None
    known = {"issue_id": issue_id, "story": story, "documents": {claim.doc_id for claim in placed}}
    wrong = partial(problem, "value-wrong", fix="fill the field in the page")
    columns = fields.read(ISSUE, shown, known, wrong)
    if columns is None:
        return [], None
    del columns["documents"]
    return placed, Conflict(**columns, positions=positions_of(issue_id, placed))


def _shown_for(status: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Without the fields that a page with this status hides, whatever was picked in them before."""
    return {name: each for name, each in words.items() if status in ONLY_FOR.get(name, (status,))}


def positions_of(issue_id: str, claims: Iterable[Claim]) -> tuple[Position, ...]:
    """The positions of an issue as its claims name them: positions by name, claims by id."""
    members = groups_of((claim.position, claim.id) for claim in claims if claim.issue_id == issue_id)
    return tuple(Position(position, tuple(sorted(members[position]))) for position in sorted(members))


def speakers(page: Page, problem: Report) -> dict[str, str]:
    """Read who speaks for whom."""
    bodies: dict[str, str] = {}
    for line in page.notes.get(SPEAKS_FOR.name, ()):
        who, arrow, body = (part.strip() for part in line.partition(">"))
        if arrow and who and body and who not in bodies:
            bodies[who] = body
        else:
            problem("value-wrong", f"speaks_for holds {line!r}, where `spokesperson > body` is asked for")
    return bodies
