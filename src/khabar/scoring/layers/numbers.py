"""Numbers: the full tuple of span, kind, exact interval, modality and unit; for dates the resolved EDTF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from khabar.records import PredictedNumber
from khabar.records.labels import MODALITIES, NUMBER_KINDS
from khabar.scoring.assignment import Pair
from khabar.scoring.matching import Layer, Sheet, UnitOf, best_covered, never_right, overlaps, units
from khabar.scoring.metrics import Figure, credit_f1, macro_f1, prf, ratio, recall
from khabar.scoring.number_errors import ERRORS, days_in_common, errors_of
from khabar.text.grounding import Grounded, GroundedDocument
from khabar.text.passages import Passage
from khabar.text.spans import Spans, normal, overlapping
from khabar.text.values import (
    is_right,
    same_date,
    same_literal,
    same_unit,
    same_value,
    value_of,
)

Mention = Grounded[PredictedNumber]
Test = Callable[[PredictedNumber, PredictedNumber], bool]

ASPECTS: dict[str, Test] = {
    "detection": lambda gold, said: True,
    "kind": lambda gold, said: gold.kind == said.kind,
    "value": lambda gold, said: gold.kind == said.kind and same_value(gold, said),
    "unit": lambda gold, said: gold.kind == said.kind and same_unit(gold, said),
}
"""Single aspects of a number: each is the F1 of the right span with that aspect right."""

_DATE_ASPECTS: dict[str, Test] = {"dates.resolved": same_date, "dates.literal": same_literal}


def figures(phenomena: Iterable[str]) -> list[Figure]:
    """Name the figures of the layer."""
    found = [*prf("", "full")]
    for aspect in ASPECTS:
        found.extend(prf(aspect, aspect))
    for kind in NUMBER_KINDS:
        if kind != "ident":
            found.extend(prf(f"kind.{kind}", f"kind.{kind}"))
    modalities = tuple(f"modality.{name}.{outcome}" for name in MODALITIES for outcome in ("tp", "fp", "fn"))
    found.append(Figure("modality.macro_f1", macro_f1, modalities))
    for aspect in _DATE_ASPECTS:
        found.extend(prf(aspect, aspect))
    found.append(Figure("dates.interval_credit", credit_f1, ("dates.credit", "dates.predicted", "dates.gold")))
    found.append(Figure("traps.false_alarm_rate", ratio, ("traps.hit", "traps.rows")))
    for error in ERRORS:
        found.append(Figure(f"errors.{error}", ratio, (f"errors.{error}", "detection.tp")))
    for tag in phenomena:
        columns = (f"phenomenon.{tag}.tp", f"phenomenon.{tag}.fn")
        found.append(Figure(f"phenomenon.{tag}.recall", recall, columns))
    return found


def count(layer: Layer, document: GroundedDocument, predicted: tuple[Mention, ...], unit_of: UnitOf) -> None:
    """Add one document's counts."""
    passage, gold, counts = document.passage, document.numbers, layer.counts
    scored = [at for at, row in enumerate(gold) if row.item.scored and row.item.kind != "ident"]
    aside, alarms = judge_rest(passage, gold, predicted)
    spotted = spot(passage, gold, scored, predicted)

    def pairs(test: Test, where: Callable[[PredictedNumber], bool] = lambda said: True) -> list[Pair]:
        open_to = ((at, guess) for at, guess in spotted if where(gold[at].item))
        return [(at, guess, 1) for at, guess in open_to if test(gold[at].item, predicted[guess].item)]

    rights = pairs(is_right)
    gold_units, predicted_units = units(gold, passage, unit_of), units(predicted, passage, unit_of)
    sheet = Sheet(counts, scored, never_right(aside, rights), gold_units, predicted_units)
    full = sheet.tally("full", rights)
    layer.set_aside += len(full.aside)
    layer.ungrounded += sum(item.spans is None for item in predicted)
    for outcome, rows in (("tp", [at for at, _ in full.pairs]), ("fn", full.missed)):
        for at in rows:
            counts.add(gold_units[at], f"kind.{gold[at].item.kind}.{outcome}")
            for tag in gold[at].item.phenomena or ():
                counts.add(gold_units[at], f"phenomenon.{tag}.{outcome}")
    for guess in full.false:
        counts.add(predicted_units[guess], f"kind.{predicted[guess].item.kind}.fp")

    for aspect, test in ASPECTS.items():
        settled = sheet.tally(aspect, pairs(test))
        if aspect == "detection":
            for at, guess in settled.pairs:
                for error in errors_of(gold[at].item, predicted[guess].item):
                    counts.add(gold_units[at], f"errors.{error}")

    dates = [at for at in scored if gold[at].item.kind == "date"]
    undated = [item.item.kind != "date" or sheet.aside[guess] for guess, item in enumerate(predicted)]
    dated = sheet.only(dates, undated)
    for aspect, test in _DATE_ASPECTS.items():
        dated.tally(aspect, pairs(test, lambda said: said.kind == "date"))
    _count_interval_credit(dated, gold, predicted, spotted)
    _count_modalities(sheet, gold, predicted, spotted)
    _count_traps(sheet, gold, alarms, {guess for _, guess in full.pairs})


