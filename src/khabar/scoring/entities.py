"""Entities: exact span and label, nested included; beside it the SemEval-2013 schemes and what explains them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from khabar.arabic.grounding import is_clitic_before
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.assignment import Pair
from khabar.scoring.counting import Frame, Table
from khabar.scoring.formulas import Figure, macro_f1, prf, recall, semeval_f1, semeval_precision, semeval_recall
from khabar.scoring.matching import Layer, UnitOf, settle
from khabar.scoring.mentions import Mentions, keys, mentions
from khabar.scoring.passage import Passage
from khabar.scoring.placing import PlacedDocument
from khabar.scoring.reference import GoldDocument
from khabar.scoring.semeval import OUTCOMES, SCHEMES, count_schemes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]


def figures(phenomena: Iterable[str], with_texts: bool) -> list[Figure]:
    """Name the figures of the layer: what `score` counts, as formulas over its columns."""
    found = [*prf("", "exact")]
    by_label = [f"label.{label}.{outcome}" for label in ENTITY_LABELS for outcome in ("tp", "fp", "fn")]
    found.append(Figure("macro_f1", macro_f1, tuple(by_label)))
    for label in ENTITY_LABELS:
        found.extend(prf(f"label.{label}", f"label.{label}"))
    for scheme in SCHEMES:
        columns = tuple(f"semeval.{scheme}.{outcome}" for outcome in OUTCOMES)
        found.append(Figure(f"semeval.{scheme}.f1", semeval_f1, columns))
        found.append(Figure(f"semeval.{scheme}.precision", semeval_precision, columns))
        found.append(Figure(f"semeval.{scheme}.recall", semeval_recall, columns))
    if with_texts:
        found.extend(prf("clitic_tolerant", "clitic"))
    for tag in phenomena:
        columns = (f"phenomenon.{tag}.tp", f"phenomenon.{tag}.fn")
        found.append(Figure(f"phenomenon.{tag}.recall", recall, columns))
    return found


def score(
    layer: Layer,
    documents: Sequence[GoldDocument],
    predicted: Sequence[PlacedDocument],
    frame: Frame,
    unit_of: UnitOf,
    phenomena: Sequence[str],
) -> None:
    """Count all documents into the layer's table. `predicted` stands in the order of `documents`."""
    import numpy as np

    passages = [document.passage for document in documents]
    gold, ours = mentions([document.gold for document in documents]), mentions(predicted)
    counter = _Counter(frame, _units(gold, passages, frame, unit_of), _units(ours, passages, frame, unit_of))

    key, guess = keys(*((m.document, m.start, m.end, m.label) for m in (gold, ours)))
    scored = gold.scored & gold.grounded
    is_right = np.isin(guess, key[scored]) & ours.grounded
    first = np.zeros(len(ours), bool)
    first[np.unique(guess, return_index=True)[1]] = True
    found = scored & np.isin(key, guess[ours.grounded])
    hit = is_right & first
    aside = _set_aside(gold, ours, passages) & ~is_right
    missed, false = gold.scored & ~found, ~hit & ~aside

    for outcome, which, of_gold in (("tp", found, True), ("fn", missed, True), ("fp", false, False)):
        indices, labels = np.flatnonzero(which), (gold if of_gold else ours).label
        counter.add(f"exact.{outcome}", indices, of_gold)
        for at, label in enumerate(ENTITY_LABELS):
            counter.add(f"label.{label}.{outcome}", indices[labels[indices] == at], of_gold)
    for tag in phenomena:
        tagged = np.array([tag in (item.phenomena or ()) for item in gold.said], bool)
        counter.add(f"phenomenon.{tag}.tp", np.flatnonzero(found & tagged), True)
        counter.add(f"phenomenon.{tag}.fn", np.flatnonzero(missed & tagged), True)
    layer.set_aside = int(aside.sum())
    layer.ungrounded = int((~ours.grounded).sum())

    _count_schemes(counter, gold, ours, aside)
    if all(passage.text is not None for passage in passages):
        rows = np.flatnonzero(gold.scored).tolist()
        tolerant = settle(rows, _clitic_tolerant(gold, ours, passages), aside.tolist())
        counter.add("clitic.tp", np.array([at for at, _ in tolerant.pairs], np.int64), True)
        counter.add("clitic.fn", np.array(tolerant.missed, np.int64), True)
        counter.add("clitic.fp", np.array(tolerant.false, np.int64), False)
    layer.table = counter.table()


