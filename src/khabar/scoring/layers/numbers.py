"""Numbers: the full tuple of span, kind, exact interval, modality and unit; for dates the resolved EDTF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from khabar.records import PredictedNumber
from khabar.records.errors import NumberCause
from khabar.records.labels import MODALITIES, NUMBER_KINDS
from khabar.scoring.assignment import Pair, lexicographic
from khabar.scoring.cases import DocumentCase
from khabar.scoring.counts import Metric, credit_f1, macro_f1, of_phenomena, prf, ratio
from khabar.scoring.layers.judge import DocumentJudge
from khabar.scoring.verdicts import (
    Count,
    DocumentVerdict,
    Fault,
    Pairing,
    headline,
    outcomes,
    pair,
)
from khabar.text.dates import days_in_common, same_date, same_literal
from khabar.text.grounding import Grounded, offsets_of
from khabar.text.spans import Passage, Spans, best_covered, normal, overlapping, overlaps, permille
from khabar.text.values import Value, is_right, same_interval, same_unit, same_value, value_of

GroundedNumber = Grounded[PredictedNumber]
Test = Callable[[PredictedNumber, PredictedNumber], bool]

ASPECTS: dict[str, Test] = {
    "detection": lambda gold, predicted: True,
    "kind": lambda gold, predicted: gold.kind == predicted.kind,
    "value": lambda gold, predicted: gold.kind == predicted.kind and same_value(gold, predicted),
    "unit": lambda gold, predicted: gold.kind == predicted.kind and same_unit(gold, predicted),
}
"""Single aspects of a number: each has the F1 of the right span with that aspect right."""

DATE_ASPECTS: dict[str, Test] = {"dates.resolved": same_date, "dates.literal": same_literal}

_CREDIT_STEPS = 1_000_000


@dataclass(frozen=True)
class NumberVerdict(DocumentVerdict[PredictedNumber]):
    """A document's numbers."""

    located: Sequence[tuple[int, int]]
    """Pairs whose span is right."""
    alarms: Mapping[int, int]
    """Prediction → the `ident` row it would fall for if it stays without a partner."""

    @cached_property
    def pairings(self) -> dict[str, Pairing]:
        """Of the headline, each aspect, dates and modalities."""
        pairings = {"full": self.headline}
        pairings |= {aspect: self.pair(self._edges(test)) for aspect, test in ASPECTS.items()}
        pairings |= {aspect: self.pair(self._edges(test), _is_date) for aspect, test in DATE_ASPECTS.items()}
        credits = ((*both, lexicographic(int(credit * _CREDIT_STEPS), 1)) for both, credit in self._day_credits.items())
        pairings["dates.interval"] = self.pair(credits, _is_date)
        same = self._edges(lambda x, y: _modality(x) == _modality(y))
        pairings["modality"] = self.pair(same, lambda item: _modality(item) is not None)
        return pairings

    def counts(self) -> Iterator[Count]:
        """Yield the counts of all figures."""
        rows, items, pairings = self.gold, self.predicted, self.pairings
        yield from outcomes("full", self.headline)
        yield from _outcomes_by(self.headline, "kind", rows, items, lambda item: item.kind)
        yield from self.phenomena()
        for prefix in (*ASPECTS, *DATE_ASPECTS):
            yield from outcomes(prefix, pairings[prefix])
        for row, guess in pairings["detection"].pairs:
            for error in errors_of(rows[row].item, items[guess].item):
                yield Count(f"errors.{error}", "gold", row)
        yield from self._interval_counts()
        yield from _outcomes_by(pairings["modality"], "modality", rows, items, _modality)
        right = {guess for _, guess in self.headline.pairs}
        hit = {row for guess, row in self.alarms.items() if guess not in right}
        for index, number in enumerate(rows):
            if number.item.kind == "ident":
                yield Count("traps.rows", "gold", index)
                yield Count("traps.hit", "gold", index, int(index in hit))

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Name each error. A false alarm on a trap is that alone."""
        located = set(self.located)
        free = [guess for guess in self.headline.false if guess not in self.alarms]
        errors = pair(self.headline.missed, free, self._likeness(located))
        return (
            *(
                Fault("wrong", self._cause(row, guess, (row, guess) in located), row, guess)
                for row, guess in errors.pairs
            ),
            *(Fault("missed", "missed", row, None) for row in errors.missed),
            *(Fault("false", "spurious", None, guess) for guess in errors.false),
            *(Fault("false", "trap", self.alarms[g], g) for g in self.headline.false if g in self.alarms),
        )

    def _edges(self, test: Test) -> Iterator[Pair]:
        """Yield the located pairs that pass a test."""
        for row, guess in self.located:
            if test(self.gold[row].item, self.predicted[guess].item):
                yield row, guess, 1

    @cached_property
    def _day_credits(self) -> dict[tuple[int, int], Fraction]:
        """Share of days that the dates of each located pair have in common."""
        pairs = ((row, guess, self.gold[row].item, self.predicted[guess].item) for row, guess in self.located)
        return {(row, guess): days_in_common(x, y) for row, guess, x, y in pairs if x.kind == y.kind == "date"}

    def _interval_counts(self) -> Iterator[Count]:
        pairing = self.pairings["dates.interval"]
        for row, guess in pairing.pairs:
            yield Count("dates.credit", "gold", row, float(self._day_credits[row, guess]))
            yield Count("dates.predicted", "gold", row)
        yield from (Count("dates.predicted", "predicted", guess) for guess in pairing.false)
        yield from (Count("dates.gold", "gold", row) for row in pairing.rows)

    def _cause(self, row: int, guess: int, is_located: bool) -> NumberCause:
        return number_cause(self.gold[row].item, self.predicted[guess].item) if is_located else "boundary"

    def _likeness(self, located: set[tuple[int, int]]) -> Iterator[Pair]:
        """Weigh overlapping pairs: the right span first, then the letters they share."""
        outer = [_with_modifier(row) for row in self.gold]
        for row, guess, *iou in overlaps(self.passage, outer, [item.spans or () for item in self.predicted]):
            if iou[0]:
                yield row, guess, lexicographic(int((row, guess) in located), permille((iou[0], iou[1])))


class Numbers(DocumentJudge[NumberVerdict]):
    """The layer of numbers and dates."""

    layer = "numbers"

    def metrics(self) -> list[Metric]:
        """Name the figures."""
        metrics = [*prf("", "full")]
        for aspect in ASPECTS:
            metrics.extend(prf(aspect, aspect))
        for kind in NUMBER_KINDS:
            if kind != "ident":
                metrics.extend(prf(f"kind.{kind}", f"kind.{kind}"))
        modalities = tuple(f"modality.{name}.{outcome}" for name in MODALITIES for outcome in ("tp", "fp", "fn"))
        metrics.append(Metric("modality.macro_f1", macro_f1, modalities))
        for aspect in DATE_ASPECTS:
            metrics.extend(prf(aspect, aspect))
        metrics.append(Metric("dates.interval_credit", credit_f1, ("dates.credit", "dates.predicted", "dates.gold")))
        metrics.append(Metric("traps.false_alarm_rate", ratio, ("traps.hit", "traps.rows")))
        for error in NUMBER_ERRORS:
            metrics.append(Metric(f"errors.{error}", ratio, (f"errors.{error}", "detection.tp")))
        return metrics + of_phenomena(self.corpus.tags(self.layer))

    def judge(self, case: DocumentCase) -> NumberVerdict:
        """Pair the numbers of a document whose spans and values are right."""
        passage, rows, items = case.gold.passage, case.gold.numbers, case.predicted.numbers
        scored = [index for index, row in enumerate(rows) if row.item.scored and row.item.kind != "ident"]
        aside, alarms = _unassigned(passage, rows, items)
        located = _located(passage, rows, scored, items)
        right = [(row, guess, 1) for row, guess in located if is_right(rows[row].item, items[guess].item)]
        return NumberVerdict(case, rows, items, headline(scored, right, aside), located, alarms)


def _is_date(item: PredictedNumber) -> bool:
    return item.kind == "date"


def _modality(item: PredictedNumber) -> str | None:
    """The modality of a number; None for a date or an identifier, which have none."""
    return None if item.kind in ("date", "ident") else value_of(item).modality


def _outcomes_by(
    pairing: Pairing,
    prefix: str,
    rows: Sequence[GroundedNumber],
    items: Sequence[GroundedNumber],
    name: Callable[[PredictedNumber], str | None],
) -> Iterator[Count]:
    """Yield the counts of a pairing, class by class: pairs and missed rows by gold's class, the rest by their own."""
    yield from (Count(f"{prefix}.{name(rows[row].item)}.tp", "gold", row) for row, _ in pairing.pairs)
    yield from (Count(f"{prefix}.{name(rows[row].item)}.fn", "gold", row) for row in pairing.missed)
    yield from (Count(f"{prefix}.{name(items[guess].item)}.fp", "predicted", guess) for guess in pairing.false)


