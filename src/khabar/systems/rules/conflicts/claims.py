"""Claims: clauses with what each is about, the things named in it, and a value or a date of theirs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import msgspec

from khabar.records.predictions import Annotations, PredictedNumber
from khabar.records.rows import Document
from khabar.systems.rules.conflicts.clauses import Article, Clause, article
from khabar.systems.rules.conflicts.stems import root
from khabar.systems.rules.lexicon import word_set

LONGEST = 350
_TELLING = frozenset({"GPE", "PERS", "ORG", "NORP", "LOC", "FAC"})
_FEWEST = 2
_NEGATIONS = word_set("لم لن ليس ليست ليسوا لا ولم ولن ولا وليس وليست فلم عدم وعدم")
_AFFIRMED = word_set("تزال يزال زال تزل يزل زالت يتجاوز تتجاوز يتعدي تتعدي يزيد تزيد يقل تقل يتعد سيما احد بد شك")
"""After a negation: what makes it an assertion (لا يزال) or a bound (لم يتجاوز)."""
_HEDGES = word_set(
    "ربما يمكن يحتمل محتمل لعل يتوقع تتوقع متوقع المتوقع توقع توقعت المنتظر منتظر المقرر مقرر يعتزم تعتزم رجح "
    "رجحت يرجح المرجح اذا لو قرب موعد المزمع يخطط تخطط يعتقد"
)
_UNSURE = frozenset({"forecast", "pledge", "demand", "warning"})
_FUTURE, _SHORT = ("سي", "ست"), 4
_NO_FUTURE = (
    "سيار", "سياس", "سياح", "سياد", "سيطر", "سيد", "سيج", "سيول", "سين", "سيف", "سير", "سيل", "سيم", "ستين", "ستون",
    "سته", "ستار", "ستر", "ستاد",
)  # fmt: skip


class Claim(msgspec.Struct, frozen=True):
    """A clause, code points `[start, end)` of document number `document`, and one number or date in it if any."""

    document: int
    doc_id: str
    start: int
    end: int
    first: int
    last: int
    about: frozenset[str]
    things: frozenset[str]
    number: PredictedNumber | None
    dates: tuple[str, ...]
    denies: bool
    hedged: bool
    future: bool
    speaker: str
    parties: frozenset[str]
    """The things named that are not just the place: not those after في."""

    @property
    def interval(self) -> tuple[Decimal | None, Decimal | None]:
        """The bounds of its number."""
        if self.number is None:
            return None, None
        return _decimal(self.number.low), _decimal(self.number.high)


def _decimal(value: str | int | float | None) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def articles(documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Article]:
    """The articles of a story, cut into clauses."""
    pairs = zip(documents, annotations, strict=True)
    return [article(index, document, said) for index, (document, said) in enumerate(pairs)]


def claims(one: Article) -> list[Claim]:
    """The clauses of an article that say enough to be compared, one claim each, without a number."""
    found = []
    for clause in one.clauses:
        claim = claim_of(one, clause)
        if claim is not None and len(claim.about) >= _FEWEST:
            found.append(claim)
    return found


def claim_of(one: Article, clause: Clause) -> Claim | None:
    """A clause as a claim, or None where it is too long to be one."""
    reading, said = one.reading, one.said
    start, end = reading.starts[clause.first], reading.ends[clause.last - 1]
    if end - start > LONGEST:
        return None
    forms = reading.forms[clause.first : clause.last]
    before = reading.starts[clause.lead]
    named = [
        (one.entity_id, one.start)
        for one in said.entities[slice(*_between(one.entity_starts, start, end))]
        if one.entity_id and one.start is not None and one.label in _TELLING
    ]
    things = frozenset(key for key, _ in named)
    placed = frozenset(key for key, begin in named if reading.text[max(begin - 4, 0) : begin].strip() == "في")
    numbers = said.numbers[slice(*_between(one.number_starts, before, end))]
    dates = tuple(sorted({one.edtf or one.edtf_literal or "" for one in numbers if one.kind == "date"} - {""}))
    hedged = clause.act in _UNSURE or not _HEDGES.isdisjoint(reading.forms[clause.lead : clause.last])
    future = any(_future(form) for form in forms)
    return Claim(
        one.index, one.doc_id, start, end, clause.first, clause.last, roots(forms), things, None, dates,
        negated(forms), hedged, future, clause.speaker, things - placed,
    )  # fmt: skip


def _between(starts: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The places of what begins between two code points; the rules give their mentions in the order of the text."""
    first = bisect_left(starts, start)
    return first, bisect_left(starts, end, first)


@lru_cache(maxsize=1 << 15)
def _future(form: str) -> bool:
    return form.startswith(_FUTURE) and len(form) > _SHORT and not form.startswith(_NO_FUTURE)


def roots(forms: Sequence[str]) -> frozenset[str]:
    """The roots of the content words among folded forms."""
    return frozenset(found for form in forms if (found := root(form)))


def negated(forms: Sequence[str]) -> bool:
    """Whether a negation stands among folded forms and denies: not لا يزال, not لم يتجاوز."""
    return not _NEGATIONS.isdisjoint(forms) and any(
        form in _NEGATIONS and (place + 1 >= len(forms) or forms[place + 1] not in _AFFIRMED)
        for place, form in enumerate(forms)
    )


def valued(one: Article, found: Sequence[Claim], kinds: frozenset[str]) -> Iterator[Claim]:
    """Claims with a number of some kinds: one for each number that stands in the clause."""
    for claim in found:
        for number in one.said.numbers[slice(*_between(one.number_starts, claim.start, claim.end))]:
            if number.kind in kinds and number.scored:
                yield msgspec.structs.replace(claim, number=number)
