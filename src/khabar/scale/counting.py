"""Counting in parts: the scorer's counts of some stories, and all of these joined, as if counted at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from khabar.reading.checks import check_against
from khabar.reading.gold_checks import check_gold
from khabar.reading.incidents import Incidents
from khabar.reading.offset_checks import Misplaced, misplaced
from khabar.reading.predictions import Records
from khabar.reading.reference import GoldFacts, Reference, canonical_lines
from khabar.reading.unmatchable import Unmatchable, count_unmatchable
from khabar.records.labels import EntityLabel, Layer
from khabar.scale.outlines import records_of
from khabar.scoring.bootstrap import StoryFigures
from khabar.scoring.cases import CorpusFacts
from khabar.scoring.counts import SamplingFrame, Table, narrow
from khabar.scoring.scorer import Evaluation
from khabar.scoring.self_check import unmatchable
from khabar.scoring.tally import TEXT_LAYERS, LayerTally

if TYPE_CHECKING:
    from khabar.scoring.counts import Column

LISTED = 1000
"""How many problems of a large input are listed; of the others there is only a count."""


@dataclass(frozen=True, slots=True)
class CountingTask:
    """What is asked of every part."""

    layers: Sequence[Layer]
    gold: GoldFacts
    facts: CorpusFacts
    files: tuple[str, ...]
    """All files, those of gold first."""
    predictions: str
    """The first file of predictions."""
    labels: tuple[EntityLabel, ...] | None
    """Labels of the entities that are scored; None: all."""


@dataclass(slots=True)
class Problems:
    """What is wrong in parts, or in all of them, by what it is a problem of."""

    gold: Incidents
    form: Incidents
    """Of lines of predictions, by themselves."""
    fit: Incidents
    """Of predictions that do not fit gold, but for documents without a line."""
    missing: Incidents
    """Documents without a line."""
    misplaced: Misplaced
    misplaced_of_gold: Misplaced
    unmatchable: Unmatchable

    @classmethod
    def none_in(cls, files: Sequence[str]) -> Problems:
        """No problem yet."""
        gold, form, fit, missing = (Incidents(most=LISTED, files=files) for _ in range(4))
        return cls(gold, form, fit, missing, Misplaced(), Misplaced(), Unmatchable())

    def extend(self, other: Problems) -> None:
        """Add those of another part."""
        self.gold.extend(other.gold)
        self.form.extend(other.form)
        self.fit.extend(other.fit)
        self.missing.extend(other.missing)
        self.misplaced.add(other.misplaced)
        self.misplaced_of_gold.add(other.misplaced_of_gold)
        self.unmatchable.add(other.unmatchable)


@dataclass(slots=True)
class PartCounts:
    """What comes back of a part."""

    problems: Problems
    layers: Mapping[str, LayerTally] = field(default_factory=dict)
    lines: tuple[bytes, ...] = ()
    """Canonical JSON of the part's gold, sorted: its share of the fingerprint."""


_MISSING = "document-missing"


def count_part(data: bytes, task: CountingTask) -> PartCounts:
    """Read, check and count one part. Pure: the same bytes give the same counts wherever they are counted."""
    problems = Problems.none_in(task.files)
    counts = PartCounts(problems)
    gold_records = Records(records_of(data, "gold", problems.gold))
    problems.gold.extend(check_gold(gold_records, part=True))
    if problems.gold.errors:
        return counts
    gold = Reference.build(gold_records.documents, gold_records.disputes, facts=task.gold)
    problems.gold.extend(unmatchable(gold, gold_records))
    if problems.gold.errors:
        return counts
    counts.lines = tuple(canonical_lines(gold_records.documents, gold_records.disputes))
    problems.misplaced_of_gold.add(misplaced((record for _, record in gold_records), gold.texts))
    del gold_records
    predicted = Records(records_of(data, "predictions", problems.form))
    problems.misplaced.add(misplaced((record for _, record in predicted), gold.texts))
    problems.unmatchable.add(count_unmatchable([record for _, record in predicted], gold, task.layers))
    misfits = check_against(gold, predicted, complete=any(layer in TEXT_LAYERS for layer in task.layers))
    problems.fit.extend(misfit for misfit in misfits if misfit.id != _MISSING)
    problems.missing.extend(replace(misfit, file=task.predictions) for misfit in misfits if misfit.id == _MISSING)
    if not (problems.form.errors or problems.fit.errors or problems.missing.errors):
        sides = gold, predicted.documents, predicted.disputes
        evaluation = Evaluation(*sides, layers=task.layers, labels=task.labels, facts=task.facts)
        counts.layers = evaluation.tally.layers
    return counts


_PHENOMENON = "phenomenon."


def joined(parts: Sequence[LayerTally]) -> LayerTally:
    """Join the tallies of a layer, one a part: the layer as it would be, had it been counted at once."""
    import numpy as np

    frame = SamplingFrame.union([part.table.frame for part in parts])
    units = [np.array([frame.index[unit] for unit in part.table.frame.index], np.intp) for part in parts]
    names = sorted({column for part in parts for column in part.table.columns})
    columns: list[Column] = []
    for name in names:
        sums = np.zeros(len(frame))
        for part, places in zip(parts, units, strict=True):
            counts = part.table.column(name)
            if counts is not None:
                sums[places] += counts.astype(float)
        columns.append(narrow(sums))
    metrics = {metric.name: metric for part in parts for metric in part.metrics}
    # Figures of phenomena stand at the end, by name; a part knows those of its own gold only.
    tagged = sorted(name for name in metrics if name.startswith(_PHENOMENON))
    plain = [name for name in metrics if not name.startswith(_PHENOMENON)]
    # Gold in the prediction format has no tokens to tag: what is resampled is drawn by story.
    of_stories = [cast("Sequence[StoryFigures]", part.resampled) for part in parts]
    return LayerTally(
        [metrics[name] for name in (*plain, *tagged)],
        Table(frame, names, columns),
        [type(figures[0]).merge(figures) for figures in zip(*of_stories, strict=True)],
        parts[0].stream,
        sum(part.set_aside for part in parts),
        sum(part.ungrounded for part in parts),
    )