def _unassigned(
    passage: Passage, rows: Sequence[GroundedNumber], items: Sequence[GroundedNumber]
) -> tuple[list[bool], dict[int, int]]:
    """Say what a prediction is without a partner: set aside or not, and which trap it falls for (prediction → row).

    The trap rule comes first: an `ident` prediction on an `ident` row is set aside, any other one on it is an alarm.
    """
    traps = [index for index, row in enumerate(rows) if row.item.kind == "ident"]
    # A tie goes to the scored row; the trap rule comes before what is not scored.
    rank = [1 if row.item.kind == "ident" else 2 if row.item.scored else 0 for row in rows]
    guesses = [item.spans or () for item in items]
    covered = best_covered(passage, [[row.spans or ()] for row in rows], guesses, rank)
    on_traps = {guess for _, guess in overlapping([rows[index].spans or () for index in traps], guesses)}
    aside, alarms = [False] * len(items), {}
    for guess, item in enumerate(items):
        best = covered[guess]
        if item.item.kind == "ident" and guess in on_traps:
            aside[guess] = True
        elif best is not None and rows[best[0]].item.kind == "ident":
            alarms[guess] = best[0]
        elif passage.in_boilerplate(item.spans or ()):
            aside[guess] = True
        elif best is not None:
            row, (shared, union) = best
            aside[guess] = not rows[row].item.scored and 2 * shared >= union
    return aside, alarms


