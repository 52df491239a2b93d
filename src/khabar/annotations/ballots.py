"""Votes: at each place of the corpus, which systems say what gold says, which say otherwise, and how much they weigh.

A vote weighs what the system's F1 on that label is: a mention of a kind that a system mostly gets right is a witness
against gold, one of a kind it mostly gets wrong is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.cases import Cases
from khabar.scoring.layers.quotes import QuoteVerdict
from khabar.scoring.scorer import judge_of
from khabar.scoring.verdicts import DocumentVerdict, Verdict
from khabar.text.grounding import GroundedDispute, GroundedDocument

_NOT_OF_GOLD = frozenset({"duplicate", "ungrounded", "impure", "one_sided", "wrong_type"})
"""Causes of errors that say nothing against gold."""


@dataclass(frozen=True, slots=True)
class Voter:
    """A system's name and what it says of a split."""

    name: str
    annotations: Sequence[Annotations]
    disputes: Sequence[Dispute]


@dataclass(frozen=True, slots=True)
class VotedReading:
    """One reading that a system gives at a place, grounded. `speaker` is whom a quote's speaker resolves to."""

    item: Any
    speaker: str | None = None


@dataclass(slots=True)
class Ballot:
    """A place and the votes on it: a gold row, or spans at which gold has none."""

    layer: Layer
    story: str
    document: GroundedDocument | None
    """Null of conflicts, which are of a story."""
    gold: Any | None
    """The row, grounded; of conflicts the issue."""
    confirmed: list[str] = field(default_factory=list)
    """Systems that do not contradict gold."""
    missed: list[str] = field(default_factory=list)
    """Systems that say nothing where gold has a row."""
    otherwise: list[tuple[str, VotedReading]] = field(default_factory=list)
    """Systems that say something else, and what."""
    weight: dict[str, float] = field(default_factory=dict)
    """System → weight of its vote here."""
    margin: float = 0.0
    """The weight of the votes against gold, less that of those for it."""


def ballots(reference: Reference, systems: Sequence[Voter], layers: Sequence[Layer] = LAYERS) -> list[Ballot]:
    """Take the votes of systems on every place where one of them contradicts gold, those most against gold first.

    A system that says nothing of a layer has no vote there.
    """
    counted: list[Ballot] = []
    for layer in layers:
        counted += _of_layer(layer, reference, systems)
    return sorted(counted, key=lambda ballot: -ballot.margin)


def _of_layer(layer: Layer, reference: Reference, systems: Sequence[Voter]) -> Iterable[Ballot]:
    places: dict[Hashable, Ballot] = {}
    trust: dict[str, dict[str, float]] = {}
    for system in systems:
        cases = Cases(reference, system.annotations, system.disputes)
        verdicts = judge_of(layer, cases).verdicts
        if any(verdict.predicted for verdict in verdicts):
            trust[system.name] = _trust(layer, verdicts)
            for verdict in verdicts:
                _vote(layer, system.name, verdict, places)
    for ballot in places.values():
        against = {*ballot.missed, *(name for name, _ in ballot.otherwise)}
        ballot.confirmed = sorted(trust.keys() - against)
        row = ballot.gold if ballot.gold is not None else ballot.otherwise[0][1].item
        label = _label(layer, row)
        weight = {name: weights.get(label, 0.5) for name, weights in trust.items()}
        ballot.weight = weight
        ballot.margin = any_right(weight, against) - any_right(weight, ballot.confirmed)
    return places.values()


def any_right(weight: Mapping[str, float], systems: Iterable[str]) -> float:
    """The weight of several votes: the chance that one of them is right, if they erred independently.

    Systems that are variants of each other so weigh little more than one of them.
    """
    return 1 - prod(1 - weight[name] for name in systems)


def _trust(layer: Layer, verdicts: Iterable[Verdict[Any, Any, Any]]) -> dict[str, float]:
    """A system's F1 by label, drawn towards one half where there is little to go by."""
    right, wrong = Counter[str](), Counter[str]()
    for verdict in verdicts:
        right.update(_label(layer, verdict.gold[row]) for row, _ in verdict.headline.pairs)
        wrong.update(_label(layer, verdict.gold[row]) for row in verdict.headline.missed)
        wrong.update(_label(layer, verdict.predicted[guess]) for guess in verdict.headline.false)
    return {label: (2 * right[label] + 1) / (2 * right[label] + wrong[label] + 2) for label in right | wrong}


def _label(layer: Layer, item: Any) -> str:
    """What a vote is weighed by: the label of a mention, the kind of a number."""
    if layer == "entities":
        return str(item.item.label)
    return str(item.item.kind) if layer == "numbers" else layer


def _vote(layer: Layer, name: str, verdict: Verdict[Any, Any, Any], places: dict[Hashable, Ballot]) -> None:
    document = verdict.case.gold if isinstance(verdict, DocumentVerdict) else None
    where = verdict.case.story if document is None else document.passage.doc_id
    repeated = {guess for _, guess in verdict.right} if isinstance(verdict, QuoteVerdict) else set()  # what gold has
    for fault in verdict.faults:
        item = None if fault.predicted is None else verdict.predicted[fault.predicted]
        is_nowhere = document is not None and item is not None and item.spans is None
        if fault.cause in _NOT_OF_GOLD or is_nowhere or fault.predicted in repeated:
            continue
        gold = None if fault.gold is None else verdict.gold[fault.gold]
        key = (where, fault.gold if item is None or gold is not None else _spot(verdict, item))
        ballot = places.setdefault(key, Ballot(layer, verdict.case.story, document, gold))
        if fault.predicted is None:
            ballot.missed.append(name)
        else:
            speaker = verdict.speakers[fault.predicted] if isinstance(verdict, QuoteVerdict) else None
            ballot.otherwise.append((name, VotedReading(item, speaker)))


def _spot(verdict: Verdict[Any, Any, Any], item: Any) -> Hashable:
    """Where a prediction without a gold row stands: its spans; of a dispute, the lines that it joins."""
    if isinstance(item, GroundedDispute):
        passages = {document.passage.doc_id: document.passage for document in verdict.case.gold.documents}
        return frozenset(
            (doc_id, passages[doc_id].paragraph(start))
            for side in item.sides
            for doc_id, start, _ in filter(None, side)
            if doc_id in passages
        )
    spans: Hashable = item.spans
    return spans
