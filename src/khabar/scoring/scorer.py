"""The scorer: gold and predictions in, every figure with its interval out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import khabar
from khabar.records import Annotations, Dispute
from khabar.records.labels import LAYERS, Layer
from khabar.scoring import beside, conflicts, entities, numbers, quotes
from khabar.scoring.bootstrap import RESAMPLES, SEED, draw, interval
from khabar.scoring.counting import Counts, Unit
from khabar.scoring.formulas import Figure
from khabar.scoring.matching import Layer as Scored
from khabar.scoring.passage import Passage
from khabar.scoring.placing import PlacedDocument, place
from khabar.scoring.reference import Reference
from khabar.scoring.result import Measured, Score
from khabar.scoring.signature import Signature
from khabar.scoring.who import Who

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEW_DOCUMENTS = 30
"""Below this, and with texts, the bootstrap draws paragraphs within documents; from it on, documents."""

TEXT_LAYERS: tuple[Layer, ...] = ("entities", "numbers", "quotes")


@dataclass(frozen=True, slots=True)
class Counted:
    """A run's counts per unit, before any figure is made of them."""

    layers: dict[str, Scored]
    unit: str
    corpus: str
    hash: str


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
) -> Counted:
    """Match and count: integer counts per unit for each layer."""
    said = {item.doc_id: item for item in annotations}
    in_text = [layer for layer in TEXT_LAYERS if layer in layers]
    by_paragraph = reference.has_texts and len(reference.documents) < FEW_DOCUMENTS
    predicted = {
        doc_id: place(said[doc_id], document.passage) if doc_id in said else PlacedDocument()
        for doc_id, document in reference.documents.items()
    }
    scored = _count_text_layers(reference, predicted, in_text, by_paragraph)
    if "conflicts" in layers:
        scored["conflicts"] = conflicts.score(reference, disputes)
    unit = "paragraph" if by_paragraph else "document"
    return Counted(scored, unit, reference.version, reference.fingerprint)


def measure(counted: Counted, *, seed: int = SEED, resamples: int = RESAMPLES) -> Score:
    """Make every figure, and its interval from one set of draws that the text layers share."""
    scored = counted.layers
    in_text = [layer for layer in TEXT_LAYERS if layer in scored]
    draws: dict[str, dict[str, Array]] = {}
    joint = _join({layer: scored[layer] for layer in in_text})
    sums = draw(joint, [f"{layer}:{c}" for layer in in_text for c in _columns(scored[layer])], seed, resamples)
    for layer in in_text:
        draws[layer] = {column: sums[f"{layer}:{column}"] for column in _columns(scored[layer])}
    if "conflicts" in scored:
        disputed = scored["conflicts"]
        draws["conflicts"] = draw(disputed.counts, _columns(disputed), seed, resamples)
    measured: dict[str, dict[str, Measured]] = {
        layer: _measure(scored[layer], draws[layer]) for layer in LAYERS if layer in scored
    }
    overall, ends = _overall(scored, draws, measured)
    signature = Signature(
        version=khabar.__version__,
        layers=tuple(layer for layer in LAYERS if layer in scored),
        corpus=counted.corpus,
        hash=counted.hash,
        unit=counted.unit,
        resamples=resamples,
        seed=seed,
    )
    return Score(
        measured,
        overall,
        ends,
        {layer: scored[layer].set_aside for layer in measured},
        {layer: scored[layer].ungrounded for layer in measured},
        signature,
    )


