"""Conflicts: records that are pure by two thirds, assigned one to one to the hard disputes they lie in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from khabar.reading.issues import Issue
from khabar.records.errors import ConflictCause
from khabar.records.labels import CONFLICT_TYPES
from khabar.records.predictions import canonical
from khabar.scoring.assignment import Pair, assign, lexicographic
from khabar.scoring.bootstrap import Resampled, story_frame
from khabar.scoring.cases import StoryCase
from khabar.scoring.counts import Counts, Metric, SamplingFrame, per_thousand, prf, ratio
from khabar.scoring.layers.edges import Claims, RecordEdges, edges_of, relation_counts, relation_metrics
from khabar.scoring.layers.judge import Judge
from khabar.scoring.result import Measured
from khabar.scoring.tally import Units, VerdictUnits
from khabar.scoring.verdicts import Count, Fault, Pairing, Verdict, outcomes
from khabar.text.grounding import GroundedDispute

if TYPE_CHECKING:
    from khabar.scoring.bootstrap import Times
    from khabar.scoring.counts import Array


@dataclass(frozen=True)
class ConflictVerdict(Verdict[StoryCase, Issue, GroundedDispute]):
    """A story's disputes. Set aside are neutral records: those that repeat what others found, or are of contested
    issues."""

    claims: Claims
    records: Sequence[RecordEdges]

    @cached_property
    def pairings(self) -> dict[str, Pairing]:
        """Of the headline alone: typed F1 asks more of the same pairs."""
        return {"dispute": self.headline}

    def counts(self) -> Iterator[Count]:
        """Yield the counts of all figures."""
        yield from outcomes("dispute", self.headline)
        yield from (Count("typed.fn", "gold", index) for index in self.headline.missed)
        for index, issue in enumerate(self.gold):
            if issue.status == "conflict":
                yield Count(f"type.{issue.type}.all", "gold", index)
        for index, guess in self.headline.pairs:
            yield from self._found(index, guess)
        for guess in self.headline.false:
            yield Count("typed.fp", "predicted", guess)
            yield Count("brier.records", "predicted", guess)
            yield Count("brier.sum", "predicted", guess, self.records[guess].confidence ** 2)
        hit = set().union(*(self.records[guess].traps for guess in self.headline.false))
        for index, issue in enumerate(self.gold):
            if issue.status == "apparent":
                yield Count("traps.all", "gold", index)
                yield Count("traps.hit", "gold", index, int(index in hit))
        yield from relation_counts(self.gold, self.claims, self.records, dict(self.headline.pairs))
        yield Count("tokens", "case", 0, self.case.gold.tokens)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Name each error, and each record that found its dispute under another type, which the headline has right.

        A false record names the issue it went wrong on: the trap, or the dispute it has a valid edge in.
        """
        return (
            *(
                Fault("wrong", "wrong_type", index, guess)
                for index, guess in self.headline.pairs
                if self.records[guess].record.type != self.gold[index].type
            ),
            *(Fault("missed", "missed", index, None) for index in self.headline.missed),
            *map(self._false, self.headline.false),
        )

    @property
    def ungrounded(self) -> int:
        """How many records have fewer than two sides with a grounded span."""
        return sum(not record.grounded for record in self.records)

    @property
    def ranked(self) -> list[Ranked]:
        """Each record that is right or false, and which it is."""
        right = {guess for _, guess in self.headline.pairs}
        scored = [*right, *self.headline.false]
        return [Ranked(self.case.story, self.records[guess].confidence, guess in right) for guess in scored]

    def _found(self, index: int, guess: int) -> Iterator[Count]:
        """Count what a record says of the dispute it is assigned to."""
        record, issue = self.records[guess], self.gold[index]
        yield Count(f"type.{issue.type}.tp", "gold", index)
        # A record of the wrong type finds no typed dispute and is a false typed one.
        for outcome in ("tp",) if record.record.type == issue.type else ("fp", "fn"):
            yield Count(f"typed.{outcome}", "gold", index)
        yield Count("coverage.met", "gold", index, sum(issue_met == index for issue_met, _ in record.positions))
        yield Count("coverage.all", "gold", index, len(issue.positions))
        yield Count("brier.records", "gold", index)
        yield Count("brier.sum", "gold", index, (record.confidence - 1) ** 2)

    def _false(self, guess: int) -> Fault:
        record = self.records[guess]
        cause = _false_cause(record)
        on = record.traps if cause == "trap_called_conflict" else record.disputes
        return Fault("false", cause, min(on, default=None), guess)


