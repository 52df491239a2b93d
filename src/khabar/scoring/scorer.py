"""The scorer: gold and predictions in, every figure with its interval out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.bootstrap import RESAMPLES, SEED, TableName, draw, interval, redraw
from khabar.scoring.cases import Cases
from khabar.scoring.counting import Table
from khabar.scoring.layers import Verdicts, judge_of, pairs
from khabar.scoring.metrics import Metric
from khabar.scoring.result import PAIR_F, Measured, Score, Signature
from khabar.scoring.tally import TEXT_LAYERS, LayerTally, Tally, Units
from khabar.version import __version__

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def score(
    reference: Reference,
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    layers: Sequence[Layer] = LAYERS,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Score:
    """Score validated predictions against gold. Pure: no file, no clock, no network, no dependence on order.

    `annotations` holds one item a gold document (a missing one counts as empty); other documents are ignored.
    """
    return measure(count(reference, annotations, disputes, layers=layers), seed=seed, resamples=resamples)


def count(
    reference: Reference,
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    layers: Sequence[Layer] = LAYERS,
    verdicts: Verdicts | None = None,
) -> Tally:
    """Judge the cases of each layer, and add the verdicts up: counts per unit.

    `verdicts` takes them, for the list of errors; entities, which are counted as arrays, have none.
    """
    cases = Cases(reference, annotations, disputes)
    units = Units(cases)
    tallies: dict[str, LayerTally] = {
        layer: _count_layer(layer, cases, units, verdicts) for layer in LAYERS if layer in layers
    }
    stories = len(cases.stories) if units.by_story else 0
    labels = reference.labels if "entities" in tallies else None
    return Tally(tallies, units.name, reference.version, reference.fingerprint, stories, labels)


def _count_layer(layer: Layer, cases: Cases, units: Units, kept: Verdicts | None) -> LayerTally:
    cases = cases.as_scored(layer)
    judge = judge_of(layer, cases)
    contrast = cases.reference.pairs if layer == "conflicts" else ()
    tally = LayerTally([*pairs.metrics(contrast), *judge.metrics(cases.tags(layer))])
    if layer == "entities":  # all documents at once, to the same counts
        from khabar.scoring.layers.entity_columns import count_columns

        count_columns(tally, cases, units)
    elif kept is not None:
        kept[layer] = []
    verdicts: dict[str, list[Any]] = defaultdict(list)
    for gold, predicted in cases.of(layer) if tally.table is None else ():
        verdict = judge.judge(gold, predicted)
        verdicts[gold.story].append(verdict)
        tally.add(verdict, *units.of(gold, verdict))
        if kept is not None:
            kept[layer].append((gold, verdict))
    for answer in pairs.answers(contrast, verdicts):
        for column, amount in answer.counts():
            tally.counts.add(answer.unit, column, amount)
    tally.table = tally.table or tally.counts.table(tally.counts.frame() if layer == "conflicts" else units.frame)
    tally.resampled = judge.resampled(cases, units, verdicts)
    return tally


def measure(tally: Tally, *, seed: int = SEED, resamples: int = RESAMPLES) -> Score:
    """Make every figure, and its interval from one set of draws that the text layers share."""
    tallies = tally.layers
    in_text = [layer for layer in TEXT_LAYERS if layer in tallies]
    draws: dict[str, dict[str, Array]] = {}
    joint: Table | None = None
    for layer in in_text:
        joint = _table(tallies[layer]).beside(f"{layer}:", joint)
    sums = {} if joint is None else draw(joint, seed, resamples)
    for layer in in_text:
        draws[layer] = {column: sums[f"{layer}:{column}"] for column in _table(tallies[layer]).columns}
    if "conflicts" in tallies:
        draws["conflicts"] = draw(_table(tallies["conflicts"]), seed, resamples, "conflicts")
    measured: dict[str, dict[str, Measured]] = {
        layer: _measure(
            tallies[layer], draws[layer], seed, resamples, "conflicts" if layer == "conflicts" else "text", tally.tail
        )
        for layer in LAYERS
        if layer in tallies
    }
    overall, ends = _overall(tally, draws, measured, resamples)
    signature = Signature(
        version=__version__,
        layers=tuple(layer for layer in LAYERS if layer in tallies),
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
        {layer: tallies[layer].set_aside for layer in measured},
        {layer: tallies[layer].ungrounded for layer in measured},
        signature,
    )


def _table(layer: LayerTally) -> Table:
    assert layer.table is not None, "a layer is measured after it is counted"
    return layer.table


def _values(figure: Metric, sums: Mapping[str, Array | float], shape: tuple[int, ...]) -> Array:
    """A figure from column sums; a column nobody counted in is zero."""
    import numpy as np

    zero = np.zeros(shape)
    return figure.formula(*(np.asarray(sums.get(column, zero), float) for column in figure.columns))


def _measure(
    layer: LayerTally, draws: Mapping[str, Array], seed: int, resamples: int, table: TableName, tail: float
) -> dict[str, Measured]:
    totals = _table(layer).totals()
    measured: dict[str, Measured] = {}
    for figure in layer.metrics:
        value = _defined(float(_values(figure, totals, ())))
        ends = None if value is None else interval(_values(figure, draws, (resamples,)), tail)
        measured[figure.name] = Measured(value, ends, {column: totals.get(column, 0) for column in figure.columns})
    for figures in layer.resampled:
        redrawn = redraw(figures, seed, resamples, table)
        for name, made in figures.values().items():
            has_draws = name in redrawn and made.value is not None
            measured[name] = replace(made, interval=interval(redrawn[name], tail)) if has_draws else made
    return measured


def _overall(
    tally: Tally,
    draws: Mapping[str, Mapping[str, Array]],
    measured: Mapping[str, Mapping[str, Measured]],
    resamples: int,
) -> tuple[float | None, tuple[float, float] | None]:
    """Plain mean of the four headlines; its draws average theirs index by index. A contrast set has none, nor has a
    choice of layers or labels."""
    if len(tally.layers) < len(LAYERS) or tally.labels is not None:
        return None, None
    heads = [tally.layers[layer].headline for layer in LAYERS]
    values = [measured[layer][head.name].value for layer, head in zip(LAYERS, heads, strict=True)]
    if None in values or any(head.name == PAIR_F for head in heads):
        return None, None
    each = [_values(head, draws[layer], (resamples,)) for head, layer in zip(heads, LAYERS, strict=True)]
    mean = sum(value for value in values if value is not None) / len(LAYERS)
    return mean, interval(sum(each[1:], each[0]) / len(LAYERS), tally.tail)


def _defined(value: float) -> float | None:
    return value if value == value else None
