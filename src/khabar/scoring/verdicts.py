"""Verdicts: what a layer says of the predictions of a document or, for disputes, of a story, by index.

All that is said of a system comes from verdicts: counts, and with them every figure; the list of errors; the marks of
the site's reader; the tables of agreement.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from khabar.records.errors import Cause, Outcome
from khabar.scoring.assignment import Pair, assign
from khabar.scoring.cases import Case, DocumentCase
from khabar.text.grounding import Grounded, Item
from khabar.text.spans import Passage


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

    @property
    def rows(self) -> list[int]:
        """The scored gold rows, found or missed, in order."""
        return sorted([*(row for row, _ in self.pairs), *self.missed])


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


CaseKind = TypeVar("CaseKind", bound=Case[Any, Any])
GoldRow = TypeVar("GoldRow")
Predicted = TypeVar("Predicted")


@dataclass(frozen=True)
class Verdict(ABC, Generic[CaseKind, GoldRow, Predicted]):
    """The headline's pairing of a case, and all that follows from the same look at it.

    `gold` and `predicted` are what indices count: grounded items, or issues and records.
    """

    case: CaseKind
    gold: Sequence[GoldRow]
    predicted: Sequence[Predicted]
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
        """How many predictions have no place in the text."""


@dataclass(frozen=True)
class DocumentVerdict(Verdict[DocumentCase, Grounded[Item], Grounded[Item]], Generic[Item]):
    """The verdict on a document: what is judged are grounded items."""

    @cached_property
    def judged(self) -> list[int]:
        """The predictions that take part in the other figures: what the headline sets aside takes part in none."""
        aside = set(self.headline.aside)
        return [index for index in range(len(self.predicted)) if index not in aside]

    def pair(self, edges: Iterable[Pair], takes_part: Callable[[Item], bool] = lambda item: True) -> Pairing:
        """Pair for another figure than the headline, among the items that take part in it.

        `edges` are eligible pairs: row, prediction, weight.
        """
        rows = [row for row in self.headline.rows if takes_part(self.gold[row].item)]
        return pair(rows, [guess for guess in self.judged if takes_part(self.predicted[guess].item)], edges)

    def phenomena(self) -> Iterator[Count]:
        """Yield what the headline finds and misses of each phenomenon."""
        for outcome, rows in (("tp", [row for row, _ in self.headline.pairs]), ("fn", self.headline.missed)):
            for row in rows:
                tags = self.gold[row].item.phenomena or ()
                yield from (Count(f"phenomenon.{tag}.{outcome}", "gold", row) for tag in tags)

    @property
    def passage(self) -> Passage:
        """The document's text."""
        return self.case.gold.passage

    @property
    def ungrounded(self) -> int:
        """How many predictions have no place in the text."""
        return sum(item.spans is None for item in self.predicted)


def pair(scored: Sequence[int], predictions: Sequence[int], edges: Iterable[Pair]) -> Pairing:
    """Assign predictions to scored rows one to one, for the largest sum of weights; the others are missed and false.

    `edges` are eligible pairs with their weights; those of other rows or predictions are left out.
    """
    rows, guesses = set(scored), set(predictions)
    pairs = assign(edge for edge in edges if edge[0] in rows and edge[1] in guesses)
    rows -= {row for row, _ in pairs}
    guesses -= {guess for _, guess in pairs}
    missed, false = (tuple(i for i in side if i in rest) for side, rest in ((scored, rows), (predictions, guesses)))
    return Pairing(tuple(pairs), missed, false)


def headline(scored: Sequence[int], edges: Sequence[Pair], aside: Sequence[bool]) -> Pairing:
    """Pair for the headline. `aside` says of each prediction whether it is set aside if nothing makes it right.

    What is right for some row is never set aside: an extra copy of it is false.
    """
    pairing = pair(scored, range(len(aside)), edges)
    right = {guess for _, guess, _ in edges}
    out = [index for index in pairing.false if aside[index] and index not in right]
    return replace(pairing, false=tuple(i for i in pairing.false if i not in set(out)), aside=tuple(out))


def outcomes(prefix: str, pairing: Pairing) -> Iterator[Count]:
    """Yield the counts of a pairing: a pair belongs where its gold row starts, a false alarm where it starts itself."""
    yield from (Count(f"{prefix}.tp", "gold", row) for row, _ in pairing.pairs)
    yield from (Count(f"{prefix}.fn", "gold", row) for row in pairing.missed)
    yield from (Count(f"{prefix}.fp", "predicted", index) for index in pairing.false)