def _located(
    passage: Passage, rows: Sequence[GroundedNumber], scored: Sequence[int], items: Sequence[GroundedNumber]
) -> list[tuple[int, int]]:
    """Find the pairs with the right span: core ⊆ prediction ⊆ mention plus modifier, on letters."""
    guesses = [item.spans or () for item in items]
    sizes = list(map(passage.letters, guesses))
    cores = [_core(rows[index]) for index in scored]
    inside = (
        (place, guess)
        for place, guess, shared, _ in overlaps(passage, [_with_modifier(rows[index]) for index in scored], guesses)
        if shared == sizes[guess]
    )
    return sorted((scored[place], guess) for place, guess in inside if passage.inside(cores[place], guesses[guess]))


def _core(row: GroundedNumber) -> Spans:
    return offsets_of([row.item.core] if row.item.core else None) or row.spans or ()


def _with_modifier(row: GroundedNumber) -> Spans:
    """Where a right span may reach: the mention and its modifier."""
    modifier = offsets_of([row.item.modifier] if row.item.modifier else None)
    return normal([*(row.spans or ()), *modifier])


NUMBER_ERRORS = ("lost_multiplier", "summed_range", "year_as_count", "count_as_year", "wrong_modality", "wrong_unit")

_MULTIPLIERS = {Fraction(10) ** power for power in (2, 3, 6, 9, 12)}


def errors_of(gold: PredictedNumber, predicted: PredictedNumber) -> list[str]:
    """Name what went wrong on a number whose span is right."""
    if gold.kind == "date":
        return ["year_as_count"] if predicted.kind in ("count", "measure") else []
    if predicted.kind == "date":
        return ["count_as_year"]
    ours, theirs = value_of(gold), value_of(predicted)
    wrong = not same_interval(gold, predicted)
    is_made = {
        "lost_multiplier": wrong and _differ_by_multiplier(ours, theirs),
        "summed_range": wrong and _is_sum(ours, theirs),
        "wrong_modality": ours.modality != theirs.modality,
        "wrong_unit": not same_unit(gold, predicted),
    }
    return [error for error, is_so in is_made.items() if is_so]


def _differ_by_multiplier(ours: Value, theirs: Value) -> bool:
    bounds = ((ours.low, theirs.low), (ours.high, theirs.high))
    return any(x and y and x / y in _MULTIPLIERS for x, y in bounds)


def _is_sum(ours: Value, theirs: Value) -> bool:
    if ours.modality != "range" or ours.low is None or ours.high is None:
        return False
    return theirs.low == theirs.high == ours.low + ours.high


def number_cause(gold: PredictedNumber, predicted: PredictedNumber) -> NumberCause:
    """Say why a number with the right span is wrong: the first cause that applies."""
    errors = errors_of(gold, predicted)
    confused: tuple[NumberCause, NumberCause] = ("year_as_count", "count_as_year")
    for cause in confused:
        if cause in errors:
            return cause
    if gold.kind != predicted.kind:
        return "kind"
    if gold.kind == "date":
        return "wrong_value"
    miscounted: tuple[NumberCause, NumberCause] = ("lost_multiplier", "summed_range")
    for cause in miscounted:
        if cause in errors:
            return cause
    if not same_interval(gold, predicted) and not _only_modality(gold, predicted):
        return "wrong_value"
    return "wrong_modality" if "wrong_modality" in errors else "wrong_unit"


def _only_modality(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Tell whether the modalities differ and the bounds that both have are equal: "5" for "at least 5"."""
    x, y = value_of(gold), value_of(predicted)
    both = [(a, b) for a, b in ((x.low, y.low), (x.high, y.high)) if a is not None and b is not None]
    return x.modality != y.modality and bool(both) and all(a == b for a, b in both)
