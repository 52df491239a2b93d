"""Where articles of a story contradict each other: figures, dates and denials of clauses that are about one thing."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import chain, pairwise, product
from math import fsum, log

from msgspec import Struct

from khabar.records import Annotations, Dispute, Document, PredictedNumber, PredictedSource, Side, StorySpan
from khabar.records.labels import ConflictType
from khabar.systems.rules.lexicon import words
from khabar.systems.rules.numbers.dates import published_day
from khabar.text.arabic import bare, form, tokenize
from khabar.text.dates import days_of
from khabar.text.values import value_of

_SUFFIXES = ("تها", "هما", "ها", "هم", "نا", "ات", "ون", "ين", "ان", "يه", "ه")
_WEAK = str.maketrans("", "", "اويءئؤ")
_TELLING = ("GPE", "ORG", "PERS")
_SHORTEST, _LONGEST = 3, 300
"""Tokens and code points of a clause."""
_LEAST_ALIKE, _LEAST_DENIED, _LEAST_NEGATED = 0.3, 0.4, 0.8
"""How alike two clauses must be to be held against each other: two figures, a denial, a negated clause."""


class _Clause(Struct, frozen=True):
    """Offsets `[start, end)` of a document; `roots` of its content words, `names` the clusters it names."""

    doc_id: str
    start: int
    end: int
    roots: frozenset[str]
    names: frozenset[str]
    numbers: tuple[PredictedNumber, ...]
    speaker: str
    negated: bool
    published: date | None


class _Edge(Struct, frozen=True):
    """Two clauses that answer a question differently, with their answers."""

    alike: float
    type: ConflictType
    left: _Clause
    right: _Clause
    values: tuple[str, str]


class _Alike:
    """Clauses by their roots, to find those that are like others; a root weighs more the rarer it is in the story."""

    def __init__(self, clauses: Iterable[_Clause], weights: Mapping[str, float]) -> None:
        self._weights = weights
        self.clauses = list(clauses)
        self._clause_weights = [self._weight(clause.roots) for clause in self.clauses]
        self._places = defaultdict[str, list[int]](list)  # of the clauses with a root
        for place, clause in enumerate(self.clauses):
            for root in clause.roots:
                self._places[root].append(place)

    def to(self, roots: frozenset[str], least: float) -> Iterator[tuple[_Clause, float]]:
        """Yield the clauses that share two roots or more, with the weight in common, more of the lighter one."""
        weight = self._weight(roots)
        shared = Counter(chain.from_iterable(self._places.get(root, ()) for root in roots))
        for place in sorted(place for place, count in shared.items() if count > 1):
            clause = self.clauses[place]
            lighter, heavier = sorted((weight, self._clause_weights[place]))
            alike = self._weight(roots & clause.roots) / (0.6 * lighter + 0.4 * heavier)
            if alike >= least:
                yield clause, alike

    def _weight(self, roots: Iterable[str]) -> float:
        return fsum(map(self._weights.__getitem__, roots))


def disputes(story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
    """The disputes of a story, the surest first: each edge that meets no clause of a surer one, with who repeats it."""
    pairs = sorted(zip(documents, annotations, strict=True), key=lambda pair: pair[0].doc_id)
    clauses = [clause for pair in pairs for clause in _clauses(*pair)]
    seen = Counter(chain.from_iterable(clause.roots for clause in clauses))
    weights = defaultdict(float, {root: log(1 + len(clauses) / count) for root, count in seen.items()})
    numbered = _Alike((clause for clause in clauses if clause.numbers), weights)
    asserted = _Alike((clause for clause in clauses if clause.roots and not clause.negated), weights)
    edges = [*_differing(numbered), *_denied(clauses, annotations, asserted)]
    found, used = [], set[tuple[str, _Clause]]()
    for edge in sorted(edges, key=lambda edge: (-edge.alike, edge.left.doc_id, edge.left.start, edge.right.start)):
        if not {(edge.type, edge.left), (edge.type, edge.right)} & used:
            same = [other for other in edges if other.type == edge.type and other.values == edge.values]
            left = {edge.left, *(other.left for other in same if other.right == edge.right)}
            right = {edge.right, *(other.right for other in same if other.left == edge.left)}
            used |= {(edge.type, clause) for clause in left | right}
            sides = (_side(edge.values[0], left), _side(edge.values[1], right))
            found.append(Dispute(story=story, type=edge.type, confidence=round(min(1.0, edge.alike), 3), sides=sides))
    return found


def _side(value: str, clauses: Iterable[_Clause]) -> Side:
    spans = {StorySpan(doc_id=one.doc_id, start=one.start, end=one.end) for one in clauses}
    return Side(value=value, spans=tuple(sorted(spans, key=lambda one: (one.doc_id, one.start, one.end))))


def _clauses(document: Document, annotations: Annotations) -> Iterator[_Clause]:
    """Yield the clauses of a document: cut at punctuation, at words that open one, and where quotes begin or end."""
    tokens, day = tokenize(document.text), published_day(document.published)
    spoken = ((span, quote.speaker) for quote in annotations.quotes for span in quote.content)
    contents = [(span.start or 0, span.end or 0, speaker) for span, speaker in spoken]
    edges = {offset for start, end, _ in contents for offset in (start, end)}
    openers, negations = words("breaks"), words("negations")
    breaks = [token for token, word in enumerate(tokens.forms) if word in openers]
    quoted = [bisect_left(tokens.starts, offset) for offset in edges.intersection(tokens.starts)]
    cuts = {0, len(tokens.forms), *breaks, *(token + 1 for token in breaks), *tokens.sentences, *quoted}
    number_starts = [number.start or 0 for number in annotations.numbers]
    telling = sorted((one.start or 0, one.entity_id or "") for one in annotations.entities if one.label in _TELLING)
    for first, last in pairwise(sorted(cuts)):
        start, end = tokens.starts[first], tokens.ends[last - 1]
        if last - first < _SHORTEST or end - start > _LONGEST:
            continue
        within = slice(bisect_left(number_starts, start), bisect_left(number_starts, end))
        numbers = tuple(number for number in annotations.numbers[within] if (number.end or 0) <= end)
        forms = tokens.forms[first:last]
        negated = not negations.isdisjoint(forms)
        for number in numbers:
            begin, close = tokens.at(number.start or 0) - first, tokens.at((number.end or 1) - 1) + 1 - first
            forms[begin:close] = [""] * (close - begin)
        named = telling[bisect_left(telling, (start, "")) : bisect_left(telling, (end, ""))]
        sources = (who for begin, close, who in contents if begin <= start and end <= close)
        speaker = next((who.text or "" for who in sources if isinstance(who, PredictedSource)), "")
        names = frozenset(key for _, key in named)
        yield _Clause(document.doc_id, start, end, _roots(forms), names, numbers, speaker, negated, day)


@lru_cache(maxsize=1 << 16)
def _root(word: str) -> str:
    """A rough root of a folded word: without clitics, article, endings, weak letters and a leading م, ت, ن or س."""
    stem = bare(word)
    if stem == word and len(stem) > 4 and stem[0] in "بلفو":
        stem = stem[1:]
    ending = next((one for one in _SUFFIXES if stem.endswith(one) and len(stem) - len(one) >= 3), "")
    strong = stem.removesuffix(ending).translate(_WEAK) or stem
    while len(strong) > 3 and strong[0] in "متنس":
        strong = strong[1:]
    return strong[:4]


def _roots(forms: Iterable[str]) -> frozenset[str]:
    particles = words("particles")
    return frozenset(_root(word) for word in forms if len(word) > 2 and word not in particles and word.isalpha())


def _comparable(left: _Clause, right: _Clause) -> bool:
    """Whether two clauses are of other articles or sources, and about the same names."""
    names = left.names <= right.names or right.names <= left.names
    return names and (left.doc_id != right.doc_id or left.speaker != right.speaker)


def _differing(numbered: _Alike) -> Iterator[_Edge]:
    """Yield pairs of clauses that are alike and give figures or dates which exclude each other."""
    for left in numbered.clauses:
        for right, alike in numbered.to(left.roots, _LEAST_ALIKE):
            if (right.doc_id, right.start) <= (left.doc_id, left.start) or not _comparable(left, right):
                continue
            for ours, theirs in product(left.numbers, right.numbers):
                temporal = ours.kind == theirs.kind == "date"
                if _other_days(ours, theirs) if temporal else _other_amounts(left, right, ours, theirs):
                    value, other = (one.edtf or f"{one.low or ''}..{one.high or ''}" for one in (ours, theirs))
                    yield _Edge(alike, "temporal" if temporal else "numeric", left, right, (value, other))


def _other_days(ours: PredictedNumber, theirs: PredictedNumber) -> bool:
    left, right = days_of(ours.edtf or ""), days_of(theirs.edtf or "")
    return left is not None and right is not None and (left[1] < right[0] or right[1] < left[0])


def _other_amounts(left: _Clause, right: _Clause, ours: PredictedNumber, theirs: PredictedNumber) -> bool:
    """Whether two amounts of one unit exclude each other, as of one time."""
    units = {_root(str(number.unit or "")) for number in (ours, theirs)}
    if ours.kind != theirs.kind or ours.kind in ("ident", "ordinal", "set", "date") or len(units) > 1:
        return False
    times, other_times = ([one for one in clause.numbers if one.kind == "date"] for clause in (left, right))
    years = {(one.edtf or "")[:4] for one in times} or {str(left.published)[:4]}
    other_years = {(one.edtf or "")[:4] for one in other_times} or {str(right.published)[:4]}
    if "vague" in (ours.modality, theirs.modality) or not years & other_years:
        return False
    if any(_other_days(one, other) for one in times for other in other_times):
        return False
    (low, high), (other_low, other_high) = _bounds(ours), _bounds(theirs)
    if low <= other_high and other_low <= high:
        return False
    tallied = {_root(word) for word in words("tallied")}
    if all(tallied & (clause.roots | units) for clause in (left, right)) and left.published and right.published:
        earlier, later = (low, other_low) if left.published < right.published else (other_low, low)
        return left.published != right.published and later < earlier
    return True


def _bounds(number: PredictedNumber) -> tuple[Fraction, Fraction]:
    """The bounds of an amount, a tenth to each side of an approximate one."""
    value = value_of(number)
    slack, high = Fraction(value.modality == "approx", 10), Fraction(10**15) if value.high is None else value.high
    return (value.low or Fraction(0)) * (1 - slack), high * (1 + slack)


def _denied(story: Sequence[_Clause], annotations: Sequence[Annotations], asserted: _Alike) -> Iterator[_Edge]:
    """Yield what is denied and the denial: what `هذه الأنباء` points to, what is like its object, a negated clause."""
    for said in annotations:
        for quote in said.quotes:
            if quote.act != "denial":
                continue
            start, end = quote.content[0].start or 0, quote.content[0].end or 0
            own = [one for one in story if one.doc_id == said.doc_id and one.start < end and start < one.end]
            if not own:
                continue
            denial, content = own[0], form(quote.content[0].text or "").split()
            before = [
                one for one in asserted.clauses if one.doc_id == denial.doc_id and one.end <= start and one not in own
            ]
            if content[0] in words("pointers") and before:
                told = [one for one in before if one.speaker] or before
                yield _Edge(0.6, "polarity", told[-1], denial, ("yes", "no"))
                continue
            for other, alike in asserted.to(_roots(content), _LEAST_DENIED):
                apart = other.doc_id != denial.doc_id or other.speaker != denial.speaker
                if other not in own and apart:
                    yield _Edge(alike, "polarity", other, denial, ("yes", "no"))
    for negated in (clause for clause in story if clause.negated):
        for other, alike in asserted.to(negated.roots, _LEAST_NEGATED):
            if _comparable(negated, other):
                yield _Edge(alike, "polarity", other, negated, ("yes", "no"))