def _count_traps(sheet: Sheet, gold: tuple[Mention, ...], alarms: Mapping[int, int], right: set[int]) -> None:
    """Count the `ident` rows, and those on which something else was said that is right nowhere."""
    hit = {row for guess, row in alarms.items() if guess not in right}
    for at, row in enumerate(gold):
        if row.item.kind == "ident":
            sheet.counts.add(sheet.gold_units[at], "traps.rows")
            sheet.counts.add(sheet.gold_units[at], "traps.hit", int(at in hit))


def judge_rest(
    passage: Passage, gold: tuple[Mention, ...], predicted: tuple[Mention, ...]
) -> tuple[list[bool], dict[int, int]]:
    """Say what an unassigned prediction is: set aside or not, and which trap it fell into (prediction → row).

    The trap rule comes first: an `ident` prediction on an `ident` row stays out, any other one on it is a false alarm.
    """
    idents = [at for at, row in enumerate(gold) if row.item.kind == "ident"]
    # A tie goes to the scored row; the trap rule comes before what is not scored.
    rank = [1 if row.item.kind == "ident" else 2 if row.item.scored else 0 for row in gold]
    guesses = [item.spans for item in predicted]
    covered = best_covered(passage, [[row.spans or ()] for row in gold], guesses, rank)
    touched = {
        guess for _, guess in overlapping([gold[at].spans or () for at in idents], [spans or () for spans in guesses])
    }
    aside, alarms = [False] * len(predicted), {}
    for guess, item in enumerate(predicted):
        if item.spans is None:
            continue
        best = covered[guess]
        if item.item.kind == "ident" and guess in touched:
            aside[guess] = True
        elif best is not None and gold[best[0]].item.kind == "ident":
            alarms[guess] = best[0]
        elif passage.in_boilerplate(item.spans):
            aside[guess] = True
        elif best is not None:
            row, (shared, union) = best
            aside[guess] = not gold[row].item.scored and 2 * shared >= union
    return aside, alarms


def spot(
    passage: Passage, gold: tuple[Mention, ...], scored: list[int], predicted: tuple[Mention, ...]
) -> list[tuple[int, int]]:
    """Pairs with the right span: core ⊆ prediction ⊆ mention plus modifier, on letters."""
    guesses = [item.spans or () for item in predicted]
    sizes = list(map(passage.letters, guesses))
    cores = [_core(gold[at]) for at in scored]
    inside = (
        (place, guess)
        for place, guess, shared, _ in overlaps(passage, [with_modifier(gold[at]) for at in scored], guesses)
        if shared == sizes[guess]
    )
    return sorted((scored[place], guess) for place, guess in inside if passage.inside(cores[place], guesses[guess]))


def _core(row: Mention) -> Spans:
    core = row.item.core
    if core is None or core.start is None or core.end is None:
        return row.spans or ()
    return ((core.start, core.end),)


def with_modifier(row: Mention) -> Spans:
    """Where a right span may reach: the mention and its modifier."""
    modifier = row.item.modifier
    if modifier is None or modifier.start is None or modifier.end is None:
        return row.spans or ()
    return normal([*(row.spans or ()), (modifier.start, modifier.end)])


def _count_modalities(
    sheet: Sheet, gold: tuple[Mention, ...], predicted: tuple[Mention, ...], spotted: list[tuple[int, int]]
) -> None:
    """F1 of each modality on numbers that have one (dates have none)."""

    def modality(said: PredictedNumber) -> str | None:
        return None if said.kind in ("date", "ident") else value_of(said).modality

    valued = [at for at in sheet.scored if modality(gold[at].item) is not None]
    out = [sheet.aside[guess] or modality(item.item) is None for guess, item in enumerate(predicted)]
    edges = [
        (at, guess, 1)
        for at, guess in spotted
        if (said := modality(gold[at].item)) is not None and said == modality(predicted[guess].item)
    ]
    settled = sheet.only(valued, out).settle(edges)
    for outcome, rows in (("tp", [at for at, _ in settled.pairs]), ("fn", settled.missed)):
        for at in rows:
            sheet.counts.add(sheet.gold_units[at], f"modality.{modality(gold[at].item)}.{outcome}")
    for guess in settled.false:
        sheet.counts.add(sheet.predicted_units[guess], f"modality.{modality(predicted[guess].item)}.fp")


_CREDIT_STEPS = 1_000_000


def _count_interval_credit(
    dated: Sheet, gold: tuple[Mention, ...], predicted: tuple[Mention, ...], spotted: list[tuple[int, int]]
) -> None:
    """Credit a date by the share of days it has in common with gold's (intersection over union)."""
    credits = {
        (at, guess): days_in_common(gold[at].item, predicted[guess].item)
        for at, guess in spotted
        if gold[at].item.kind == "date" and predicted[guess].item.kind == "date"
    }
    settled = dated.settle((*pair, int(credit * _CREDIT_STEPS)) for pair, credit in credits.items())
    for pair in settled.pairs:
        dated.counts.add(dated.gold_units[pair[0]], "dates.credit", float(credits[pair]))
        dated.counts.add(dated.gold_units[pair[0]], "dates.predicted")
    for guess in settled.false:
        dated.counts.add(dated.predicted_units[guess], "dates.predicted")
    for at in dated.scored:
        dated.counts.add(dated.gold_units[at], "dates.gold")
