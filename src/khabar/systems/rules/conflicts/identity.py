"""Identity conflicts: who did it, or to whom, where two clauses fill one slot with different names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import msgspec

from khabar.systems.rules.clitics import stems
from khabar.systems.rules.conflicts.alike import Weights, apart, other_time
from khabar.systems.rules.conflicts.claims import Claim, roots
from khabar.systems.rules.conflicts.clauses import Article
from khabar.systems.rules.conflicts.pairs import Pair
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.reading import form

_SLOTS = {
    "owner": (("مملوك",), ("مملوكه",), ("مالك",), ("مالكه",), ("يملك",), ("تملك",), ("يملكه",), ("تملكه",), ("ملكيه",)),
    "asked": (("بطلب", "من"), ("بناء", "علي", "طلب")),
    "invited": (("بدعوه", "من"), ("تلبيه", "لدعوه"), ("دعوه", "من")),
    "ordered": (("بامر", "من"), ("بتوجيه", "من"), ("بتوجيهات", "من"), ("امر",), ("امرت",)),
    "by": (("علي", "يد"), ("علي", "ايدي"), ("بيد",), ("من", "قبل"), ("من", "جانب")),
    "mediated": (("بوساطه",), ("برعايه",), ("توسطت",), ("توسط",)),
    "first": (
        ("من", "اطلق"),
        ("من", "اطلقوا"),
        ("من", "بدا"),
        ("من", "بداوا"),
        ("بدات", "اطلاق"),
        ("بادرت",),
        ("بادر",),
    ),
    "claimed": (("تبني",), ("تبنت",), ("تبناه",), ("تبنته",), ("اعلن", "مسؤوليته"), ("اعلنت", "مسؤوليتها")),
    "did": (("نفذ",), ("نفذت",), ("نفذه",), ("نفذته",), ("ارتكب",), ("ارتكبت",), ("يقف", "وراء"), ("تقف", "وراء")),
    "caused": (("تسبب",), ("تسببت",), ("فتسبب",), ("فتسببت",), ("المتسبب",), ("سببه",)),
    "agent": (("وكيل",), ("وكيله",)),
    "successor": (("خلفا",), ("يخلف",), ("خلف",)),
    "given": (("لصالح",), ("لحساب",), ("لمصلحه",)),
    "killer": (("القاتل",), ("الجاني",), ("المنفذ",), ("منفذ",), ("المهاجم",)),
}
"""Words that open a slot which one party fills."""
_NAMES = frozenset({"GPE", "PERS", "ORG", "NORP"})
_REACH = 9
_WORDS = 3
_APPOSED = 25
_BEFORE = frozenset({"caused"})
_LEAST = 0.3
_NOBODY = word_set("مجهول مجهولون مجهولين")


class _Filled(msgspec.Struct, frozen=True):
    claim: Claim
    filler: frozenset[str]
    rest: frozenset[str]
    """What the clause says besides who fills the slot."""


def identity(stories: Sequence[tuple[Article, list[Claim]]], weights: Weights) -> Iterator[Pair]:
    """All pairs of clauses that fill the same slot with different names and are otherwise alike."""
    same: defaultdict[str, list[_Filled]] = defaultdict(list)
    for article, found in stories:
        for claim in found:
            if claim.denies or claim.hedged or claim.future:
                continue
            for name, first, at in _slots(article, claim):
                filler, rest = _filler(article, claim, at) or _phrase(article, claim, first, at, name)
                if filler:
                    same[name].append(_Filled(claim, filler, rest))
    for _, members in sorted(same.items()):
        for one, two in combinations(members, 2):
            if one.filler & two.filler or not apart(one.claim, two.claim) or other_time(one.claim, two.claim):
                continue
            confidence = weights.similarity(one.rest, two.rest)
            if confidence >= _LEAST:
                values = (min(one.filler), min(two.filler))
                yield Pair("identity", min(0.25 + confidence / 2, 0.9), one.claim, two.claim, values)


def _slots(article: Article, claim: Claim) -> Iterator[tuple[str, int, int]]:
    """The slots that words of a clause open, with the first of them and the token after."""
    forms = article.reading.forms
    for token in range(claim.first, claim.last):
        for name, sign in _opened(forms[token]):
            if tuple(forms[token + 1 : token + len(sign)]) == sign[1:]:
                yield name, token, token + len(sign)


@lru_cache(maxsize=1 << 15)
def _opened(word: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The slots that a folded word may open: (slot, all of its words)."""
    parts = {part for _, part in stems(word)}
    return tuple((name, sign) for name, signs in _SLOTS.items() for sign in signs if sign[0] in parts)


def _filler(article: Article, claim: Claim, at: int) -> tuple[frozenset[str], frozenset[str]] | None:
    """The keys of the names that fill a slot: those soon after it, else the one right before; and what else is said."""
    reading = article.reading
    if at >= claim.last or reading.forms[at] in _NOBODY:
        return None
    start, end = reading.starts[at], reading.ends[min(at + _REACH, claim.last) - 1]
    names = [
        (one.start, one.end or 0, one.entity_id)
        for one in article.said.entities
        if one.entity_id and one.start is not None and one.label in _NAMES and claim.start <= one.start < claim.end
    ]
    after = [one for one in names if start <= one[0] < end]
    found = [one for one in after if one[0] <= min(after)[0] + _APPOSED] or sorted(names)[-1:]
    if not found or (not after and found[0][1] > start):
        return None
    named = reading.text[found[0][0] : max(one[1] for one in found)]
    return frozenset(key for _, _, key in found), claim.about - roots([form(word) for word in named.split()])


def _phrase(article: Article, claim: Claim, first: int, at: int, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The roots of the phrase in a slot where it holds no name: before a verb of causing, else after its words."""
    forms = article.reading.forms
    words = (
        forms[max(claim.first, first - _WORDS) : first] if name in _BEFORE else forms[at : min(at + _WORDS, claim.last)]
    )
    found = roots(words)
    return found, claim.about - found
