"""The four schemes of SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013) under optimal assignment.

A pair of overlapping mentions is correct, incorrect or partial, a gold row missing, a prediction spurious. Mentions
that overlap, directly or through others, form a group; nearly all groups are one row and one prediction and are judged
in one sweep over columns, the rest are assigned one by one, for most credit, then most pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from khabar.reading.mentions import Mentions
from khabar.scoring.assignment import assign_matrix, is_small, lexicographic
from khabar.scoring.verdicts import pair
from khabar.text.spans import overlapping

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

Agrees = TypeVar("Agrees", bool, "Booleans")

SCHEMES = ("strict", "exact", "partial", "type")
OUTCOMES = ("cor", "inc", "par", "mis", "spu")

Add = Callable[[str, "Integers", bool], None]
"""Called with a column, indices, and whether they are of gold rows."""

_CREDIT = {"cor": 2, "par": 1, "inc": 0}
FEW_PAIRS = 4096
MOST_CELLS = 1 << 20
"""Size of a matrix up to which a group is solved as one; beyond, most of its members overlap few of the others."""


def count_schemes(gold: Mentions, predicted: Mentions, add: Add) -> None:
    """Count the outcomes of scored, grounded `gold` rows and grounded `predicted` mentions under each scheme."""
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
        add(f"semeval.{scheme}.cor", left[good], True)
        add(f"semeval.{scheme}.{'par' if scheme == 'partial' else 'inc'}", left[~good], True)
        add(f"semeval.{scheme}.mis", lonely_rows, True)
        add(f"semeval.{scheme}.spu", lonely_guesses, False)

    tangled = (n_rows > 0) & (n_guesses > 0) & ~one_to_one
    if not tangled.any():
        return
    outcomes: dict[tuple[str, bool], list[int]] = {}
    for mine, theirs in zip(_members(rows, tangled), _members(guesses, tangled), strict=True):
        cells = len(mine) * len(theirs)
        dense = FEW_PAIRS < cells <= MOST_CELLS and not is_small(len(mine), len(theirs))
        for column, of_gold, found in (_judge_dense if dense else _judge)(gold, predicted, mine, theirs):
            outcomes.setdefault((column, of_gold), []).extend(found)
    for (column, of_gold), found in outcomes.items():
        add(column, np.array(found, np.int64), of_gold)


def _groups(gold: Mentions, predicted: Mentions) -> tuple[Integers, Integers, int]:
    """Number the groups of mentions that hang together by overlap: of each row, of each prediction, how many."""
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


def _judge(
    gold: Mentions, predicted: Mentions, rows: list[int], guesses: list[int]
) -> Iterator[tuple[str, bool, list[int]]]:
    """Assign a group under each scheme: column, whether it counts rows, which ones."""
    mine, theirs = (
        list(zip(of.start[which].tolist(), of.end[which].tolist(), of.label[which].tolist(), strict=True))
        for of, which in ((gold, rows), (predicted, guesses))
    )
    if len(mine) * len(theirs) <= FEW_PAIRS:  # nearly all groups: looking at each pair is less than sorting
        near = [
            (i, j)
            for i, row in enumerate(mine)
            for j, guess in enumerate(theirs)
            if row[0] < guess[1] and guess[0] < row[1]
        ]
    else:
        near = sorted(overlapping([(row[:2],) for row in mine], [(guess[:2],) for guess in theirs]))
    pairs = tuple((i, j, mine[i][:2] == theirs[j][:2], mine[i][2] == theirs[j][2]) for i, j in near)
    for column, of_gold, found in _verdict(len(rows), len(guesses), pairs):
        yield column, of_gold, [(rows if of_gold else guesses)[at] for at in found]


def _verdict(
    rows: int, guesses: int, pairs: tuple[tuple[int, int, bool, bool], ...]
) -> list[tuple[str, bool, list[int]]]:
    """Judge a group by which of its members overlap and what those share."""
    verdict: list[tuple[str, bool, list[int]]] = []
    for scheme in SCHEMES:
        outcome = {(i, j): outcome_of(scheme, span, label) for i, j, span, label in pairs}
        edges = [(i, j, weight_of(each)) for (i, j), each in outcome.items()]
        pairing = pair(range(rows), range(guesses), edges)
        verdict += [(f"semeval.{scheme}.{outcome[both]}", True, [both[0]]) for both in pairing.pairs]
        verdict.append((f"semeval.{scheme}.mis", True, list(pairing.missed)))
        verdict.append((f"semeval.{scheme}.spu", False, list(pairing.false)))
    return verdict


def _judge_dense(
    gold: Mentions, predicted: Mentions, rows: list[int], guesses: list[int]
) -> Iterator[tuple[str, bool, list[int]]]:
    """The same for a group in which most overlap: all its pairs as matrices."""
    import numpy as np

    mine, theirs = gold.take(np.array(rows)), predicted.take(np.array(guesses))
    overlap = (mine.start[:, None] < theirs.end) & (theirs.start < mine.end[:, None])
    same_span = (mine.start[:, None] == theirs.start) & (mine.end[:, None] == theirs.end)
    same_label = mine.label[:, None] == theirs.label
    base = min(len(rows), len(guesses)) + 1
    for scheme in SCHEMES:
        right = _is_right(scheme, same_span, same_label)
        wrong = "par" if scheme == "partial" else "inc"
        credit = np.where(right, _CREDIT["cor"], _CREDIT[wrong])
        left, partner = assign_matrix(np.where(overlap, credit * base + 1, 0))
        missed, false = np.ones(len(rows), bool), np.ones(len(guesses), bool)
        missed[left] = false[partner] = False
        good = right[left, partner]
        for name, of_gold, found in (
            ("cor", True, left[good]),
            (wrong, True, left[~good]),
            ("mis", True, np.flatnonzero(missed)),
            ("spu", False, np.flatnonzero(false)),
        ):
            yield f"semeval.{scheme}.{name}", of_gold, np.array(rows if of_gold else guesses)[found].tolist()


def outcome_of(scheme: str, same_span: bool, same_label: bool) -> str:
    """Say what a pair of overlapping mentions is under a scheme."""
    return "cor" if _is_right(scheme, same_span, same_label) else "par" if scheme == "partial" else "inc"


def weight_of(outcome: str) -> int:
    """Weigh a pair: most credit, then most pairs."""
    return lexicographic(_CREDIT[outcome], 1)


def _is_right(scheme: str, same_span: Agrees, same_label: Agrees) -> Agrees:
    """What a scheme asks of a pair for full credit; takes two truth values or two arrays of them."""
    return {"strict": same_span & same_label, "exact": same_span, "partial": same_span, "type": same_label}[scheme]