class Conflicts(Judge[StoryCase, ConflictVerdict]):
    """The layer of disputes."""

    stream = "conflicts"

    def cases(self) -> Iterable[StoryCase]:
        """Give all stories."""
        return self.corpus.of_stories()

    def metrics(self) -> list[Metric]:
        """Name the figures. What gold's format cannot say (traps) has no rows and is undefined."""
        metrics = [*prf("", "dispute"), *prf("typed", "typed")]
        for kind in CONFLICT_TYPES:
            metrics.append(Metric(f"type.{kind}.recall", ratio, (f"type.{kind}.tp", f"type.{kind}.all")))
        metrics.append(Metric("both_sides_coverage", ratio, ("coverage.met", "coverage.all")))
        metrics.append(Metric("traps.rate", ratio, ("traps.hit", "traps.all")))
        if self.corpus.facts.with_texts:
            metrics.append(Metric("false_per_1000_tokens", per_thousand, ("dispute.fp", "tokens")))
        metrics += relation_metrics()
        metrics.append(Metric("brier", ratio, ("brier.sum", "brier.records")))
        return metrics

    def judge(self, case: StoryCase) -> ConflictVerdict:
        """Assign a story's records to its hard disputes. Rows are issues, predictions are records."""
        issues = case.gold.issues
        claims = Claims(issues)
        records = [edges_of(record, claims) for record in case.predicted]
        assignment = assign(_eligible(issues, records))
        assigned, used = {issue for issue, _ in assignment}, {record for _, record in assignment}
        hard = [index for index, issue in enumerate(issues) if issue.status == "conflict"]
        unassigned = [index for index in range(len(records)) if index not in used]
        false = [i for i in unassigned if records[i].outcome == "false" or not records[i].disputes <= assigned]
        headline = Pairing(
            tuple(assignment),
            tuple(index for index in hard if index not in assigned),
            tuple(false),
            tuple(index for index in unassigned if index not in set(false)),
        )
        return ConflictVerdict(case, issues, case.predicted, headline, claims, records)

    def units_of(self, verdict: ConflictVerdict, units: Units) -> VerdictUnits:
        """Give each hard dispute, each trap and each false record a unit of its own, where stories are none."""
        story = verdict.case.story
        if units.by_story:
            whole = ("", story)
            return VerdictUnits([whole] * len(verdict.gold), [whole] * len(verdict.predicted), whole)
        traps = f"traps of {story}"
        issues = [
            (traps, issue.issue_id) if issue.status == "apparent" else (story, f"dispute {issue.issue_id}")
            for issue in verdict.gold
        ]
        return VerdictUnits(
            issues, [(story, name) for name in _record_names(verdict.predicted)], (f"tokens of {story}", 0)
        )

    def frame(self, counts: Counts, units: Units) -> SamplingFrame:
        """Give the units that have counts."""
        return counts.frame()

    def disputes(self) -> dict[str, bool]:
        """Say of each hard dispute, by its issue_id, whether it was found."""
        disputes: dict[str, bool] = {}
        for verdict in self.verdicts:
            disputes |= {verdict.gold[index].issue_id: True for index, _ in verdict.headline.pairs}
            disputes |= {verdict.gold[index].issue_id: False for index in verdict.headline.missed}
        return dict(sorted(disputes.items()))

    def resampled(self, units: Units) -> list[Resampled]:
        """Give average precision: ranks cross the disputes of all stories."""
        ranked = (record for verdict in self.verdicts for record in verdict.ranked)
        hard = Counter(issue.story for issue in self.corpus.reference.issues if issue.status == "conflict")
        return [Ranking.of(ranked, hard, self.corpus.stories)]


def _record_names(records: Sequence[GroundedDispute]) -> list[str]:
    """Name records by their spans on each side: false records of two systems that are equal are one unit.

    Sides and spans have no order. A record that repeats another is numbered.
    """
    turn: Counter[str] = Counter()
    names = []
    for record in records:
        spans = [
            sorted({repr(place or canonical(span)) for place, span in zip(places, side.spans, strict=True)})
            for places, side in zip(record.sides, record.dispute.sides, strict=True)
        ]
        key = blake2b(repr(sorted(spans)).encode(), digest_size=12).hexdigest()
        names.append(f"record {key} {turn[key]:06}")
        turn[key] += 1
    return names