def _count_text_layers(
    reference: Reference, predicted: Mapping[str, PlacedDocument], layers: Sequence[Layer], by_paragraph: bool
) -> dict[str, Scored]:
    tags = _phenomena(reference)
    with_texts = bool(reference.documents) and reference.has_texts
    scored: dict[str, Scored] = {}
    if "entities" in layers:
        scored["entities"] = Scored(figures=entities.figures(tags["entities"], with_texts))
    if "numbers" in layers:
        scored["numbers"] = Scored(figures=numbers.figures(tags["numbers"]))
    if "quotes" in layers:
        scored["quotes"] = Scored(figures=quotes.figures(tags["quotes"], with_texts))
    who = Who(reference, predicted) if "quotes" in layers else None
    unit_of: Callable[[Passage, int], Unit] = _paragraph if by_paragraph else _document
    groups: list[quotes.Grouped] = []
    for doc_id, document in reference.documents.items():
        mine = predicted[doc_id]
        if "entities" in layers:
            entities.count(scored["entities"], document, mine.entities, unit_of)
        if "numbers" in layers:
            numbers.count(scored["numbers"], document, mine.numbers, unit_of)
        if who is not None:
            groups += quotes.count(scored["quotes"], document, mine.quotes, who, unit_of)
    if "quotes" in layers:
        quotes.count_grouping(scored["quotes"], groups)
    if "entities" in layers:
        beside.add_points(scored["entities"], reference, predicted)
    sizes = (
        {doc_id: document.passage.paragraphs for doc_id, document in reference.documents.items()}
        if by_paragraph
        else {"": len(reference.documents)}
    )
    for layer in scored.values():
        layer.counts.sizes.update(sizes)
    return scored


def _paragraph(passage: Passage, offset: int) -> Unit:
    return passage.doc_id, passage.paragraph(offset)


def _document(passage: Passage, offset: int) -> Unit:
    return "", passage.doc_id


def _phenomena(reference: Reference) -> dict[str, list[str]]:
    """The phenomena that scored gold rows of each layer carry, sorted."""
    found: dict[str, set[str]] = {layer: set() for layer in TEXT_LAYERS}
    for document in reference.documents.values():
        for layer, rows in (
            ("entities", document.gold.entities),
            ("numbers", document.gold.numbers),
            ("quotes", document.gold.quotes),
        ):
            for row in rows:
                if row.said.scored:
                    found[layer].update(row.said.phenomena or ())
    return {layer: sorted(tags) for layer, tags in found.items()}


def _columns(layer: Scored) -> list[str]:
    return sorted({column for figure in layer.figures for column in figure.columns})


def _join(layers: Mapping[str, Scored]) -> Counts:
    """Put the layers' counts side by side, so that one draw of units serves all of them."""
    joint = Counts()
    for name, layer in layers.items():
        joint.sizes.update(layer.counts.sizes)
        for unit, row in layer.counts.rows.items():
            for column, amount in row.items():
                joint.add(unit, f"{name}:{column}", amount)
    return joint


def _values(figure: Figure, sums: Mapping[str, Array | float]) -> Array:
    import numpy as np

    return figure.formula(*(np.asarray(sums[column], float) for column in figure.columns))


def _measure(layer: Scored, draws: Mapping[str, Array]) -> dict[str, Measured]:
    totals = layer.counts.totals(_columns(layer))
    measured: dict[str, Measured] = {}
    for figure in layer.figures:
        value = _defined(float(_values(figure, totals)))
        ends = interval(_values(figure, draws)) if figure.interval and value is not None else None
        measured[figure.name] = Measured(value, ends, {column: totals[column] for column in figure.columns})
    for name, point in layer.points.items():
        measured[name] = Measured(point, None, {})
    return measured


def _overall(
    scored: Mapping[str, Scored],
    draws: Mapping[str, Mapping[str, Array]],
    measured: Mapping[str, Mapping[str, Measured]],
) -> tuple[float | None, tuple[float, float] | None]:
    """Plain mean of the four headlines; its draws average theirs index by index."""
    values = [measured[layer]["f1"].value if layer in measured else None for layer in LAYERS]
    if any(value is None for value in values):
        return None, None
    heads = [next(figure for figure in scored[layer].figures if figure.name == "f1") for layer in LAYERS]
    each = [_values(head, draws[layer]) for head, layer in zip(heads, LAYERS, strict=True)]
    return sum(value for value in values if value is not None) / len(LAYERS), interval(
        sum(each[1:], each[0]) / len(LAYERS)
    )


def _defined(value: float) -> float | None:
    return value if value == value else None
