"""Entities across a story, and as other tools see them: identity of things, and seqeval on flat tags."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from khabar.scoring import identity
from khabar.scoring.formulas import quotient
from khabar.scoring.identity_draws import cells_of, redraw
from khabar.scoring.matching import Layer, Point
from khabar.scoring.passage import Passage
from khabar.scoring.placing import PlacedDocument
from khabar.scoring.redrawing import Redraw
from khabar.scoring.reference import Reference
from khabar.scoring.tagging import iob2, last_letter

if TYPE_CHECKING:
    from khabar.scoring.redrawing import Array


def add_points(
    layer: Layer,
    reference: Reference,
    predicted: Mapping[str, PlacedDocument],
    unit: Callable[[Passage, int], int] | None = None,
) -> None:
    """Add the figures that look across documents (identity) or come from another tool (seqeval).

    `unit` gives the index of the unit an offset belongs to.
    """
    named = {item.entity_id for placed in predicted.values() for item in placed.said.entities} - {None}
    found: dict[str, float | None] = dict.fromkeys(_IDENTITY)
    gold, ours, variants = _clusterings(reference, predicted) if named else ({}, {}, set())
    if gold:
        found = _identity(gold, ours, variants)
        if unit is not None:
            units = {place: unit(reference.documents[place[0]].passage, place[1]) for place in (*gold, *ours)}
            layer.redraws.append(partial(redraw, cells_of(gold, ours, units, variants)))
    if reference.tokens:
        tags = _tags(reference, predicted)
        found[_SEQEVAL] = seqeval_f1(*tags)
        if unit is not None and found[_SEQEVAL] is not None:
            rows = [
                unit(reference.documents[row.doc_id].passage, min(row.starts, default=0)) for row in reference.tokens
            ]
            layer.redraws.append(_seqeval_redraw(*tags, rows))
    layer.points.update({name: Point(value) for name, value in found.items()})


_SEQEVAL = "seqeval.strict_iob2.f1"
_Place = tuple[str, int, int]
_IDENTITY = (
    *(f"identity.{name}.f1" for name in ("lea", "b_cubed", "ceaf_e", "muc", "conll")),
    "identity.variants.recall",
)


def _clusterings(
    reference: Reference, predicted: Mapping[str, PlacedDocument]
) -> tuple[dict[_Place, str], dict[_Place, str], set[_Place]]:
    """Clusters of exact spans across the articles of a story, gold's and ours, and gold's variant spellings.

    A predicted mention without a key is a cluster of its own.
    """
    gold: dict[_Place, str] = {}
    ours: dict[_Place, str] = {}
    variants: set[_Place] = set()
    for doc_id, document in reference.documents.items():
        for row in document.gold.entities:
            if row.said.scored and row.spans and row.said.entity_id is not None:
                gold[doc_id, *row.spans[0]] = f"{document.story}\0{row.said.entity_id}"
                if "spelling_variant" in (row.said.phenomena or ()):
                    variants.add((doc_id, *row.spans[0]))
        scored = {row.spans for row in document.gold.entities if row.said.scored}
        ignored = {row.spans for row in document.gold.entities} - scored
        for item in predicted[doc_id].entities:
            if item.spans and item.spans not in ignored and not document.passage.in_boilerplate(item.spans):
                place = (doc_id, *item.spans[0])
                key = item.said.entity_id
                ours[place] = f"{document.story}\0{key}" if key is not None else "\0alone " + repr(place)
    return gold, ours, variants


def _identity(
    gold: Mapping[_Place, str], ours: Mapping[_Place, str], variants: Iterable[_Place]
) -> dict[str, float | None]:
    clusters, response = identity.clusters_of(gold), identity.clusters_of(ours)
    metrics = {"lea": identity.lea, "b_cubed": identity.b_cubed, "ceaf_e": identity.ceaf_e, "muc": identity.muc}
    scores = {name: identity.f_score(metric, clusters, response) for name, metric in metrics.items()}
    parts = [scores[name] for name in ("muc", "b_cubed", "ceaf_e")]
    found = {f"identity.{name}.f1": None if value is None else float(value) for name, value in scores.items()}
    defined = [part for part in parts if part is not None]
    found["identity.conll.f1"] = float(sum(defined) / 3) if len(defined) == 3 else None
    found["identity.variants.recall"] = _variant_recall(gold, ours, variants)
    return found


def _variant_recall(gold: Mapping[_Place, str], ours: Mapping[_Place, str], variants: Iterable[_Place]) -> float | None:
    """Of the links between a mention in a variant spelling and its entity's other mentions, the share that is kept."""
    together: dict[str, Counter[str | None]] = defaultdict(Counter)
    for place, key in gold.items():
        together[key][ours.get(place)] += 1
    links = kept = 0
    for place in variants:
        links += together[gold[place]].total() - 1
        kept += together[gold[place]][ours[place]] - 1 if place in ours else 0
    return kept / links if links else None


def _tags(reference: Reference, predicted: Mapping[str, PlacedDocument]) -> tuple[list[list[str]], list[list[str]]]:
    """IOB2 tags of gold (the `tokens` config) and of the predictions, projected alike, by paragraph."""
    spans = {
        doc_id: [(*item.spans[0], item.said.label) for item in document.entities if item.spans]
        for doc_id, document in predicted.items()
    }
    ours = [
        iob2(
            [start + last_letter(token) for start, token in zip(row.starts, row.tokens, strict=True)], spans[row.doc_id]
        )
        for row in reference.tokens
    ]
    return [list(row.tags) for row in reference.tokens], ours


def seqeval_f1(gold: list[list[str]], ours: list[list[str]]) -> float | None:
    """What the real seqeval says of tags (strict mode, scheme IOB2); None where nobody tags anything."""
    if all(tag == "O" for tags in (*gold, *ours) for tag in tags):
        return None
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    return float(f1_score(gold, ours, mode="strict", scheme=IOB2, zero_division=0))


def _seqeval_redraw(gold: list[list[str]], ours: list[list[str]], units: list[int]) -> Redraw:
    """The same F1 on resamples, from the entities seqeval reads in each paragraph."""
    import numpy as np
    from seqeval.scheme import IOB2, Entities

    entities = [[set(each) for each in Entities(tags, IOB2).entities] for tags in (gold, ours)]
    right = [len(one & other) for one, other in zip(*entities, strict=True)]
    both = [len(one) + len(other) for one, other in zip(*entities, strict=True)]

    def redraw(times: Array) -> dict[str, Array]:
        drawn = times[:, np.array(units, np.intp)]
        return {_SEQEVAL: quotient(2 * (drawn @ np.array(right, float)), drawn @ np.array(both, float))}

    return redraw
