"""The scorer: gold and predictions in, every figure with its interval out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from khabar.reading.mentions import Documents, mentions
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, PredictedEntity, PredictedNumber, PredictedQuote
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.bootstrap import RESAMPLES, SEED, draw, interval, redraw
from khabar.scoring.coreference import coreference
from khabar.scoring.counting import Frame, Table, Unit
from khabar.scoring.layers import entities
from khabar.scoring.matching import Layer as Scored
from khabar.scoring.metrics import Figure
from khabar.scoring.result import Measured, Score
from khabar.scoring.signature import Signature
from khabar.text.grounding import GroundedDocument
from khabar.text.passages import Passage
from khabar.version import __version__

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
    given = annotations if isinstance(annotations, Documents) else Documents(annotations)
    in_text = [layer for layer in TEXT_LAYERS if layer in layers]
    by_paragraph = reference.has_texts and reference.whole is None and len(reference.documents) < FEW_DOCUMENTS

    predicted = {
        doc_id: GroundedDocument(given.by_id.get(doc_id) or Annotations(doc_id=doc_id), document.passage)
        for doc_id, document in reference.documents.items()
    }
    scored = _count_text_layers(reference, given, predicted, in_text, by_paragraph)
    if "conflicts" in layers:
        from khabar.scoring.layers import conflicts

        scored["conflicts"] = conflicts.score(reference, disputes)
    unit = "paragraph" if by_paragraph else "document"
    return Counted(scored, unit, reference.version, reference.fingerprint)


def measure(counted: Counted, *, seed: int = SEED, resamples: int = RESAMPLES) -> Score:
    """Make every figure, and its interval from one set of draws that the text layers share."""
    scored = counted.layers
    in_text = [layer for layer in TEXT_LAYERS if layer in scored]
    draws: dict[str, dict[str, Array]] = {}
    joint: Table | None = None
    for layer in in_text:
        joint = _table(scored[layer]).beside(f"{layer}:", joint)
    sums = {} if joint is None else draw(joint, seed, resamples)
    for layer in in_text:
        draws[layer] = {column: sums[f"{layer}:{column}"] for column in _table(scored[layer]).columns}
    if "conflicts" in scored:
        draws["conflicts"] = draw(_table(scored["conflicts"]), seed, resamples)
    measured: dict[str, dict[str, Measured]] = {
        layer: _measure(scored[layer], draws[layer], seed, resamples) for layer in LAYERS if layer in scored
    }
    overall, ends = _overall(scored, draws, measured, resamples)
    signature = Signature(
        version=__version__,
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
    reference: Reference,
    given: Documents,
    predicted: Mapping[str, GroundedDocument],
    layers: Sequence[Layer],
    by_paragraph: bool,
) -> dict[str, Scored]:
    tags = _phenomena(reference, layers)
    with_texts = reference.has_documents and reference.has_texts
    strata: dict[str, Sequence[str | int]] = {"": sorted(reference.documents)}
    if by_paragraph:
        strata = {doc_id: range(document.passage.paragraphs) for doc_id, document in reference.documents.items()}
    frame = Frame(strata)
    unit_of: Callable[[Passage, int], Unit] = _paragraph if by_paragraph else _document
    scored: dict[str, Scored] = {}
    if "entities" in layers:
        made = Scored(figures=entities.figures(tags["entities"], with_texts))
        gold = mentions(reference.annotations, reference.documents)
        ours = mentions(given, predicted)
        entities.score(made, gold, ours, reference, frame, unit_of, tags["entities"], with_texts)
        whole = reference.whole
        named = bool({item.entity_id for item in ours.items.tolist()} - {None}) if whole is None else whole.named
        made.resampled.append(coreference(reference, predicted, named))
        if reference.tokens:
            from khabar.scoring.flat_tags import flat_tags

            made.resampled.append(flat_tags(reference, predicted, frame, unit_of))
        scored["entities"] = made
    if "numbers" in layers:
        from khabar.scoring.layers import numbers

        made = Scored(figures=numbers.figures(tags["numbers"]))
        for doc_id in _speaking("numbers", reference, given):
            numbers.count(made, reference.documents[doc_id], predicted[doc_id].numbers, unit_of)
        scored["numbers"] = made
    if "quotes" in layers:
        from khabar.scoring.layers import quotes
        from khabar.scoring.speakers import Who

        made = Scored(figures=quotes.figures(tags["quotes"], with_texts))
        who = Who(reference, predicted)
        contents: dict[str, list[quotes.Grouped]] = defaultdict(list)
        for doc_id in _speaking("quotes", reference, given):
            document, said = reference.documents[doc_id], predicted[doc_id].quotes
            contents[document.story] += quotes.count(made, document, said, who, unit_of)
        made.resampled.append(quotes.Utterances.of(contents, {record.story or "" for record in reference.annotations}))
        scored["quotes"] = made
    for made in scored.values():
        made.table = made.table or made.counts.table(frame)
    return scored


def _speaking(layer: Layer, reference: Reference, given: Documents) -> list[str]:
    """Documents of which gold or a prediction says anything on a layer: in the others there is nothing to count."""
    found = {record.doc_id for side in (reference.annotations, given) for record in side if getattr(record, layer)}
    return [doc_id for doc_id in reference.documents if doc_id in found]


def _paragraph(passage: Passage, offset: int) -> Unit:
    return passage.doc_id, passage.paragraph(offset)


def _document(passage: Passage, offset: int) -> Unit:
    return "", passage.doc_id


def _phenomena(reference: Reference, layers: Sequence[Layer]) -> dict[str, list[str]]:
    """The phenomena that scored gold rows of each layer carry, sorted."""
    tagged: dict[str, list[tuple[str, ...]]] = {}
    for layer in layers:
        rows: list[Sequence[PredictedEntity | PredictedNumber | PredictedQuote]] = [
            getattr(said, layer) for said in reference.annotations
        ]
        tagged[layer] = [row.phenomena for some in rows for row in some if row.phenomena and row.scored]
    return {layer: sorted(set().union(*tags)) for layer, tags in tagged.items()}


def _table(layer: Scored) -> Table:
    assert layer.table is not None, "a layer is measured after it is counted"
    return layer.table


def _values(figure: Figure, sums: Mapping[str, Array | float], shape: tuple[int, ...]) -> Array:
    """A figure from column sums; a column nobody counted in is zero."""
    import numpy as np

    zero = np.zeros(shape)
    return figure.formula(*(np.asarray(sums.get(column, zero), float) for column in figure.columns))


def _measure(layer: Scored, draws: Mapping[str, Array], seed: int, resamples: int) -> dict[str, Measured]:
    totals = _table(layer).totals()
    measured: dict[str, Measured] = {}
    for figure in layer.figures:
        value = _defined(float(_values(figure, totals, ())))
        ends = None if value is None else interval(_values(figure, draws, (resamples,)))
        measured[figure.name] = Measured(value, ends, {column: totals.get(column, 0) for column in figure.columns})
    for figures in layer.resampled:
        redrawn = redraw(figures, seed, resamples)
        for name, made in figures.values().items():
            has_draws = name in redrawn and made.value is not None
            measured[name] = replace(made, interval=interval(redrawn[name])) if has_draws else made
    return measured


def _overall(
    scored: Mapping[str, Scored],
    draws: Mapping[str, Mapping[str, Array]],
    measured: Mapping[str, Mapping[str, Measured]],
    resamples: int,
) -> tuple[float | None, tuple[float, float] | None]:
    """Plain mean of the four headlines; its draws average theirs index by index."""
    values = [measured[layer]["f1"].value if layer in measured else None for layer in LAYERS]
    if any(value is None for value in values):
        return None, None
    heads = [next(figure for figure in scored[layer].figures if figure.name == "f1") for layer in LAYERS]
    each = [_values(head, draws[layer], (resamples,)) for head, layer in zip(heads, LAYERS, strict=True)]
    return sum(value for value in values if value is not None) / len(LAYERS), interval(
        sum(each[1:], each[0]) / len(LAYERS)
    )


def _defined(value: float) -> float | None:
    return value if value == value else None
