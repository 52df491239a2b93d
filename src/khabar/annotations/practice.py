"""Practice: what is submitted of a pass beside gold, each difference in the terms of the page where it is mended.

Ids say nothing: questions are matched by the claims they share, claims by their spans, piles by their claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.annotations.agreement.alignment import align, half_of_shorter, matched_issues, pair_claims
from khabar.annotations.agreement.differences import FieldDifference, comparable, differences, differing
from khabar.annotations.agreement.names import keys_of, matched_groups, with_keys
from khabar.annotations.label_studio.checks import linked
from khabar.annotations.label_studio.configuration import QUESTIONS
from khabar.annotations.label_studio.projects import Task, Tasks, submitted
from khabar.annotations.label_studio.pull import STEP_OF
from khabar.annotations.label_studio.questions import marked_claims
from khabar.annotations.rounds import Articles
from khabar.corpus.withheld import with_surfaces
from khabar.reading.incidents import Incident
from khabar.records import Claim, Conflict, Registered, Row, groups_of, only
from khabar.text.spans import Passage
from khabar.text.wording import in_words

CHAPTERS = {"entities": 2, "numbers": 3, "quotes": 4, "claims": 5, "conflicts": 5}
"""Layers → their chapter of the guidelines."""
LAYERS = ("entities", "numbers", "quotes")


@dataclass(frozen=True, slots=True)
class Practised:
    """The differences, and by layer how many rows the pass has as gold has them, and how many gold has."""

    notes: Sequence[Incident]
    right: Mapping[str, tuple[int, int]]


def note(layer: str, message: str, task: Task, doc_id: str | None = None, offset: int | None = None) -> Incident:
    """A difference, where it is mended."""
    fix = f"read section {CHAPTERS[layer]} of the guidelines"
    return Incident("gold-differs", message, task.address, None, doc_id, offset, fix)


def articles_beside_gold(rows: Sequence[Row], gold: Sequence[Row], tasks: Tasks, articles: Articles) -> Practised:
    """Compare the rows of articles that are submitted in the step of their layer."""
    done = submitted(tasks)

    def practised(row: Row) -> bool:
        return row.layer in LAYERS and (STEP_OF[row.layer], row.article or "") in done

    ours = [row for row in rows if practised(row)]
    theirs = [row for row in gold if practised(row)]
    pairs = align(ours, theirs, articles.texts, articles.stories)
    notes = []
    for difference in differences(pairs):
        if not difference.cosmetic:
            task = done[STEP_OF[difference.layer], str(difference.doc_id)]
            said = note(difference.layer, _words(difference), task, difference.doc_id, difference.start)
            notes.append(linked(said, tasks))
    alike = Counter(pair.layer for pair in pairs if pair.both is not None and not differing(pair)[0])
    of_gold = Counter(row.layer for row in theirs)
    return Practised(notes, {layer: (alike[layer], of_gold[layer]) for layer in LAYERS if of_gold[layer]})


def _words(difference: FieldDifference) -> str:
    what = f"{difference.layer} {difference.text!r:.60}"
    if difference.what != "row":
        return f"{what}: {difference.what} is {in_words(difference.a)}, and gold has {in_words(difference.b)}"
    return f"{what} is in gold: {difference.b}" if difference.a is None else f"{what} is not in gold"


_CLAIM_FIELDS = ("span", "anchor", "source", "stance", "value", "as_of")
"""What the page of an article says of a claim."""


def claims_beside_gold(marked: Sequence[Claim], gold: Sequence[Row], tasks: Tasks, articles: Articles) -> Practised:
    """Compare the claims of submitted articles with gold's. A claim that gold has on two questions is one here, and
    may have the fields of either."""
    done = submitted(tasks)
    practised = [claim for claim in only(gold, Claim) if ("claims", claim.doc_id) in done]
    theirs = list(groups_of(((claim.doc_id, claim.start, claim.end), claim) for claim in practised).values())
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in articles.texts.items()}
    pairing = pair_claims(marked, [each[0] for each in theirs], passages, any_question=True)
    notes, alike = [], 0
    for left, right in pairing.pairs:
        unlike = min((_unlike(marked[left], reading) for reading in theirs[right]), key=len)
        alike += not unlike
        notes += [(marked[left], f": {field} is {ours}, and gold has {other}") for field, ours, other in unlike]
    notes += [(marked[left], " is not in gold") for left in pairing.missed]
    notes += [(theirs[right][0], " is in gold") for right in pairing.false]
    incidents = [
        note("claims", f"claim {claim.text!r:.60}{what}", done["claims", claim.doc_id], claim.doc_id, claim.start)
        for claim, what in sorted(notes, key=lambda each: (each[0].doc_id, each[0].start))
    ]
    notes_by_place = [linked(difference, tasks) for difference in incidents]
    return Practised(notes_by_place, {"claims": (alike, len(theirs))} if theirs else {})


def _unlike(ours: Claim, gold: Claim) -> list[tuple[str, str, str]]:
    """The fields that differ, with both readings in words."""
    read = ((field, comparable(ours, field), comparable(gold, field)) for field in _CLAIM_FIELDS)
    return [(field, in_words(mine), in_words(other)) for field, mine, other in read if mine != other]


_ISSUE_FIELDS = ("status", "type", "subtype", "scope")
_MOST_CARDS = 3
"""So many cards of a question that is missing are named."""
DocOffset = tuple[str | None, int | None]
"""A document, and an offset in it."""


def questions_beside_gold(
    rows: Sequence[Row], marked: Sequence[Claim], gold: Sequence[Row], tasks: Tasks, articles: Articles
) -> Practised:
    """Compare the questions of stories whose claims (`marked`) are all submitted; and once all of its questions are,
    tell which ones a story lacks."""
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in articles.texts.items()}
    is_marked = {task.key for task in tasks.get("claims", ()) if task.annotations}
    notes: list[Incident] = []
    alike = of_gold = 0
    for story in sorted({task.story for task in tasks.get(QUESTIONS, ())}):
        questions = [task for task in tasks[QUESTIONS] if task.story == story]
        done = {task.key: task for task in questions if task.annotations}
        if not done or not is_marked.issuperset(articles.of(story)):
            continue
        ours, theirs = (_questions(side, story) for side in (rows, gold))
        same = matched_issues(_claims(ours), _claims(theirs), passages)
        partner = {mine: theirs[other] for other, mine in same.items()}
        for key, mine in ours.items():
            if key in partner:
                unlike = _differences(mine, partner[key], marked, passages)
                alike += not unlike
            else:
                unlike = [("gold does not ask it", (None, None))]
            asks = f"question {mine.issue.question_ar!r:.60}"
            notes += [note("conflicts", f"{asks}: {words}", done[key], *place) for words, place in unlike]
        if len(done) == len(questions):
            missing = [other for key, other in theirs.items() if key not in same]
            notes += [note("conflicts", _asked(other), questions[-1]) for other in missing]
        of_gold += len(theirs)
    return Practised(notes, {"conflicts": (alike, of_gold)} if of_gold else {})


@dataclass(frozen=True, slots=True)
class _Question:
    """An issue with its claims."""

    issue: Conflict
    claims: tuple[Claim, ...]


def _questions(rows: Sequence[Row], story: str) -> dict[str, _Question]:
    claims = groups_of((claim.issue_id, claim) for claim in only(rows, Claim))
    issues = (row for row in only(rows, Conflict) if row.story == story)
    return {row.issue_id: _Question(row, tuple(claims.get(row.issue_id, ()))) for row in issues}


def _claims(questions: Mapping[str, _Question]) -> list[Claim]:
    return [claim for question in questions.values() for claim in question.claims]


def _differences(
    ours: _Question, gold: _Question, marked: Sequence[Claim], passages: Mapping[str, Passage]
) -> list[tuple[str, DocOffset]]:
    """What gold has otherwise of a question: the fields, then the cards; each card's place is that of its claim."""
    fields = [(name, *(comparable(each.issue, name) for each in (ours, gold))) for name in _ISSUE_FIELDS]
    unlike: list[tuple[str, DocOffset]] = [
        (f"{name} is {in_words(mine)}, and gold has {in_words(other)}", (None, None))
        for name, mine, other in fields
        if mine != other
    ]
    pairing = pair_claims(ours.claims, gold.claims, passages, any_question=True)
    pairs = [(ours.claims[left], gold.claims[right]) for left, right in pairing.pairs]
    piles = (groups_of((pair[side].position, turn) for turn, pair in enumerate(pairs)) for side in (0, 1))
    pile_of = matched_groups(*piles)
    for mine, other in pairs:
        if pile_of.get(other.position) != mine.position:
            where = _pile(pile_of.get(other.position))
            unlike.append((f"{_card(mine)} is in pile {mine.position}, and gold has it in {where}", _place(mine)))
    for left in pairing.missed:
        card = ours.claims[left]
        unlike.append((f"{_card(card)} is in pile {card.position}, and gold has it in none", _place(card)))
    for right in pairing.false:
        card = gold.claims[right]
        is_card = any(
            each.doc_id == card.doc_id and half_of_shorter(passages[card.doc_id], each, card) for each in marked
        )
        lack = "is in none" if is_card else "is not marked in its article"
        unlike.append((f"{_card(card)} {lack}, and gold has it in {_pile(pile_of.get(card.position))}", _place(card)))
    return unlike


