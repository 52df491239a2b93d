"""Polarity conflicts: a denial and what it denies, beside it or in another article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khabar.systems.rules.conflicts.alike import Weights, apart, strangers
from khabar.systems.rules.conflicts.claims import Claim
from khabar.systems.rules.conflicts.clauses import Article
from khabar.systems.rules.conflicts.denials import Denial, denials
from khabar.systems.rules.conflicts.pairs import Pair, place
from khabar.systems.rules.lexicon import word_set

_ANSWERED = 0.7
_COVERED, _NEGATED = 0.5, 0.6
_SHARED, _SHARED_PLAIN = 2, 3
_GOING_ON = word_set("مستمر مستمره تستمر يستمر متواصل متواصله تتواصل يتواصل جار جاريه يجري تجري قائم قائمه هناك")


def polarity(stories: Sequence[tuple[Article, list[Claim]]], weights: Weights) -> Iterator[Pair]:
    """All pairs of a denial and what it takes as object; the denial stands first."""
    found = [(article, denial) for article, _ in stories for denial in denials(article)]
    denying = {place(denial.claim) for _, denial in found if not denial.plain}
    for _, denial in found:
        if denial.answered is not None:
            yield Pair("polarity", _ANSWERED, denial.claim, denial.answered, ("no", "yes"))
        if not denial.about:
            continue
        for article, claims in stories:
            for claim in claims:
                if (
                    claim.denies
                    or claim.hedged
                    or claim.future
                    or place(claim) in denying
                    or not denial.about & claim.about
                ):
                    continue
                confidence = _confidence(denial, claim, article, weights)
                if confidence:
                    yield Pair("polarity", confidence, denial.claim, claim, ("no", "yes"))


def _confidence(denial: Denial, claim: Claim, article: Article, weights: Weights) -> float:
    """How surely a claim asserts what a denial denies, 0 where it does not."""
    if not apart(denial.claim, claim) or (claim.speaker and claim.speaker == denial.claim.speaker):
        return 0.0
    shared = denial.about & claim.about
    if not shared:
        return 0.0
    covered = weights.covered(denial.about, claim.about)
    if denial.existence and denial.head in shared:
        forms = article.reading.forms[claim.first : claim.last]
        if set(forms) & _GOING_ON:
            return 0.65
    least, share = (_SHARED_PLAIN, _NEGATED) if denial.plain else (_SHARED, _COVERED)
    if len(shared) < least or covered < share or (denial.plain and denial.head not in shared):
        return 0.0
    found = (0.25 if denial.plain else 0.35) + 0.5 * covered
    if strangers(denial.claim.things, claim.things):
        found -= 0.1
    return min(found, 0.9)
