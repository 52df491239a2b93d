"""Temporal conflicts: one event of the same parties on two dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from khabar.records.predictions import PredictedNumber
from khabar.systems.rules.conflicts.alike import Weights, apart, strangers
from khabar.systems.rules.conflicts.claims import Claim, roots, valued
from khabar.systems.rules.conflicts.clauses import Article
from khabar.systems.rules.conflicts.events import event, often
from khabar.systems.rules.conflicts.pairs import Pair
from khabar.systems.rules.lexicon import word_set

_REACH = 14
_LEAST, _OFTEN = 0.38, 0.6
_SHARED = 2
_FIGURES = frozenset({"count", "money", "percent"})
_UNKNOWN = "XXXX"
_YEARS, _MONTHS = 4, 7
_NOT_THE_DATE = word_set("منذ حتي قبل بعد لغايه نهايه بحلول مقارنه خلال بين عقب")


def temporal(stories: Sequence[tuple[Article, list[Claim]]], weights: Weights) -> Iterator[Pair]:
    """All pairs of dates that put one event at two times."""
    same: defaultdict[str, list[tuple[Claim, str, frozenset[str]]]] = defaultdict(list)
    for article, found in stories:
        for claim in valued(article, found, frozenset({"date"})):
            value = _date(claim.number)
            if value and not claim.denies and not claim.hedged and not claim.future:
                for name in _events(article, claim):
                    same[name].append((claim, value, _topics(article, claim)))
    for name, members in sorted(same.items()):
        for (one, value, topics), (two, other, others) in combinations(members, 2):
            if (one.start == two.start and one.document == two.document) or not _differ(value, other):
                continue
            confidence = _confidence(one, topics, two, others, weights)
            if confidence >= (_OFTEN if name in often() else _LEAST):
                yield Pair("temporal", confidence, one, two, (value, other))


def _date(number: PredictedNumber | None) -> str:
    """A point in time as the text fixes it; a day or month without year as resolved, else with its year unknown."""
    if number is None:
        return ""
    literal, value = number.edtf_literal or "", number.edtf or number.edtf_literal or ""
    known = literal[:_YEARS] != _UNKNOWN or len(literal) >= _MONTHS
    if not literal or not known or "X" in literal[_YEARS:] or any(sign in value for sign in "/~?%"):
        return ""
    return value


def _differ(one: str, two: str) -> bool:
    """Whether two dates cannot be the same: a year holds its months, a month its days."""
    if _UNKNOWN in (one[:_YEARS], two[:_YEARS]):
        one, two = one[_YEARS:], two[_YEARS:]
    return not one.startswith(two) and not two.startswith(one)


def _events(article: Article, claim: Claim) -> frozenset[str]:
    """The event that a date dates: the nearest named before it in the clause, else the nearest after."""
    reading, number = article.reading, claim.number
    if number is None or number.start is None:
        return frozenset()
    at = next((token for token in range(claim.first, claim.last) if reading.ends[token] > number.start), claim.last)
    if any(reading.form_at(token) in _NOT_THE_DATE for token in (at - 1, at - 2)):
        return frozenset()
    before = range(at - 1, max(claim.first, at - _REACH) - 1, -1)
    after = range(at + 1, min(claim.last, at + _REACH))
    found: list[str] = []
    for token in (*before, *after):
        if any(first <= reading.starts[token] < last for first, last in _counted(article, claim)):
            break  # the date is that of a figure: بلغت الحصيلة 90 قتيلا في 5 أغسطس
        if name := event(reading.forms[token]):
            found.append(name)
    return frozenset(found[:2])


def _counted(article: Article, claim: Claim) -> list[tuple[int, int]]:
    """The stretches of figures in a clause."""
    return [
        (number.start, number.end or number.start)
        for number in article.said.numbers
        if number.kind in _FIGURES and number.start is not None and claim.start <= number.start < claim.end
    ]


def _confidence(one: Claim, topics: frozenset[str], two: Claim, others: frozenset[str], weights: Weights) -> float:
    if not apart(one, two) or strangers(one.parties, two.parties) or len(topics & others) < _SHARED:
        return 0.0
    found = weights.similarity(topics, others) + 0.1 * bool(one.parties & two.parties)
    return min(found, 0.95)


def _topics(article: Article, claim: Claim) -> frozenset[str]:
    """What is dated: the roots of the clause up to its date, or of all of it where nothing came before."""
    reading, start = article.reading, (claim.number.start if claim.number is not None else None) or claim.end
    inside = range(claim.first, claim.last)
    at = next((token for token in inside if reading.ends[token] > start), claim.last)
    found = roots(reading.forms[claim.first : at])
    return found if len(found) > _SHARED else claim.about
