"""Entities as columns: the counts that verdicts add up to, for all documents in a few array operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from khabar.reading.mentions import LABEL_NUMBER, Documents, Mentions, keys
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.assignment import assign, lexicographic
from khabar.scoring.cases import Cases
from khabar.scoring.counting import SamplingFrame, Table, narrow
from khabar.scoring.layers.semeval import SCHEMES, count_schemes
from khabar.scoring.tally import Units
from khabar.text.grounding import GroundedDocument
from khabar.text.search import is_clitic_before
from khabar.text.spans import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]


def count_columns(cases: Cases, units: Units) -> tuple[Table, int, int]:
    """Count the mentions of all documents: what the verdicts of `Entities.judge` add up to.

    Returns counts per unit, and how many predictions are set aside and are ungrounded.
    """
    import numpy as np

    reference = cases.reference
    gold = sorted_mentions(reference.annotations, reference.documents)
    ours = sorted_mentions(cases.annotations, cases.predictions)
    names = list(reference.documents)
    passages = [document.passage for document in reference.documents.values()]
    counter = _Counter(units.frame, _units(gold, passages, units), _units(ours, passages, units))

    key, guess = keys(*((m.document, m.start, m.end, m.label) for m in (gold, ours)))
    scored = gold.scored & gold.grounded
    is_right = among(guess, key[scored]) & ours.grounded
    first = np.ones(len(ours), bool)
    first[1:] = guess[1:] != guess[:-1]
    paired = scored & among(key, guess[ours.grounded])
    hit = is_right & first
    zoned = {record.doc_id for record in reference.annotations if record.zones}
    in_zones = [(at, passages[at]) for at, name in enumerate(names) if name in zoned]
    aside = _set_aside(gold, ours, in_zones) & ~is_right
    missed, false = gold.scored & ~paired, ~hit & ~aside

    for outcome, which, of_gold in (("tp", paired, True), ("fn", missed, True), ("fp", false, False)):
        indices, labels = np.flatnonzero(which), (gold if of_gold else ours).label
        counter.add(f"exact.{outcome}", indices, of_gold)
        for at, label in enumerate(ENTITY_LABELS):
            counter.add(f"label.{label}.{outcome}", indices[labels[indices] == at], of_gold)
    for tag in cases.tags("entities"):
        tagged = np.array([tag in (item.phenomena or ()) for item in gold.items], bool)
        counter.add(f"phenomenon.{tag}.tp", np.flatnonzero(paired & tagged), True)
        counter.add(f"phenomenon.{tag}.fn", np.flatnonzero(missed & tagged), True)
    _count_schemes(counter, gold, ours, aside)
    if cases.facts.with_texts:
        rows, guesses = _clitic_tolerant(gold, ours, passages, ~aside)
        missed, false = gold.scored.copy(), ~aside
        missed[rows] = false[guesses] = False
        counter.add("clitic.tp", rows, True)
        counter.add("clitic.fn", np.flatnonzero(missed), True)
        counter.add("clitic.fp", np.flatnonzero(false), False)
    return counter.table(), int(aside.sum()), int((~ours.grounded).sum())


class _Counter:
    """Gathers (unit, column) pairs as arrays and counts them in the end."""

    def __init__(self, frame: SamplingFrame, gold_units: Integers, units: Integers) -> None:
        self._frame = frame
        self._units = {True: gold_units, False: units}
        self._found: dict[str, list[Integers]] = defaultdict(list)

    def add(self, column: str, indices: Integers, of_gold: bool) -> None:
        """Count one for each index of a gold row or of a prediction."""
        if len(indices):
            self._found[column].append(self._units[of_gold][indices])

    def table(self) -> Table:
        """Count."""
        import numpy as np

        columns = sorted(self._found)
        by_column = np.zeros((len(columns), len(self._frame)), np.int32)
        for counts, column in zip(by_column, columns, strict=True):
            counts[:] = np.bincount(np.concatenate(self._found[column]), minlength=len(self._frame))
        return Table(self._frame, columns, list(map(narrow, by_column)))


def _units(mentions: Mentions, passages: Sequence[Passage], units: Units) -> Integers:
    """Index of the unit each mention counts to."""
    import numpy as np

    if not units.by_paragraph:
        return np.array(units.of_documents(), np.int64)[mentions.document] if units.by_story else mentions.document
    places = zip(mentions.document.tolist(), mentions.start.tolist(), strict=True)
    return np.array([units.frame.index[units.of_offset(passages[at], start)] for at, start in places], np.int64)


def _set_aside(gold: Mentions, ours: Mentions, passages: Iterable[tuple[int, Passage]]) -> Booleans:
    """Say of each prediction whether it stays out without a partner: boilerplate, or the span of a don't-care row."""
    import numpy as np

    row, guess = keys(*((m.document, m.start, m.end) for m in (gold, ours)))
    aside = among(guess, row[~gold.scored & gold.grounded]) & ~among(guess, row[gold.scored])
    for at, passage in passages:
        if passage.boilerplate:
            here = ours.of_document(at)
            places = zip(ours.start[here].tolist(), ours.end[here].tolist(), strict=True)
            aside[here] |= np.array([passage.in_boilerplate(((start, end),)) for start, end in places], bool)
    return aside & ours.grounded