class _Counter:
    """Gathers (unit, column) pairs as arrays and counts them in the end."""

    def __init__(self, frame: Frame, gold_units: Integers, units: Integers) -> None:
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
        matrix = np.zeros((len(self._frame), len(columns)), np.int32)
        for at, column in enumerate(columns):
            matrix[:, at] = np.bincount(np.concatenate(self._found[column]), minlength=len(self._frame))
        return Table(self._frame, columns, matrix)


def _units(found: Mentions, passages: Sequence[Passage], frame: Frame, unit_of: UnitOf) -> Integers:
    """Index of the unit each mention counts to."""
    import numpy as np

    if len(frame) == len(passages) and list(frame.strata) == [""]:
        return found.document
    places = zip(found.document.tolist(), found.start.tolist(), strict=True)
    return np.array([frame.index[unit_of(passages[at], start)] for at, start in places], np.int64)


def _set_aside(gold: Mentions, ours: Mentions, passages: Sequence[Passage]) -> Booleans:
    """Say of each prediction whether it stays out without a partner: boilerplate, or the span of a don't-care row."""
    import numpy as np

    row, guess = keys(*((m.document, m.start, m.end) for m in (gold, ours)))
    aside = np.isin(guess, row[~gold.scored & gold.grounded]) & ~np.isin(guess, row[gold.scored])
    for at, passage in enumerate(passages):
        if passage.boilerplate:
            here = np.flatnonzero((ours.document == at) & ours.grounded)
            for index in here.tolist():
                aside[index] |= passage.in_boilerplate(((int(ours.start[index]), int(ours.end[index])),))
    return aside & ours.grounded


def _count_schemes(counter: _Counter, gold: Mentions, ours: Mentions, aside: Booleans) -> None:
    """Count the SemEval schemes on what has a place; what has none is missing or spurious under each."""
    import numpy as np

    rows, guesses = np.flatnonzero(gold.scored & gold.grounded), np.flatnonzero(ours.grounded)
    lost_rows, lost_guesses = np.flatnonzero(gold.scored & ~gold.grounded), np.flatnonzero(~ours.grounded)

    def add(column: str, indices: Integers, of_gold: bool) -> None:
        counter.add(column, (rows if of_gold else guesses)[indices], of_gold)

    count_schemes(gold.take(rows), ours.take(guesses), aside[guesses], add)
    for scheme in SCHEMES:
        counter.add(f"semeval.{scheme}.mis", lost_rows, True)
        counter.add(f"semeval.{scheme}.spu", lost_guesses, False)


def _clitic_tolerant(gold: Mentions, ours: Mentions, passages: Sequence[Passage]) -> list[Pair]:
    """Pairs of equal label and end whose starts differ by proclitics at most; equal starts weigh more."""

    def grouped(found: Mentions, only: Booleans) -> dict[tuple[int, int, int], list[tuple[int, int]]]:
        by_end: dict[tuple[int, int, int], list[tuple[int, int]]] = defaultdict(list)
        columns = (found.document, found.end, found.label, found.start, only)
        for at, (document, end, label, start, wanted) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            if wanted:
                by_end[document, end, label].append((at, start))
        return by_end

    theirs = grouped(ours, ours.grounded)
    edges: list[Pair] = []
    for end, rows in grouped(gold, gold.scored & gold.grounded).items():
        text = passages[end[0]].text or ""
        for at, start in rows:
            for guess, guessed in theirs.get(end, ()):
                first, second = min(start, guessed), max(start, guessed)
                if first == second or is_clitic_before(text, first, second):
                    edges.append((at, guess, 2 if first == second else 1))
    return edges