def _pile(name: str | None) -> str:
    """A pile of gold by the letter that it has in the page."""
    return f"pile {name}" if name else "another pile"


def _card(claim: Claim) -> str:
    return f"card {claim.text!r:.60}"


def _place(claim: Claim) -> DocOffset:
    return claim.doc_id, claim.start


def _asked(gold: _Question) -> str:
    cards = ", ".join(f"{claim.text!r:.60}" for claim in gold.claims[:_MOST_CARDS])
    return f"gold asks {gold.issue.question_ar!r:.60} ({gold.issue.status}), with the cards {cards}"


def beside_gold(rows: Sequence[Row], gold: Sequence[Row], tasks: Tasks, articles: Articles) -> Practised:
    """Compare a pass with gold where both have something: articles submitted in the step of a layer, and questions.

    `rows` are those read from `tasks`; those of gold may be without surfaces.
    """

    gold = [with_surfaces(row, articles.texts) for row in gold]
    marked = marked_claims(tasks.get("claims", ()), articles.texts)
    marked = only(_in_names_of(marked, gold, articles), Claim)
    parts = (
        articles_beside_gold(_in_names_of(rows, gold, articles), gold, tasks, articles),
        claims_beside_gold(marked, gold, tasks, articles),
        questions_beside_gold(rows, marked, gold, tasks, articles),
    )
    notes = [note for part in parts for note in part.notes]
    return Practised(tuple(notes), {layer: shares for part in parts for layer, shares in part.right.items()})


def _in_names_of(rows: Sequence[Row], gold: Sequence[Row], articles: Articles) -> list[Row]:
    """Rows with the keys of gold where a key is a name that gold's registry has."""
    keys = {
        (row.story, name): row.entity_id
        for row in gold
        if isinstance(row, Registered)
        for name in (*row.aliases, row.name)
    }

    def names(row: Row) -> Mapping[str, str]:
        story, value = row.story_key(articles.stories), row.value if isinstance(row, Claim) else None
        return {key: keys.get((story, key), key) for key in (*keys_of(row), *([] if value is None else [value]))}

    return [with_keys(row, names(row)) for row in rows]
