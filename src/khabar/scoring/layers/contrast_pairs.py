"""Pairs of a contrast set: a system has to call the issue where it is a dispute, and not where it is none.

Gardner et al. 2020. A member is called if an edge of a record joins a claim of one of the flip's groups with a claim of
the other. Where the issue is a dispute, the record has to be right: pure, and assigned or neutral; and of all records
that cite these claims at least half are, so that nobody calls by joining a sentence with every other. Where it is none,
an edge that is valid for another dispute, one of the same sentences, is no call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from khabar.reading.issues import ContrastPair, Member
from khabar.scoring.counts import Counts, Metric, Unit, chance_of_pairs, ratio
from khabar.scoring.layers.conflicts import Conflicts, ConflictVerdict
from khabar.scoring.layers.edges import disputes_of_edges_between
from khabar.scoring.result import PAIR_F
from khabar.scoring.tally import Units

_SLICES = ("direction", "type", "subtype", "place", "step")


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """What a system says of both members of a pair."""

    pair: ContrastPair
    calling: tuple[tuple[int, ...], ...]
    """Of each member, the records (by index) that call it."""

    @property
    def called(self) -> tuple[bool, ...]:
        """Whether each member is called."""
        return tuple(map(bool, self.calling))

    @property
    def is_right(self) -> bool:
        """Whether both members are answered right."""
        return self.called == tuple(member.is_hard for member in self.pair.members)

    @property
    def unit(self) -> Unit:
        """The unit it is counted in: the flip, drawn within the story before any edit."""
        return f"pairs of {self.pair.story}", self.pair.flip

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield what the pair adds to each column. A control counts in columns of its own."""
        if self.pair.is_control:
            yield "contrast.controls", 1
            yield "contrast.controls.called", int(any(self.called))
            return
        for name in ("contrast", *_slices(self.pair)):
            yield f"{name}.pairs", 1
            yield f"{name}.right", int(self.is_right)
        for member, called in zip(self.pair.members, self.called, strict=True):
            yield f"contrast.called_{'where_hard' if member.is_hard else 'where_not'}", int(called)


class ContrastConflicts(Conflicts):
    """The layer of disputes on a contrast set, where each pair of an issue's two members is judged as well."""

    def metrics(self) -> list[Metric]:
        """Name the figures of the pairs (the share that is right, of all and of each slice there is), then the rest."""
        slices = {name for pair in self.corpus.reference.pairs if not pair.is_control for name in _slices(pair)}
        where = [f"contrast.called_{place}" for place in ("where_hard", "where_not")]
        return [
            Metric(PAIR_F, ratio, ("contrast.right", "contrast.pairs")),
            Metric("contrast.chance", chance_of_pairs, (*where, "contrast.pairs")),
            *(Metric(name, ratio, (name, "contrast.pairs")) for name in where),
            Metric("contrast.controls.false_alarm_rate", ratio, ("contrast.controls.called", "contrast.controls")),
            *(Metric(f"{name}.pair_f", ratio, (f"{name}.right", f"{name}.pairs")) for name in sorted(slices)),
            *super().metrics(),
        ]

    @cached_property
    def of_story(self) -> dict[str, ConflictVerdict]:
        """The verdict on each story."""
        return {verdict.case.story: verdict for verdict in self.verdicts}

    @cached_property
    def answers(self) -> list[PairAnswer]:
        """Each pair, judged by the verdicts on its two stories."""
        return [
            PairAnswer(pair, tuple(_calling(member, self.of_story[member.story]) for member in pair.members))
            for pair in self.corpus.reference.pairs
        ]

    def count(self, units: Units) -> Counts:
        """Add the verdicts up, and the pairs."""
        counts = super().count(units)
        for answer in self.answers:
            for column, amount in answer.counts():
                counts.add(answer.unit, column, amount)
        return counts


def _calling(member: Member, verdict: ConflictVerdict) -> tuple[int, ...]:
    (issue,) = (index for index, row in enumerate(verdict.gold) if row.issue_id == member.issue_id)
    left, right = (verdict.claims.numbers(issue, group) for group in member.groups)
    joining = {
        index: list(disputes_of_edges_between(record, verdict.claims, left, right))
        for index, record in enumerate(verdict.predicted)
    }
    if not member.is_hard:
        return tuple(index for index, disputes in joining.items() if not all(disputes))
    false = set(verdict.headline.false)
    citing = {
        index for index, record in enumerate(verdict.records) if not record.sides_of.keys().isdisjoint(left | right)
    }
    if 2 * len(citing & false) > len(citing):
        return ()
    return tuple(
        index
        for index, disputes in joining.items()
        if disputes and verdict.records[index].outcome == "pure" and index not in false
    )


def _slices(pair: ContrastPair) -> list[str]:
    """Name the slices a pair belongs to; one without a step of reasoning is of step `none`."""
    values = {name: getattr(pair, name) for name in _SLICES}
    values["step"] = pair.step or "none"
    return [f"contrast.{name}.{value}" for name, value in values.items() if value is not None]
