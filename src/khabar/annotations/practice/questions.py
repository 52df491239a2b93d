"""Questions of a practice story beside gold, in the terms of their page: cards, piles, the status, a question too many.

Ids say nothing: questions are matched by the claims they share, claims by their spans, piles by their claims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from khabar.annotations.agreement.alignment import half_of_shorter, matched_issues, pair_claims
from khabar.annotations.agreement.differences import comparable, in_words
from khabar.annotations.agreement.names import matched_groups
from khabar.annotations.label_studio.checks import Tasks
from khabar.annotations.label_studio.configuration import QUESTIONS
from khabar.annotations.practice.articles import Beside, note
from khabar.annotations.rounds import Articles
from khabar.reading.incidents import Incident
from khabar.records import Claim, Conflict, Row, only
from khabar.text.spans import Passage

FIELDS = ("status", "type", "subtype", "scope")
_MOST_CARDS = 3
"""So many cards of a question that is missing are named."""
Place = tuple[str | None, int | None]
"""A document, and an offset in it."""


def questions_beside_gold(
    rows: Sequence[Row], marked: Sequence[Claim], gold: Sequence[Row], tasks: Tasks, articles: Articles
) -> Beside:
    """Compare the questions of stories whose claims (`marked`) are all submitted; and once all of its questions are,
    tell which ones a story lacks."""
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in articles.texts.items()}
    is_marked = {task.key for task in tasks.get("claims", ()) if task.annotations}
    notes: list[Incident] = []
    alike = of_gold = 0
    for story in sorted({task.story for task in tasks.get(QUESTIONS, ())}):
        asked = [task for task in tasks[QUESTIONS] if task.story == story]
        done = {task.key: task for task in asked if task.annotations}
        if not done or not is_marked.issuperset(articles.of(story)):
            continue
        ours, theirs = (_questions(side, story) for side in (rows, gold))
        same = matched_issues(_claims(ours), _claims(theirs), passages)
        partner = {mine: theirs[other] for other, mine in same.items()}
        for key, mine in ours.items():
            if key in partner:
                said = _differences(mine, partner[key], marked, passages)
                alike += not said
            else:
                said = [("gold does not ask it", (None, None))]
            asks = f"question {mine.issue.question_ar!r:.60}"
            notes += [note("conflicts", f"{asks}: {words}", done[key], *place) for words, place in said]
        if len(done) == len(asked):
            missing = [other for key, other in theirs.items() if key not in same]
            notes += [note("conflicts", _asked(other), asked[-1]) for other in missing]
        of_gold += len(theirs)
    return notes, {"conflicts": (alike, of_gold)} if of_gold else {}


@dataclass(frozen=True, slots=True)
class _Question:
    """An issue with its claims."""

    issue: Conflict
    claims: tuple[Claim, ...]


def _questions(rows: Sequence[Row], story: str) -> dict[str, _Question]:
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in only(rows, Claim):
        claims[claim.issue_id].append(claim)
    issues = (row for row in only(rows, Conflict) if row.story == story)
    return {row.issue_id: _Question(row, tuple(claims[row.issue_id])) for row in issues}


def _claims(questions: Mapping[str, _Question]) -> list[Claim]:
    return [claim for question in questions.values() for claim in question.claims]


def _differences(
    ours: _Question, gold: _Question, marked: Sequence[Claim], passages: Mapping[str, Passage]
) -> list[tuple[str, Place]]:
    """What gold has otherwise of a question: the fields, then the cards; each card's place is that of its claim."""
    fields = [(name, *(comparable(each.issue, name) for each in (ours, gold))) for name in FIELDS]
    said: list[tuple[str, Place]] = [
        (f"{name} is {in_words(mine)}, and gold has {in_words(other)}", (None, None))
        for name, mine, other in fields
        if mine != other
    ]
    pairing = pair_claims(ours.claims, gold.claims, passages, any_question=True)
    pairs = [(ours.claims[left], gold.claims[right]) for left, right in pairing.pairs]
    pile_of = matched_groups(_piles(mine for mine, _ in pairs), _piles(other for _, other in pairs))
    for mine, other in pairs:
        if pile_of.get(other.position) != mine.position:
            where = _pile(pile_of.get(other.position))
            said.append((f"{_card(mine)} is in pile {mine.position}, and gold has it in {where}", _place(mine)))
    for left in pairing.missed:
        card = ours.claims[left]
        said.append((f"{_card(card)} is in pile {card.position}, and gold has it in none", _place(card)))
    for right in pairing.false:
        card = gold.claims[right]
        is_card = any(
            each.doc_id == card.doc_id and half_of_shorter(passages[card.doc_id], each, card) for each in marked
        )
        lack = "is in none" if is_card else "is not marked in its article"
        said.append((f"{_card(card)} {lack}, and gold has it in {_pile(pile_of.get(card.position))}", _place(card)))
    return said


def _piles(cards: Iterable[Claim]) -> dict[str, set[int]]:
    """Pile → its cards, by their turn."""
    piles: dict[str, set[int]] = defaultdict(set)
    for turn, card in enumerate(cards):
        piles[card.position].add(turn)
    return piles


def _pile(name: str | None) -> str:
    """A pile of gold by the letter that it has in the page."""
    return f"pile {name}" if name else "another pile"


def _card(claim: Claim) -> str:
    return f"card {claim.text!r:.60}"


def _place(claim: Claim) -> Place:
    return claim.doc_id, claim.start


def _asked(gold: _Question) -> str:
    cards = ", ".join(f"{claim.text!r:.60}" for claim in gold.claims[:_MOST_CARDS])
    return f"gold asks {gold.issue.question_ar!r:.60} ({gold.issue.status}), with the cards {cards}"
