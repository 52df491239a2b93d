"""Numeric conflicts: disjoint values of one measure of one event, as of the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from khabar.records.predictions import PredictedNumber
from khabar.systems.rules.conflicts.alike import Weights, apart, other_time, strangers
from khabar.systems.rules.conflicts.claims import Claim, roots, valued
from khabar.systems.rules.conflicts.clauses import Article
from khabar.systems.rules.conflicts.pairs import Pair
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.reading import form

_KINDS = frozenset({"count", "measure", "money", "percent", "duration"})
_BEFORE, _AFTER, _NEAR = 8, 5, 3
_LEAST = 0.5
_APPROX = Decimal("0.15")
_FAR = Decimal(20)
_MONTH = 7
"""Letters of a year or month in EDTF: a level dated so is as of another time than one without a date."""
_PEOPLE = word_set("شخص قتيل ضحيه شهيد جريح مصاب مفقود نازح")
_FATES = {
    "dead": word_set("قتل قتيل قتلوا قتلت مقتل قتلي مصرع ضحيه ضحايا وفاه توفي شهيد شهداء لقوا يقتل"),
    "hurt": word_set("جريح جرحي جرح جرحوا اصيب اصيبوا اصابه مصاب مصابا مصابين باصابات"),
    "lost": word_set("مفقود مفقودا مفقودين فقدان فقد"),
    "fled": word_set("نازح نازحا نزوح نزح نزحوا فر فروا"),
    "held": word_set("معتقل اعتقال اعتقل اعتقلت توقيف اوقف اوقفت اسر اسير"),
}
_PART = word_set("منها منهم بينهم بينها ومنها ومنهم وبينهم اصل ضمنهم نصفهم اخرين اخري اضافيا اضافيه اضافي")


def numeric(stories: Sequence[tuple[Article, list[Claim]]], weights: Weights) -> Iterator[Pair]:
    """All pairs of quantities that contradict each other."""
    same: defaultdict[tuple[str, str], list[tuple[Claim, frozenset[str]]]] = defaultdict(list)
    for article, found in stories:
        for claim in valued(article, found, _KINDS):
            number = claim.number
            if number is None or number.unit is None or number.modality == "vague" or claim.denies or claim.hedged:
                continue
            if _part(article, claim, number):
                continue
            near, words = _around(article, claim, number)
            measure, fate = _measure(number, words)
            same[measure, fate].append((claim, near))
    for (_, fate), members in sorted(same.items()):
        for (one, near), (two, other) in combinations(members, 2):
            confidence = _confidence(one, near, two, other, weights, fate)
            if confidence >= _LEAST:
                yield Pair("numeric", confidence, one, two, (_value(one), _value(two)))


def _around(article: Article, claim: Claim, number: PredictedNumber) -> tuple[frozenset[str], frozenset[str]]:
    """Roots and words near a number within its clause."""
    reading = article.reading
    start, end = number.start or 0, number.end or 0
    inside = range(claim.first, claim.last)
    first = next((token for token in inside if reading.ends[token] > start), claim.first)
    last = next((token for token in inside if reading.starts[token] >= end), claim.last)
    before = reading.forms[max(claim.first, first - _BEFORE) : first]
    after = reading.forms[last : min(claim.last, last + _AFTER)]
    return roots(before + after) - roots([form(number.unit or "")]), frozenset((*before[-4:], *after))


def _part(article: Article, claim: Claim, number: PredictedNumber) -> bool:
    """Whether a number counts a part or what comes on top: منها 50, من أصل 970."""
    start, forms = number.start or 0, article.reading.forms
    first = next(
        (token for token in range(claim.first, claim.last) if article.reading.ends[token] > start), claim.first
    )
    return bool(_PART & set(forms[max(first - _NEAR, 0) : first]))


def _measure(number: PredictedNumber, words: frozenset[str]) -> tuple[str, str]:
    """What is counted: people of any name by what befell them, else the unit."""
    unit = form(number.unit or "")
    unit = unit[:-1] if unit.endswith("ا") and len(unit) > 4 else unit
    around = words | {unit}
    fate = next((name for name, forms in _FATES.items() if unit in forms), "")
    fate = fate or next((name for name, forms in _FATES.items() if around & forms), "")
    return f"{number.kind} {'' if unit in _PEOPLE and fate else unit}", fate


def _confidence(
    one: Claim, near: frozenset[str], two: Claim, other: frozenset[str], weights: Weights, fate: str
) -> float:
    if not apart(one, two) or other_time(one, two) or not _disjoint(one, two):
        return 0.0
    if one.things and two.things and not one.things & two.things:
        return 0.0
    here, there = one.things - one.parties, two.things - two.parties
    if here and there and not here & there:
        return 0.0
    if not fate and bool(one.dates) != bool(two.dates) and all(len(date) <= _MONTH for date in one.dates + two.dates):
        return 0.0
    shared = near & other
    if len(shared) < (1 if fate else 2):
        return 0.0
    close = weights.similarity(near, other)
    whole = weights.similarity(one.about, two.about)
    found = 0.6 * close + 0.3 * whole + (0.25 if fate else 0.1) * bool(one.things & two.things or fate)
    if strangers(one.things, two.things) or bool(one.dates) != bool(two.dates):
        found *= 0.75
    if one.future or two.future:
        found *= 0.85
    return min(found, 0.95)


def _disjoint(one: Claim, two: Claim) -> bool:
    (low, high), (other_low, other_high) = one.interval, two.interval
    rough = any(claim.number is not None and claim.number.modality == "approx" for claim in (one, two))
    slack = 1 + (_APPROX if rough else Decimal(0))
    below = high is not None and other_low is not None and high * slack < other_low
    above = other_high is not None and low is not None and other_high * slack < low
    if not below and not above:
        return False
    least, most = (high, other_low) if below else (other_high, low)
    return not least or most is None or most / least < _FAR


def _value(claim: Claim) -> str:
    """The answer: one number, or both ends; a bound stands as the number that is said."""
    low, high = claim.interval
    if low is None or high is None or low == high:
        return str(low if low is not None else high)
    return f"{low}..{high}"
