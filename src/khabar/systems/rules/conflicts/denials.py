"""Denials: clauses that deny, what they take as object, and what a pronoun or `these reports` stands for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from khabar.systems.rules.conflicts.claims import Claim, claim_of, roots
from khabar.systems.rules.conflicts.clauses import Article, Clause
from khabar.systems.rules.conflicts.stems import root
from khabar.systems.rules.lexicon import word_set


def _joined(words: str) -> frozenset[str]:
    """A list of words, also with the conjunctions joined to them."""
    plain = word_set(words)
    return plain | {letter + word for letter in "وف" for word in plain}


_DENY = _joined(
    "نفي نفت ينفي تنفي نفوا نافيا نافيه نافين انكر انكرت ينكر تنكر منكرا منكره كذب كذبت يكذب فند فندت يفند تفند مفندا "
    "مفنده دحض دحضت"
)
_DENY_IT = _joined("نفاه نفته ينفيه تنفيه نفاها نفتها ينفيها تنفيها انكره انكرته")
"""To deny what was just said: وهو ما تنفيه الحكومة."""
_REJECT = _joined("رفض رفضت رافضا رافضه استنكر استنكرت")
_POINTING = word_set("ذلك هذا هذه تلك الامر صحتها صحته ذلكم")
_TOLD = word_set(
    "انباء الانباء اتهامات الاتهامات الاتهام اتهام معلومات المعلومات ادعاءات الادعاءات الادعاء مزاعم المزاعم تقارير "
    "التقارير تصريحات التصريحات الخبر خبر الروايه روايه الشائعات شائعات التهم التهمه الاقوال"
)
_UNTRUE = (
    ("لا", "اساس"), ("غير", "صحيح"), ("غير", "صحيحه"), ("عار", "عن"), ("عاريه", "عن"), ("محض",), ("ليس", "صحيحا"),
    ("ليست", "صحيحه"), ("غير", "دقيقه"), ("غير", "دقيق"),
)  # fmt: skip
_DENYING, _POINTING_BACK = _DENY | _REJECT, _POINTING | _TOLD
_GOES_ON = word_set("عن حول بشان بان ان التي الذي من ب")
_NOT = word_set("لم ولم فلم ليس ليست ليسوا وليس وليست لا ولا")
_SIGNS = _DENYING | _DENY_IT | _POINTING_BACK | _NOT
"""Without one of these a clause denies nothing."""
_ONLY = word_set("الا سوي فقط بعد ايضا مجرد")
_EXISTING = word_set("وجود اي")
_CORE = 12
"""Words of an object that are compared; what comes later is circumstance."""
_MANNER = word_set("بشده بشكل بصوره بقوه")
_BACK, _SHORT = 3, 3
_CONTEXT = 260
_FEWEST = 2


class Denial(msgspec.Struct, frozen=True):
    """A clause that denies: its object's roots, the root that must not be missed, or the claim it points back to."""

    claim: Claim
    about: frozenset[str]
    head: str
    plain: bool
    """Denied by a negated verb and not by a verb of denying."""
    existence: bool
    """What is denied is that there is such a thing: وجود مفاوضات."""
    answered: Claim | None = None


def denials(article: Article) -> list[Denial]:
    """All denials of an article."""
    found = []
    for place, clause in enumerate(article.clauses):
        if _SIGNS.isdisjoint(article.reading.forms[clause.first : clause.last]):
            continue
        claim = claim_of(article, clause)
        one = _of_clause(article, place, clause, claim) if claim is not None else None
        if one is not None:
            found.append(one)
    return found


