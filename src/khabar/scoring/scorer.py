"""The scorer: gold and predictions in, every figure with its interval out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.errors import Error
from khabar.records.labels import LAYERS, EntityLabel, Layer
from khabar.scoring.bootstrap import RESAMPLES, SEED, STREAMS, draw, interval, redraw
from khabar.scoring.cases import Cases, CorpusFacts
from khabar.scoring.counts import Table
from khabar.scoring.layers.judge import Judge
from khabar.scoring.result import Measured, Score, Signature
from khabar.scoring.tally import LayerTally, Tally, Units
from khabar.version import __version__

if TYPE_CHECKING:
    from khabar.scoring.counts import Array

    Draws = Mapping[str, Mapping[str, Array]]
    """Layer → column → its sum on each draw, (resamples,)."""


def judge_of(layer: Layer, cases: Cases) -> Judge[Any, Any]:
    """The judge of a layer. Modules are imported when they are needed."""
    if layer == "entities":
        from khabar.scoring.layers.entities import Entities

        return Entities(cases)
    if layer == "numbers":
        from khabar.scoring.layers.numbers import Numbers

        return Numbers(cases)
    if layer == "quotes":
        from khabar.scoring.layers.quotes import Quotes

        return Quotes(cases)
    if cases.reference.pairs:
        from khabar.scoring.layers.contrast_pairs import ContrastConflicts

        return ContrastConflicts(cases)
    from khabar.scoring.layers.conflicts import Conflicts

    return Conflicts(cases)


class Evaluation:
    """Validated predictions judged against gold, each case once. All of it stays in memory, with the verdicts.

    `annotations` holds one item a gold document (a missing one counts as empty); other documents are ignored. `labels`
    are those of the entities that are scored, by default all. `facts` are given where this is a part of a corpus.
    """

    def __init__(
        self,
        reference: Reference,
        annotations: Iterable[Annotations],
        disputes: Sequence[Dispute] = (),
        *,
        layers: Sequence[Layer] = LAYERS,
        labels: Sequence[EntityLabel] | None = None,
        facts: CorpusFacts | None = None,
    ) -> None:
        self.cases = Cases(reference, annotations, disputes, labels=labels, facts=facts)
        self.judges = {layer: judge_of(layer, self.cases) for layer in LAYERS if layer in layers}

    @cached_property
    def tally(self) -> Tally:
        """The counts of all layers."""
        cases, units = self.cases, Units(self.cases)
        return Tally(
            {layer: judge.tally(units) for layer, judge in self.judges.items()},
            units.name,
            cases.reference.version,
            cases.reference.fingerprint,
            cases.facts.stories if units.by_story else 0,
            None if cases.labels is None or "entities" not in self.judges else tuple(cases.labels),
        )

    def score(self, *, seed: int = SEED, resamples: int = RESAMPLES) -> Score:
        """Compute every figure with its interval. Pure: no file, no clock, no network, no dependence on order."""
        return measure(self.tally, seed=seed, resamples=resamples)

    @cached_property
    def errors(self) -> list[Error]:
        """What the headlines count as missed or false, each with its cause."""
        from khabar.scoring.errors import list_errors

        return list_errors(self.judges)


def score(
    reference: Reference,
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    layers: Sequence[Layer] = LAYERS,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Score:
    """Score validated predictions against gold."""
    return Evaluation(reference, annotations, disputes, layers=layers).score(seed=seed, resamples=resamples)


def measure(tally: Tally, *, seed: int = SEED, resamples: int = RESAMPLES) -> Score:
    """Compute every figure, and its interval from one set of draws that the layers of a stream share."""
    draws = _draw(tally.layers, seed, resamples)
    measured = {name: _measure(layer, draws[name], seed, resamples, tally.tail) for name, layer in tally.layers.items()}
    overall, ends = _overall(tally, draws, measured, resamples)
    signature = Signature(
        version=__version__,
        layers=tuple(tally.layers),
        corpus=tally.corpus,
        hash=tally.hash,
        unit=tally.unit,
        resamples=resamples,
        seed=seed,
        labels=tally.labels,
    )
    return Score(
        measured,
        overall,
        ends,
        {name: layer.set_aside for name, layer in tally.layers.items()},
        {name: layer.ungrounded for name, layer in tally.layers.items()},
        signature,
    )


def _draw(layers: Mapping[str, LayerTally], seed: int, resamples: int) -> Draws:
    draws: dict[str, dict[str, Array]] = {}
    for stream in STREAMS:
        tables = {name: layer.table for name, layer in layers.items() if layer.stream == stream}
        sums = draw(Table.join(tables), seed, resamples, stream) if tables else {}
        for name, table in tables.items():
            draws[name] = {column: sums[f"{name}:{column}"] for column in table.columns}
    return draws


def _measure(
    layer: LayerTally, draws: Mapping[str, Array], seed: int, resamples: int, tail: float
) -> dict[str, Measured]:
    totals = layer.table.totals()
    measured: dict[str, Measured] = {}
    for figure in layer.metrics:
        counts = {column: totals.get(column, 0) for column in figure.columns}
        value = float(figure.of(counts))
        if math.isnan(value):
            measured[figure.name] = Measured(None, None, counts)
        else:
            measured[figure.name] = Measured(value, interval(figure.of(draws, (resamples,)), tail), counts)
    for figures in layer.resampled:
        redrawn = redraw(figures, seed, resamples, layer.stream)
        for name, undrawn in figures.values().items():
            has_draws = name in redrawn and undrawn.value is not None
            measured[name] = replace(undrawn, interval=interval(redrawn[name], tail)) if has_draws else undrawn
    return measured


def _overall(
    tally: Tally, draws: Draws, measured: Mapping[str, Mapping[str, Measured]], resamples: int
) -> tuple[float | None, tuple[float, float] | None]:
    """Plain mean of the four headlines, and its interval: its draws average theirs one by one."""
    if not tally.has_overall:
        return None, None
    headlines = {name: layer.headline for name, layer in tally.layers.items()}
    values = [measured[name][headline.name].value for name, headline in headlines.items()]
    defined = [value for value in values if value is not None]
    if len(defined) < len(values):
        return None, None
    first, *others = [headline.of(draws[name], (resamples,)) for name, headline in headlines.items()]
    return sum(defined) / len(LAYERS), interval(sum(others, first) / len(LAYERS), tally.tail)
