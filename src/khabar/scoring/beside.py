"""Entities across a story, and as other tools see them: identity of things, and seqeval on flat tags."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from khabar.scoring import identity
from khabar.scoring.matching import Layer, Point
from khabar.scoring.placing import PlacedDocument
from khabar.scoring.reference import Reference
from khabar.scoring.tagging import iob2, last_letter


def add_points(layer: Layer, reference: Reference, predicted: Mapping[str, PlacedDocument]) -> None:
    """Add the figures that look across documents (identity) or come from another tool (seqeval)."""
    named = any(item.entity_id is not None for placed in predicted.values() for item in placed.said.entities)
    found = _identity(reference, predicted) if named else dict.fromkeys(_IDENTITY)
    if reference.tokens:
        found["seqeval.strict_iob2.f1"] = seqeval_f1(reference, predicted)
    layer.points.update({name: Point(value) for name, value in found.items()})


_Place = tuple[str, int, int]
_IDENTITY = (
    *(f"identity.{name}.f1" for name in ("lea", "b_cubed", "ceaf_e", "muc", "conll")),
    "identity.variants.recall",
)


def _identity(reference: Reference, predicted: Mapping[str, PlacedDocument]) -> dict[str, float | None]:
    """Clusters of exact spans across the articles of a story. A mention without a key is a cluster of its own."""
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
    if not gold:
        return dict.fromkeys(_IDENTITY)
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


def seqeval_f1(reference: Reference, predicted: Mapping[str, PlacedDocument]) -> float | None:
    """What the real seqeval says of the same predictions on the `tokens` config (strict mode, scheme IOB2)."""
    gold = [list(row.tags) for row in reference.tokens]
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
    if all(tag == "O" for tags in (*gold, *ours) for tag in tags):
        return None
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    return float(f1_score(gold, ours, mode="strict", scheme=IOB2, zero_division=0))
