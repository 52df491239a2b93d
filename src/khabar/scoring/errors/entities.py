"""What went wrong with the entities of a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from khabar.records import PredictedEntity
from khabar.records.errors import EntityCause
from khabar.scoring.assignment import Pair, lexicographic
from khabar.scoring.errors.leftovers import pair_up, permille
from khabar.scoring.errors.record import Verdict
from khabar.scoring.matching import overlaps
from khabar.text.grounding import Grounded, is_clitic_before
from khabar.text.passages import Passage
from khabar.text.spans import Spans

Mention = Grounded[PredictedEntity]


def judge(passage: Passage, gold: Sequence[Mention], predicted: Sequence[Mention]) -> list[Verdict]:
    """Name each error. A missed and a false mention are one if they overlap and share their span or their label."""
    scored = {_key(row): at for at, row in enumerate(gold) if row.item.scored and row.spans}
    said = [_key(item) if item.spans else None for item in predicted]
    found = {key for key in said if key in scored}
    missed = [at for at, row in enumerate(gold) if row.item.scored and not (row.spans and _key(row) in found)]
    again = _repeated(said)
    aside = _aside(passage, gold, predicted)
    false = [at for at, key in enumerate(said) if key not in scored and not aside[at]]
    rest = pair_up(missed, false, _likeness(passage, gold, predicted))
    inner = nested([_extent(row.spans) for row in gold])
    return [
        *(Verdict("wrong", pair_cause(passage, gold[at], predicted[guess]), at, guess) for at, guess in rest.pairs),
        *(Verdict("missed", "nested_missed" if at in inner else "missed", at, None) for at in rest.missed),
        *(Verdict("false", "spurious", None, guess) for guess in rest.false),
        *(
            Verdict("false", "duplicate", scored[key], guess)
            for guess, key in enumerate(said)
            if key is not None and key in scored and guess in again
        ),
    ]


def pair_cause(passage: Passage, gold: Mention, predicted: Mention) -> EntityCause:
    """Why a mention that overlaps a missed row is not it."""
    if gold.spans == predicted.spans:
        return "label"
    (start, end), (guessed, guessed_end) = _extent(gold.spans), _extent(predicted.spans)
    between = min(start, guessed), max(start, guessed)
    clitic = end == guessed_end and passage.text is not None and is_clitic_before(passage.text, *between)
    return "clitic" if clitic else "boundary"


def _key(item: Mention) -> tuple[Spans | None, str]:
    return item.spans, item.item.label


def _extent(spans: Spans | None) -> tuple[int, int]:
    return (spans[0][0], spans[-1][1]) if spans else (-1, -1)


def _repeated(said: Sequence[object]) -> set[int]:
    """Indices of all but the first of equal mentions."""
    seen: Counter[object] = Counter()
    again = set()
    for at, key in enumerate(said):
        if seen[key]:
            again.add(at)
        seen[key] += 1
    return again


def _aside(passage: Passage, gold: Sequence[Mention], predicted: Sequence[Mention]) -> list[bool]:
    """Say of each prediction whether it stays out without a partner: boilerplate, or the span of a don't-care row."""
    scored = {row.spans for row in gold if row.item.scored}
    ignored = {row.spans for row in gold if not row.item.scored} - scored
    return [bool(i.spans) and (i.spans in ignored or passage.in_boilerplate(i.spans or ())) for i in predicted]


def _likeness(passage: Passage, gold: Sequence[Mention], predicted: Sequence[Mention]) -> list[Pair]:
    pairs = overlaps(passage, [row.spans or () for row in gold], [item.spans or () for item in predicted])
    found: list[Pair] = []
    for at, guess, shared, union in pairs:
        row, item = gold[at], predicted[guess]
        if row.spans == item.spans or row.item.label == item.item.label:
            weight = permille((shared, union))
            found.append((at, guess, lexicographic(int(row.spans == item.spans), weight)))
    return found


def nested(extents: Sequence[tuple[int, int]]) -> set[int]:
    """Indices of the extents that lie inside a longer one."""
    found: set[int] = set()
    reach = (-1, -1)  # of those met so far, the one that ends last, and of these the longest
    for at in sorted(range(len(extents)), key=lambda at: (extents[at][0], -extents[at][1])):
        start, end = extents[at]
        if end <= reach[1] and (start, end) != reach:
            found.add(at)
        elif end > reach[1]:
            reach = start, end
    return found
