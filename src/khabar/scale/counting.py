"""Counting in parts: the scorer's counts of some stories, and all of these joined, as if counted at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
from khabar.scoring.bootstrap import StoryFigures, TableName
from khabar.scoring.cases import CorpusFacts
from khabar.scoring.counts import Metric, SamplingFrame, Table, Unit, narrow
from khabar.scoring.scorer import count
from khabar.scoring.self_check import unmatchable
from khabar.scoring.tally import TEXT_LAYERS, LayerTally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.counts import Column

    Integers = NDArray[np.intp]

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


@dataclass(frozen=True, slots=True)
class LayerCounts:
    """A layer's counts over the units of a part: its documents in order, or the units named (disputes, stories)."""

    columns: list[str]
    values: list[Column]
    units: list[Unit] | None
    figures: Sequence[Metric]
    of_stories: Sequence[StoryFigures]
    stream: TableName
    set_aside: int
    ungrounded: int


@dataclass(slots=True)
class PartCounts:
    """What comes back of a part."""

    problems: Problems
    layers: dict[str, LayerCounts] = field(default_factory=dict)
    lines: tuple[bytes, ...] = ()
    """Canonical JSON of the part's gold, sorted: its share of the fingerprint."""


_MISSING = "document-missing"


def count_part(data: bytes, task: CountingTask) -> PartCounts:
    """Read, check and count one part. Pure: the same bytes give the same counts wherever they are counted."""
    problems = Problems.none_in(task.files)
    counts = PartCounts(problems)
    given = Records(records_of(data, "gold", problems.gold))
    problems.gold.extend(check_gold(given, part=True))
    if problems.gold.errors:
        return counts
    gold = Reference.build(given.documents, given.disputes, facts=task.gold)
    problems.gold.extend(unmatchable(gold, given))
    if problems.gold.errors:
        return counts
    counts.lines = tuple(canonical_lines(given.documents, given.disputes))
    problems.misplaced_of_gold.add(misplaced((record for _, record in given), gold.texts))
    del given
    predicted = Records(records_of(data, "predictions", problems.form))
    problems.misplaced.add(misplaced((record for _, record in predicted), gold.texts))
    problems.unmatchable.add(count_unmatchable([record for _, record in predicted], gold, task.layers))
    misfits = check_against(gold, predicted, complete=any(layer in TEXT_LAYERS for layer in task.layers))
    problems.fit.extend(misfit for misfit in misfits if misfit.id != _MISSING)
    problems.missing.extend(replace(misfit, file=task.predictions) for misfit in misfits if misfit.id == _MISSING)
    if not (problems.form.errors or problems.fit.errors or problems.missing.errors):
        counted = count(
            gold,
            predicted.documents,
            predicted.disputes,
            layers=task.layers,
            labels=task.labels,
            facts=task.facts,
        )
        counts.layers = {
            name: _counts_of(layer, is_named=name == "conflicts" or counted.unit == "story")
            for name, layer in counted.layers.items()
        }
    return counts


def _counts_of(layer: LayerTally, *, is_named: bool) -> LayerCounts:
    return LayerCounts(
        layer.table.columns,
        layer.table.values,
        list(layer.table.frame.index) if is_named else None,
        layer.metrics,
        cast("Sequence[StoryFigures]", layer.resampled),  # gold in the prediction format has no tokens to tag
        layer.stream,
        layer.set_aside,
        layer.ungrounded,
    )


class JoinedLayer:
    """One layer of the whole, filled part by part, in any order. `units` is how many units it has."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._columns: dict[str, Column] = {}
        self._figures: dict[str, Metric] = {}
        self._of_stories: list[Sequence[StoryFigures]] = []
        self._stream: TableName = "text"
        self._set_aside = self._ungrounded = 0

    def add(self, part: LayerCounts, units: Integers) -> None:
        """Add a part; `units` gives the indices that its units have in the whole."""
        for name, values in zip(part.columns, part.values, strict=True):
            self._columns[name] = _added(self._columns.get(name), values, units, self._units)
        self._figures |= {figure.name: figure for figure in part.figures}
        self._of_stories.append(part.of_stories)
        self._stream = part.stream
        self._set_aside += part.set_aside
        self._ungrounded += part.ungrounded

    def layer(self, frame: SamplingFrame) -> LayerTally:
        """The layer as it would be, had it been counted at once."""
        columns = sorted(self._columns)
        # Figures of phenomena stand at the end, by name; a part knows those of its own gold only.
        tagged = sorted(name for name in self._figures if name.startswith(_PHENOMENON))
        plain = [name for name in self._figures if not name.startswith(_PHENOMENON)]
        return LayerTally(
            [self._figures[name] for name in (*plain, *tagged)],
            Table(frame, columns, [self._columns[name] for name in columns]),
            [type(parts[0]).merge(parts) for parts in zip(*self._of_stories, strict=True)],
            self._stream,
            self._set_aside,
            self._ungrounded,
        )


_PHENOMENON = "phenomenon."


def joined_by_name(parts: Sequence[LayerCounts]) -> LayerTally:
    """A layer of the whole whose units have names: the stories of all parts, or their disputes and false records."""
    import numpy as np

    strata: dict[str, set[str | int]] = defaultdict(set)
    for part in parts:
        for stratum, name in part.units or ():
            strata[stratum].add(name)
    frame = SamplingFrame({stratum: sorted(names, key=str) for stratum, names in strata.items()})
    joined = JoinedLayer(len(frame))
    for part in parts:
        joined.add(part, np.array([frame.index[unit] for unit in part.units or ()], np.intp))
    return joined.layer(frame)


def _added(column: Column | None, values: Column, units: Integers, size: int) -> Column:
    """Add counts to a column at some units; the column widens where it has to."""
    import numpy as np

    if column is None:
        column = np.zeros(size, values.dtype)
    wide = np.int64 if np.issubdtype(values.dtype, np.integer) else np.float64
    sums = narrow(column[units].astype(np.promote_types(wide, np.int64)) + values)
    column = column.astype(np.promote_types(column.dtype, sums.dtype), copy=False)
    column[units] = sums
    return column