def _of_clause(article: Article, place: int, clause: Clause, claim: Claim) -> Denial | None:
    span = article.reading.forms[clause.first : clause.last]
    pointing = not _POINTING_BACK.isdisjoint(span) and any(
        tuple(span[at : at + len(sign)]) == sign for sign in _UNTRUE for at in range(len(span))
    )
    if not _DENY_IT.isdisjoint(span) or (pointing and _DENYING.isdisjoint(span)):
        return _pointing(article, place, claim)
    if _DENYING.isdisjoint(span):
        return _negated(claim, span)
    at = next(token for token, form in enumerate(span, clause.first) if form in _DENYING)
    rest = article.reading.forms[_object(article, at, clause) : clause.last]
    if _points(rest):
        return _pointing(article, place, claim)
    if not rest or span[at - clause.first] not in _DENY:
        return None
    about = roots([form for form in rest[:_CORE] if form not in _TOLD])
    head = next((found for form in rest if (found := root(form))), "")
    return Denial(claim, about, head, False, not _EXISTING.isdisjoint(rest[:3]))


def _pointing(article: Article, place: int, claim: Claim) -> Denial:
    return Denial(claim, frozenset(), "", False, False, _answered(article, place, claim))


def _object(article: Article, at: int, clause: Clause) -> int:
    """Where the object of a verb of denying begins: where the report does, else after the verb."""
    start = article.reading.ends[at]
    contents = [
        span.start
        for quote in article.said.quotes
        for span in quote.content
        if quote.polarity == "negative" and span.start is not None and span.start > start
    ]
    stop = article.reading.ends[clause.last - 1]
    opening = min((begin for begin in contents if begin < stop), default=None)
    if opening is None:
        return at + 1
    return next(token for token in range(at + 1, clause.last + 1) if article.reading.ends[token] > opening)


def _points(rest: Sequence[str]) -> bool:
    """Whether an object refers back: ذلك, هذه الأنباء, الاتهامات; not الأنباء عن انسحاب الوفد."""
    for place, form in enumerate(rest[:4]):
        word = form[1:] if form[1:] in _POINTING_BACK and form[0] in "بل" else form
        if word in _POINTING:
            return True
        if word in _TOLD:
            return not any(_goes_on(following) for following in rest[place + 1 : place + 3])
    return False


def _goes_on(word: str) -> bool:
    return word in _GOES_ON or (word.startswith("ب") and len(word) > _SHORT and word not in _MANNER)


def _answered(article: Article, place: int, denial: Claim) -> Claim | None:
    """The nearest asserted clauses before a denial, of another speaker: those of one sentence together."""
    reading = article.reading
    line = reading.lines[denial.first]
    for at in range(place - 1, max(place - 1 - _BACK, -1), -1):
        clause = article.clauses[at]
        if at == place - 1 and _negates(reading.forms[clause.first : clause.last]):
            return None  # what follows a denial goes on with it
        if line - reading.lines[clause.first] > 1 or (clause.speaker and clause.speaker == denial.speaker):
            continue
        claim = claim_of(article, clause)
        if claim is None or len(claim.about) < _FEWEST or _negates(reading.forms[clause.first : clause.last]):
            continue
        sentence = reading.sentences[clause.first]
        begin = clause
        for earlier in reversed(article.clauses[:at]):
            wide = reading.ends[clause.last - 1] - reading.starts[earlier.first] > _CONTEXT
            if reading.sentences[earlier.first] != sentence or wide or earlier.speaker != clause.speaker:
                break
            begin = earlier
        whole = msgspec.structs.replace(clause, first=begin.first, lead=begin.lead)
        return claim_of(article, whole) or claim
    return None


def _negates(forms: Sequence[str]) -> bool:
    return not (_DENY | _DENY_IT).isdisjoint(forms)


def _negated(claim: Claim, span: Sequence[str]) -> Denial | None:
    """A clause with a negated verb, where the negation is not turned by `only`."""
    if not claim.denies or set(span) & _ONLY or claim.hedged:
        return None
    at = next((place for place, form in enumerate(span) if form in _NOT), None)
    if at is None or at + 1 >= len(span):
        return None
    head = root(span[at + 1])
    return Denial(claim, roots(span), head, True, False) if head else None
