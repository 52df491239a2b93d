"""What went wrong with the numbers of a document."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.records import PredictedNumber
from khabar.records.errors import NumberCause
from khabar.scoring.assignment import Pair, lexicographic
from khabar.scoring.errors.leftovers import pair_up, permille
from khabar.scoring.errors.record import Verdict
from khabar.scoring.layers import numbers
from khabar.scoring.matching import never_right, overlaps, settle
from khabar.scoring.number_errors import errors_of
from khabar.text.grounding import Grounded
from khabar.text.passages import Passage
from khabar.text.values import is_right, same_interval, value_of

Mention = Grounded[PredictedNumber]


def judge(passage: Passage, gold: tuple[Mention, ...], predicted: tuple[Mention, ...]) -> list[Verdict]:
    """Name each error. A false alarm on a trap is that alone; other missed and false numbers pair by overlap."""
    scored = [at for at, row in enumerate(gold) if row.item.scored and row.item.kind != "ident"]
    aside, alarms = numbers.judge_rest(passage, gold, predicted)
    spotted = set(numbers.spot(passage, gold, scored, predicted))
    rights = [(at, guess, 1) for at, guess in spotted if is_right(gold[at].item, predicted[guess].item)]
    full = settle(scored, rights, never_right(aside, rights))
    free = [guess for guess in full.false if guess not in alarms]
    rest = pair_up(full.missed, free, _likeness(passage, gold, predicted, spotted))
    return [
        *(
            Verdict("wrong", pair_cause(gold[at].item, predicted[guess].item, (at, guess) in spotted), at, guess)
            for at, guess in rest.pairs
        ),
        *(Verdict("missed", "missed", at, None) for at in rest.missed),
        *(Verdict("false", "spurious", None, guess) for guess in rest.false),
        *(Verdict("false", "trap", alarms[guess], guess) for guess in full.false if guess in alarms),
    ]


def pair_cause(gold: PredictedNumber, predicted: PredictedNumber, span_right: bool) -> NumberCause:
    """Why a number that overlaps a missed row is not it: the first cause that applies, from the span inward."""
    if not span_right:
        return "boundary"
    named = errors_of(gold, predicted)
    if "year_as_count" in named:
        return "year_as_count"
    if "count_as_year" in named:
        return "count_as_year"
    if gold.kind != predicted.kind:
        return "kind"
    if gold.kind == "date":
        return "wrong_value"
    if "lost_multiplier" in named:
        return "lost_multiplier"
    if "summed_range" in named:
        return "summed_range"
    if not same_interval(gold, predicted) and not _only_modality(gold, predicted):
        return "wrong_value"
    return "wrong_modality" if "wrong_modality" in named else "wrong_unit"


def _only_modality(gold: PredictedNumber, predicted: PredictedNumber) -> bool:
    """Tell whether the modalities differ and the bounds that both have are equal: "5" for "at least 5"."""
    ours, theirs = value_of(gold), value_of(predicted)
    both = [(a, b) for a, b in ((ours.low, theirs.low), (ours.high, theirs.high)) if a is not None and b is not None]
    return ours.modality != theirs.modality and bool(both) and all(a == b for a, b in both)


def _likeness(
    passage: Passage, gold: Sequence[Mention], predicted: Sequence[Mention], spotted: set[tuple[int, int]]
) -> list[Pair]:
    """Weigh overlapping pairs: the right span first, then the letters they share."""
    outer = [numbers.with_modifier(row) for row in gold]
    found: list[Pair] = []
    for at, guess, *iou in overlaps(passage, outer, [item.spans or () for item in predicted]):
        if iou[0]:
            found.append((at, guess, lexicographic(int((at, guess) in spotted), permille((iou[0], iou[1])))))
    return found
