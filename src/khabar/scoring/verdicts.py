"""Verdicts: what a layer makes of a document's predictions (for disputes, of a story's), by index.

All that is said of a system comes from verdicts: counts, and with them every figure; the list of errors; the marks of
the site's reader; the tables of agreement.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from khabar.records.errors import Cause, Outcome
from khabar.scoring.assignment import Pair, assign


@dataclass(frozen=True, slots=True)
class Pairing:
    """One figure's one-to-one assignment, and what is left over, by index into gold rows and predictions."""

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    """Scored gold rows without a partner."""
    false: tuple[int, ...]
    """Predictions without a partner."""
    aside: tuple[int, ...] = ()
    """Predictions without a partner that are set aside: they are neither right nor false."""


class Count(NamedTuple):
    """So much more in a column of the unit that a gold row or a prediction belongs to."""

    column: str
    side: Literal["gold", "predicted", "case"]
    """What `item` is an index of; "case" is the document or story itself."""
    item: int
    amount: float = 1


class Fault(NamedTuple):
    """An error by index. A false alarm may name the gold row it goes with: the one it repeats, or the trap."""

    outcome: Outcome
    cause: Cause
    gold: int | None
    predicted: int | None


@dataclass(frozen=True)
class Verdict(ABC):
    """The headline's pairing of one document or story, and all that follows from the same look at it.

    `gold` and `predicted` are what indices count: grounded items, or issues and records.
    """

    gold: Sequence[Any]
    predicted: Sequence[Any]
    headline: Pairing

    @cached_property
    @abstractmethod
    def pairings(self) -> Mapping[str, Pairing]:
        """The pairing of each figure that has one of its own, the headline's among them, by its column prefix."""

    @abstractmethod
    def counts(self) -> Iterator[Count]:
        """Yield what the document or story adds to the columns of its layer."""

    @cached_property
    @abstractmethod
    def faults(self) -> tuple[Fault, ...]:
        """What the headline counts as missed or false, each once and with its cause.

        A missed row and a false prediction that overlap are one fault: `wrong`.
        """

    @property
    @abstractmethod
    def ungrounded(self) -> int:
        """How many predictions stand nowhere in the text."""


@dataclass(frozen=True)
class Matcher:
    """Pairs the predictions of a document with its scored rows, one figure at a time."""

    scored: Sequence[int]
    aside: Sequence[bool]
    """Of each prediction whether it is set aside if it stays without a partner."""
    _known: dict[tuple[Pair, ...], Pairing] = field(default_factory=dict, repr=False)

    def pair(self, edges: Iterable[Pair]) -> Pairing:
        """Assign eligible pairs (row, prediction, weight). Several figures often have the same: it is done once."""
        key = tuple(edges)
        if key not in self._known:
            self._known[key] = pair(self.scored, key, self.aside)
        return self._known[key]

    def only(self, scored: Sequence[int], aside: Sequence[bool]) -> Matcher:
        """Give a matcher for fewer rows and predictions."""
        return Matcher(scored, aside)


def pair(scored: Iterable[int], edges: Iterable[Pair], aside: Sequence[bool]) -> Pairing:
    """Assign predictions to scored rows one to one.

    `edges` are the eligible pairs with their weights. A prediction with a partner is never set aside. Of equally good
    assignments, one is taken that leaves as few predictions as possible to be false.
    """
    base = len(aside) + 1
    pairs = assign((gold, predicted, weight * base + (not aside[predicted])) for gold, predicted, weight in edges)
    rows, predictions = {gold for gold, _ in pairs}, {predicted for _, predicted in pairs}
    rest = [index for index in range(len(aside)) if index not in predictions]
    return Pairing(
        tuple(pairs),
        tuple(index for index in scored if index not in rows),
        tuple(index for index in rest if not aside[index]),
        tuple(index for index in rest if aside[index]),
    )


def pair_leftovers(missed: Iterable[int], false: Iterable[int], likeness: Iterable[Pair]) -> Pairing:
    """Assign false predictions to missed rows, for the largest sum of `likeness`: what goes together is one error."""
    rows, predictions = set(missed), set(false)
    pairs = assign(edge for edge in likeness if edge[0] in rows and edge[1] in predictions)
    rows -= {gold for gold, _ in pairs}
    predictions -= {predicted for _, predicted in pairs}
    return Pairing(tuple(pairs), tuple(sorted(rows)), tuple(sorted(predictions)))


def without_right(aside: Sequence[bool], edges: Iterable[Pair]) -> list[bool]:
    """Keep from being set aside what is right for some row: an extra copy of it is false."""
    right = {predicted for _, predicted, _ in edges}
    return [is_aside and index not in right for index, is_aside in enumerate(aside)]


def outcomes(prefix: str, pairing: Pairing) -> Iterator[Count]:
    """Yield the counts of a pairing: a pair belongs where its gold row starts, a false alarm where it starts itself."""
    yield from (Count(f"{prefix}.tp", "gold", row) for row, _ in pairing.pairs)
    yield from (Count(f"{prefix}.fn", "gold", row) for row in pairing.missed)
    yield from (Count(f"{prefix}.fp", "predicted", index) for index in pairing.false)


def by_phenomenon(pairing: Pairing, phenomena: Sequence[Sequence[str] | None]) -> Iterator[Count]:
    """Yield what is found and missed of each phenomenon. `phenomena` are those of each gold row."""
    for outcome, rows in (("tp", [row for row, _ in pairing.pairs]), ("fn", pairing.missed)):
        for row in rows:
            yield from (Count(f"phenomenon.{tag}.{outcome}", "gold", row) for tag in phenomena[row] or ())