def _eligible(issues: Sequence[Issue], records: Sequence[RecordEdges]) -> Iterator[Pair]:
    """Weigh records for the disputes they have a valid edge in: each counts one, the right type more than any sureness.

    Of two records that find the same, the surer one is taken to have found it.
    """
    for index, record in enumerate(records):
        if record.outcome == "pure":
            for dispute in record.disputes:
                is_typed = int(record.record.type == issues[dispute].type)
                yield dispute, index, lexicographic(1, is_typed, round(1000 * record.confidence))


def _false_cause(record: RecordEdges) -> ConflictCause:
    """Say why a record is a false alarm: the first cause that applies."""
    if not record.grounded:
        return "one_sided"
    if record.traps:
        return "trap_called_conflict"
    return "impure" if record.disputes else "spurious"


class Ranked(NamedTuple):
    """A record as average precision sees it."""

    story: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Records that are right or false, ranked by their confidence, and how many disputes there are to find."""

    records: tuple[Ranked, ...]
    hard: Mapping[str, int]
    """Story → its hard disputes, of all stories in order."""

    @classmethod
    def of(cls, records: Iterable[Ranked], hard: Mapping[str, int], stories: Iterable[str]) -> Ranking:
        """Gather records; `hard` counts the hard disputes of stories."""
        return cls(tuple(records), {story: hard.get(story, 0) for story in sorted(stories)})

    @classmethod
    def merge(cls, parts: Sequence[Ranking]) -> Ranking:
        """Merge parts of a corpus. Equal confidence is one rank, so the order of parts does not matter."""
        hard: Counter[str] = Counter()
        for part in parts:
            hard.update(part.hard)
        return cls.of((record for part in parts for record in part.records), hard, hard)

    @property
    def frame(self) -> SamplingFrame | None:
        """Stories, if there are enough of them to draw."""
        return story_frame(tuple(self.hard))

    def values(self) -> dict[str, Measured]:
        """Average precision."""
        ranked = ((record.confidence, record.right) for record in self.records)
        return {_AVERAGE_PRECISION: Measured(average_precision(ranked, sum(self.hard.values())), None, {})}

    def resample(self, times: Times) -> dict[str, Array]:
        """Average precision on draws of stories (draws × stories): a value a draw."""
        import numpy as np

        ordered = sorted(self.records, key=lambda record: -record.confidence)
        ranks = np.unique([-record.confidence for record in ordered], return_index=True)[1]
        place = {name: index for index, name in enumerate(self.hard)}
        story = np.array([place[record.story] for record in ordered], np.intp)
        right = np.array([record.right for record in ordered], float)
        total = np.zeros(len(times))
        at_once = max(1, _NUMBERS_AT_A_TIME // max(1, len(story)))
        for start in range(0, len(times) if len(story) else 0, at_once):
            draws = slice(start, start + at_once)
            seen = times[draws].take(story, axis=1).astype(float)
            found = seen * right
            if len(ranks) < len(story):
                seen, found = (np.add.reduceat(numbers, ranks, axis=1) for numbers in (seen, found))
            # Where nothing is seen yet nothing is found either.
            precision = found.cumsum(axis=1) / np.maximum(seen.cumsum(axis=1), 1)
            total[draws] = (found * precision).sum(axis=1)
        return {_AVERAGE_PRECISION: ratio(total, times @ np.array(list(self.hard.values()), float))}


_AVERAGE_PRECISION = "average_precision"
_NUMBERS_AT_A_TIME = 1 << 17


def average_precision(ranked: Iterable[tuple[float, bool]], hard: int) -> float | None:
    """Mean over hard disputes of the precision at the rank that finds each; None without hard disputes.

    Records of equal confidence share one rank, so their order cannot matter.
    """
    if not hard:
        return None
    levels: dict[float, list[bool]] = defaultdict(list)
    for confidence, is_right in ranked:
        levels[confidence].append(is_right)
    total = records = right = 0.0
    for confidence in sorted(levels, reverse=True):
        rank = levels[confidence]
        records += len(rank)
        right += sum(rank)
        total += sum(rank) * right / records
    return total / hard
