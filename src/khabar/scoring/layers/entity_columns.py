"""Entities as columns: the counts that verdicts add up to, for all documents in a few array operations.

The four schemes are those of SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013) under optimal assignment. A pair of
overlapping mentions is correct, incorrect or partial, a gold row missing, a prediction spurious. Mentions that overlap,
directly or through others, form a group. Nearly all groups are one row and one prediction and are judged in one sweep;
the rest are assigned one by one, for most credit, then most pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from khabar.reading.mentions import LABEL_NUMBER, Documents, Mentions, keys
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.assignment import assign, assign_matrix, is_small, lexicographic
from khabar.scoring.cases import Cases
from khabar.scoring.counts import SamplingFrame, Table, narrow
from khabar.scoring.tally import Units
from khabar.scoring.verdicts import pair
from khabar.text.grounding import GroundedDocument
from khabar.text.search import is_clitic_before
from khabar.text.spans import Passage, overlapping

if TYPE_CHECKING:
    from khabar.reading.mentions import Booleans, Integers


Agrees = TypeVar("Agrees", bool, "Booleans")

SCHEMES = ("strict", "exact", "partial", "type")

_CREDIT = {"cor": 2, "par": 1, "inc": 0}
_MOST_CELLS = 1 << 20
"""Size of a matrix up to which a group is solved as one; beyond, most of its members overlap few of the others."""


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

    for name, which, of_gold in (("tp", paired, True), ("fn", missed, True), ("fp", false, False)):
        indices, labels = np.flatnonzero(which), (gold if of_gold else ours).label
        counter.add(f"exact.{name}", indices, of_gold)
        for at, label in enumerate(ENTITY_LABELS):
            counter.add(f"label.{label}.{name}", indices[labels[indices] == at], of_gold)
    for tag in cases.tags("entities"):
        tagged = np.array([tag in (item.phenomena or ()) for item in gold.items], bool)
        counter.add(f"phenomenon.{tag}.tp", np.flatnonzero(paired & tagged), True)
        counter.add(f"phenomenon.{tag}.fn", np.flatnonzero(missed & tagged), True)
    rows, guesses = np.flatnonzero(gold.scored), np.flatnonzero(~aside)
    for outcome in outcomes_of_schemes(gold.take(rows), ours.take(guesses)):
        counter.add(outcome.column, (rows if outcome.of_gold else guesses)[outcome.indices], outcome.of_gold)
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
    """Index of the unit each mention counts in, (mentions,)."""
    import numpy as np

    if not units.by_paragraph:
        return np.array(units.of_documents(), np.int64)[mentions.document] if units.by_story else mentions.document
    places = zip(mentions.document.tolist(), mentions.start.tolist(), strict=True)
    return np.array([units.frame.index[units.of_offset(passages[at], start)] for at, start in places], np.int64)


def _set_aside(gold: Mentions, ours: Mentions, passages: Iterable[tuple[int, Passage]]) -> Booleans:
    """Say of each prediction, (predictions,), whether it is set aside without a partner.

    Set aside are boilerplate, and the span of a don't-care row. `passages` are those with zones, by document.
    """
    import numpy as np

    row, guess = keys(*((m.document, m.start, m.end) for m in (gold, ours)))
    aside = among(guess, row[~gold.scored & gold.grounded]) & ~among(guess, row[gold.scored])
    for at, passage in passages:
        if passage.boilerplate:
            here = ours.of_document(at)
            places = zip(ours.start[here].tolist(), ours.end[here].tolist(), strict=True)
            aside[here] |= np.array([passage.in_boilerplate(((start, end),)) for start, end in places], bool)
    return aside & ours.grounded


def _clitic_tolerant(
    gold: Mentions, ours: Mentions, passages: Sequence[Passage], takes_part: Booleans
) -> tuple[Integers, Integers]:
    """Pair mentions of equal label and end whose starts differ by proclitics at most: most pairs, then most equal.

    `takes_part` is (predictions,). Returns the pairs as indices of gold rows and of predictions, (pairs,) each.
    """
    import numpy as np

    rows, guesses = np.flatnonzero(gold.scored & gold.grounded), np.flatnonzero(ours.grounded & takes_part)
    row, guess = keys(
        (gold.document[rows], gold.end[rows], gold.label[rows]),
        (ours.document[guesses], ours.end[guesses], ours.label[guesses]),
    )
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
    if alone.all():
        return left, right
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
    """Say of each value, (n,), whether it is among `ordered`, (m,), which ascends."""
    import numpy as np

    if not len(ordered):
        return np.zeros(len(values), bool)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Booleans = ordered[place] == values
    return found


class SchemeOutcome(NamedTuple):
    """Mentions that count in one column."""

    column: str
    of_gold: bool
    """Whether `indices` are of gold rows, or of predictions."""
    indices: Integers


def outcomes_of_schemes(
    gold: Mentions, predicted: Mentions, *, most_cells: int = _MOST_CELLS
) -> Iterator[SchemeOutcome]:
    """Judge gold rows and predictions under each scheme. What has no place is missing or spurious.

    A group that is too large to try all choices is solved as a matrix of at most `most_cells`: of a thousand mentions
    over one place ten times faster than pair by pair.
    """
    import numpy as np

    rows, guesses, groups = _groups(gold, predicted)
    n_rows, n_guesses = np.bincount(rows, minlength=groups), np.bincount(guesses, minlength=groups)
    row_of, guess_of = np.full(groups, -1), np.full(groups, -1)
    row_of[rows], guess_of[guesses] = np.arange(len(rows)), np.arange(len(guesses))

    one_to_one = (n_rows == 1) & (n_guesses == 1)
    left, right = row_of[one_to_one], guess_of[one_to_one]
    same_span = (gold.start[left] == predicted.start[right]) & (gold.end[left] == predicted.end[right])
    same_label = gold.label[left] == predicted.label[right]
    lonely_rows = np.flatnonzero(n_guesses[rows] == 0)
    lonely_guesses = np.flatnonzero(n_rows[guesses] == 0)
    for scheme in SCHEMES:
        good = _is_right(scheme, same_span, same_label)
        yield SchemeOutcome(f"semeval.{scheme}.cor", True, left[good])
        yield SchemeOutcome(f"semeval.{scheme}.{_wrong(scheme)}", True, left[~good])
        yield SchemeOutcome(f"semeval.{scheme}.mis", True, lonely_rows)
        yield SchemeOutcome(f"semeval.{scheme}.spu", False, lonely_guesses)

    tangled = (n_rows > 0) & (n_guesses > 0) & ~one_to_one
    if not tangled.any():
        return
    indices: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for mine, theirs in zip(_members(rows, tangled), _members(guesses, tangled), strict=True):
        is_matrix = not is_small(len(mine), len(theirs)) and len(mine) * len(theirs) <= most_cells
        match = _match_matrix if is_matrix else _match_pairs
        for column, of_gold, which in match(gold, predicted, mine, theirs):
            indices[column, of_gold] += which
    for (column, of_gold), which in indices.items():
        yield SchemeOutcome(column, of_gold, np.array(which, np.int64))


def _groups(gold: Mentions, predicted: Mentions) -> tuple[Integers, Integers, int]:
    """Number the groups of mentions that overlap, directly or through others.

    Returns the group of each row, (rows,), that of each prediction, (predictions,), and how many groups there are.
    """
    import numpy as np

    document = np.concatenate([gold.document, predicted.document])
    start, end = np.concatenate([gold.start, predicted.start]), np.concatenate([gold.end, predicted.end])
    width = int(end.max(initial=0)) + 1
    start, end = document * width + start, document * width + end
    order = np.argsort(start, kind="stable")
    reach = np.maximum.accumulate(end[order])
    opens = np.ones(len(order), bool)
    opens[1:] = start[order][1:] >= reach[:-1]
    group = np.empty(len(order), np.int64)
    group[order] = np.cumsum(opens) - 1
    return group[: len(gold)], group[len(gold) :], int(opens.sum())


def _members(group: Integers, wanted: Booleans) -> list[list[int]]:
    """Indices of the members of each wanted group, in the order of the groups."""
    import numpy as np

    which = np.flatnonzero(wanted[group])
    order = which[np.argsort(group[which], kind="stable")]
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    return [part.tolist() for part in np.split(order, cuts)]


GroupOutcomes = Iterator[tuple[str, bool, list[int]]]
"""Outcomes of a group, as in `SchemeOutcome`."""


def _match_pairs(gold: Mentions, predicted: Mentions, rows: list[int], guesses: list[int]) -> GroupOutcomes:
    """Match a group under each scheme by its overlapping pairs."""
    mine, theirs = (
        list(zip(of.start[which].tolist(), of.end[which].tolist(), of.label[which].tolist(), strict=True))
        for of, which in ((gold, rows), (predicted, guesses))
    )
    near = sorted(overlapping([(row[:2],) for row in mine], [(guess[:2],) for guess in theirs]))
    alike = {(i, j): (mine[i][:2] == theirs[j][:2], mine[i][2] == theirs[j][2]) for i, j in near}
    for scheme in SCHEMES:
        outcome = {both: outcome_of(scheme, *same) for both, same in alike.items()}
        pairing = pair(range(len(rows)), range(len(guesses)), [(*both, weight_of(outcome[both])) for both in near])
        for both in pairing.pairs:
            yield f"semeval.{scheme}.{outcome[both]}", True, [rows[both[0]]]
        yield f"semeval.{scheme}.mis", True, [rows[row] for row in pairing.missed]
        yield f"semeval.{scheme}.spu", False, [guesses[guess] for guess in pairing.false]


def _match_matrix(gold: Mentions, predicted: Mentions, rows: list[int], guesses: list[int]) -> GroupOutcomes:
    """Match a group in which most mentions overlap under each scheme: all its pairs as a matrix, rows × predictions."""
    import numpy as np

    mine, theirs = gold.take(np.array(rows)), predicted.take(np.array(guesses))
    overlap = (mine.start[:, None] < theirs.end) & (theirs.start < mine.end[:, None])
    same_span = (mine.start[:, None] == theirs.start) & (mine.end[:, None] == theirs.end)
    same_label = mine.label[:, None] == theirs.label
    base = min(len(rows), len(guesses)) + 1
    for scheme in SCHEMES:
        right = _is_right(scheme, same_span, same_label)
        wrong = _wrong(scheme)
        credit = np.where(right, _CREDIT["cor"], _CREDIT[wrong])
        left, partner = assign_matrix(np.where(overlap, credit * base + 1, 0))
        missed, false = np.ones(len(rows), bool), np.ones(len(guesses), bool)
        missed[left] = false[partner] = False
        good = right[left, partner]
        for name, of_gold, indices in (
            ("cor", True, left[good]),
            (wrong, True, left[~good]),
            ("mis", True, np.flatnonzero(missed)),
            ("spu", False, np.flatnonzero(false)),
        ):
            side = np.array(rows if of_gold else guesses)
            yield f"semeval.{scheme}.{name}", of_gold, side[indices].tolist()


def outcome_of(scheme: str, same_span: bool, same_label: bool) -> str:
    """Say what a pair of overlapping mentions is under a scheme."""
    return "cor" if _is_right(scheme, same_span, same_label) else _wrong(scheme)


def _wrong(scheme: str) -> str:
    return "par" if scheme == "partial" else "inc"


def weight_of(outcome: str) -> int:
    """Weigh a pair: most credit, then most pairs."""
    return lexicographic(_CREDIT[outcome], 1)


def _is_right(scheme: str, same_span: Agrees, same_label: Agrees) -> Agrees:
    """What a scheme asks of a pair for full credit; takes two truth values or two arrays of them."""
    return {"strict": same_span & same_label, "exact": same_span, "partial": same_span, "type": same_label}[scheme]