def _count_schemes(counter: _Counter, gold: Mentions, ours: Mentions, aside: Booleans) -> None:
    """Count the SemEval schemes on what has a place; what has none is missing or spurious under each."""
    import numpy as np

    rows, guesses = np.flatnonzero(gold.scored & gold.grounded), np.flatnonzero(ours.grounded & ~aside)
    lost_rows, lost_guesses = np.flatnonzero(gold.scored & ~gold.grounded), np.flatnonzero(~ours.grounded)

    def add(column: str, indices: Integers, of_gold: bool) -> None:
        counter.add(column, (rows if of_gold else guesses)[indices], of_gold)

    count_schemes(gold.take(rows), ours.take(guesses), add)
    for scheme in SCHEMES:
        counter.add(f"semeval.{scheme}.mis", lost_rows, True)
        counter.add(f"semeval.{scheme}.spu", lost_guesses, False)


def _clitic_tolerant(
    gold: Mentions, ours: Mentions, passages: Sequence[Passage], takes_part: Booleans
) -> tuple[Integers, Integers]:
    """Pair mentions of equal label and end whose starts differ by proclitics at most: most pairs, then most equal.

    Returns the pairs as indices of gold rows and of predictions.
    """
    import numpy as np

    rows, guesses = np.flatnonzero(gold.scored & gold.grounded), np.flatnonzero(ours.grounded & takes_part)
    row, guess = keys(*((m.document[at], m.end[at], m.label[at]) for m, at in ((gold, rows), (ours, guesses))))
    order = np.argsort(guess, kind="stable")
    first, last = (np.searchsorted(guess[order], row, side) for side in ("left", "right"))
    times = last - first
    left = np.repeat(rows, times)
    right = guesses[order[np.arange(len(left)) + np.repeat(first - np.cumsum(times) + times, times)]]
    same = gold.start[left] == ours.start[right]
    near = same.copy()
    starts = np.stack([gold.start[left], ours.start[right]])
    for at in np.flatnonzero(~same).tolist():
        text = passages[gold.document[left[at]]].text or ""
        near[at] = is_clitic_before(text, int(starts[:, at].min()), int(starts[:, at].max()))
    left, right, same = left[near], right[near], same[near]
    alone = (np.bincount(left)[left] == 1) & (np.bincount(right)[right] == 1)
    weights = [lexicographic(1, is_same) for is_same in same[~alone].tolist()]
    chosen = assign(zip(left[~alone].tolist(), right[~alone].tolist(), weights, strict=True))
    both = np.array(chosen, np.int64).reshape(-1, 2)
    return np.concatenate([left[alone], both[:, 0]]), np.concatenate([right[alone], both[:, 1]])


def sorted_mentions(annotations: Documents, documents: Mapping[str, GroundedDocument]) -> Mentions:
    """Give mentions in canonical order: by document in the order of `documents`, then start, end, label.

    Annotations of other documents are left out.
    """
    import numpy as np

    mentions, names = annotations.mentions, list(documents)
    if names != [record.doc_id for record in annotations]:  # in another order, or not all of them there
        number = {doc_id: at for at, doc_id in enumerate(names)}
        place = np.array([number.get(record.doc_id, -1) for record in annotations], np.int64)
        mentions = replace(mentions, document=place[mentions.document])
        order = np.argsort(mentions.document, kind="stable")
        mentions = mentions.take(order[mentions.document[order] >= 0])
    if not mentions.grounded.all():  # where something is a string, find its place
        mentions = mentions.take(np.arange(len(mentions)))
        for at in np.unique(mentions.document[~mentions.grounded]).tolist():
            here = mentions.of_document(at)
            for index, item in enumerate(documents[names[at]].entities, here.start):
                mentions.start[index], mentions.end[index] = item.spans[0] if item.spans else (-1, -1)
                mentions.items[index] = item.item
                mentions.label[index], mentions.scored[index] = LABEL_NUMBER[item.item.label], item.item.scored
    (key,) = keys((mentions.document, mentions.start, mentions.end, mentions.label))
    return mentions if (key[1:] >= key[:-1]).all() else mentions.take(np.argsort(key, kind="stable"))


def among(values: Integers, ordered: Integers) -> Booleans:
    """Say of each value whether it is one of those in ascending order."""
    import numpy as np

    if not len(ordered):
        return np.zeros(len(values), bool)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Booleans = ordered[place] == values
    return found
