"""Claims of practice articles beside gold, as they are marked there: whatever question they answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from khabar.annotations.agreement.alignment import pair_claims
from khabar.annotations.agreement.differences import comparable, in_words
from khabar.annotations.label_studio.checks import Tasks, linked
from khabar.annotations.label_studio.tasks import read_document
from khabar.annotations.practice.articles import Beside, note, submitted
from khabar.annotations.rounds import Articles
from khabar.reading.incidents import Incidents
from khabar.records import Claim, Row, only
from khabar.text.spans import Passage

FIELDS = ("span", "anchor", "source", "stance", "value", "as_of")
"""What the page of an article says of a claim."""


def marked_in(tasks: Tasks, articles: Articles) -> list[Claim]:
    """The claims marked in the articles that are submitted, those in no pile too."""
    unheard = Incidents()  # problems of the pages are for `check_pass`
    done = [task for task in tasks.get("claims", ()) if task.annotations and task.key in articles.texts]
    rows = [row for task in done for row in read_document(task, "claims", articles.texts[task.key], unheard)]
    return only(rows, Claim)


def claims_beside_gold(marked: Sequence[Claim], gold: Sequence[Row], tasks: Tasks, articles: Articles) -> Beside:
    """Compare the claims of submitted articles with gold's. A claim that gold has on two questions is one here, and
    may have the fields of either."""
    done = submitted(tasks)
    readings: dict[tuple[str, int, int], list[Claim]] = defaultdict(list)
    for claim in only(gold, Claim):
        if ("claims", claim.doc_id) in done:
            readings[claim.doc_id, claim.start, claim.end].append(claim)
    theirs = list(readings.values())
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in articles.texts.items()}
    pairing = pair_claims(marked, [each[0] for each in theirs], passages, any_question=True)
    notes, alike = [], 0
    for left, right in pairing.pairs:
        unlike = min((_unlike(marked[left], reading) for reading in theirs[right]), key=len)
        alike += not unlike
        notes += [(marked[left], f": {field} is {ours}, and gold has {other}") for field, ours, other in unlike]
    notes += [(marked[left], " is not in gold") for left in pairing.missed]
    notes += [(theirs[right][0], " is in gold") for right in pairing.false]
    said = [
        note("claims", f"claim {claim.text!r:.60}{what}", done["claims", claim.doc_id], claim.doc_id, claim.start)
        for claim, what in sorted(notes, key=lambda each: (each[0].doc_id, each[0].start))
    ]
    return [linked(each, tasks) for each in said], {"claims": (alike, len(theirs))} if theirs else {}


def _unlike(ours: Claim, gold: Claim) -> list[tuple[str, str, str]]:
    """The fields that differ, with both readings in words."""
    read = ((field, comparable(ours, field), comparable(gold, field)) for field in FIELDS)
    return [(field, in_words(mine), in_words(other)) for field, mine, other in read if mine != other]
