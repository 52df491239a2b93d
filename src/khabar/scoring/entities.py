"""Entities: exact span and label, nested included; beside it the four SemEval-2013 schemes and what explains them.

SemEval schemes after Segura-Bedmar et al. 2013 (task 9.1): a pair is correct, incorrect or partial, a row missing, a
prediction spurious. They are defined on overlapping pairs; here the pairs are assigned one to one for most credit,
then most pairs, so that the order of predictions cannot move a figure.
"""

from __future__ import annotations

from collections.abc import Iterable

from khabar.arabic.grounding import is_clitic_before
from khabar.records import SaidEntity
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.assignment import Pair, lexicographic
from khabar.scoring.counting import Unit
from khabar.scoring.formulas import Figure, macro_f1, prf, recall, semeval_f1, semeval_precision, semeval_recall
from khabar.scoring.matching import Layer, Settled, UnitOf, never_right, overlapping, settle, tally, units
from khabar.scoring.passage import Passage
from khabar.scoring.placing import Placed
from khabar.scoring.reference import GoldDocument

Mention = Placed[SaidEntity]

SCHEMES = ("strict", "exact", "partial", "type")
_OUTCOMES = ("cor", "inc", "par", "mis", "spu")


def figures(phenomena: Iterable[str], with_texts: bool) -> list[Figure]:
    """Name the figures of the layer: what `count` counts, as formulas over its columns."""
    found = [*prf("", "exact")]
    by_label = [f"label.{label}.{outcome}" for label in ENTITY_LABELS for outcome in ("tp", "fp", "fn")]
    found.append(Figure("macro_f1", macro_f1, tuple(by_label)))
    for label in ENTITY_LABELS:
        found.extend(prf(f"label.{label}", f"label.{label}"))
    for scheme in SCHEMES:
        columns = tuple(f"semeval.{scheme}.{outcome}" for outcome in _OUTCOMES)
        found.append(Figure(f"semeval.{scheme}.f1", semeval_f1, columns))
        found.append(Figure(f"semeval.{scheme}.precision", semeval_precision, columns))
        found.append(Figure(f"semeval.{scheme}.recall", semeval_recall, columns))
    if with_texts:
        found.extend(prf("clitic_tolerant", "clitic"))
    found.extend(
        Figure(f"phenomenon.{tag}.recall", recall, (f"phenomenon.{tag}.tp", f"phenomenon.{tag}.fn"))
        for tag in phenomena
    )
    return found


def count(layer: Layer, document: GoldDocument, predicted: tuple[Mention, ...], unit_of: UnitOf) -> None:
    """Add one document's counts."""
    passage, gold = document.passage, document.gold.entities
    scored = [at for at, row in enumerate(gold) if row.said.scored]
    edges = _exact(gold, scored, predicted)
    aside = never_right(set_aside(passage, gold, predicted), edges)
    gold_units, predicted_units = units(gold, passage, unit_of), units(predicted, passage, unit_of)

    exact = settle(scored, edges, aside)
    tally(layer.counts, "exact", exact, gold_units, predicted_units)
    _by_label(layer, exact, gold, predicted, gold_units, predicted_units)
    layer.set_aside += len(exact.aside)
    layer.ungrounded += sum(item.spans is None for item in predicted)

    touching = list(overlapping([gold[at].spans or () for at in scored], [item.spans or () for item in predicted]))
    for scheme in SCHEMES:
        _semeval(layer, scheme, gold, scored, predicted, touching, aside, gold_units, predicted_units)
    if passage.text is not None:
        tolerant = _clitic_tolerant(passage.text, gold, scored, predicted, touching)
        tally(layer.counts, "clitic", settle(scored, tolerant, aside), gold_units, predicted_units)


def set_aside(passage: Passage, gold: tuple[Mention, ...], predicted: tuple[Mention, ...]) -> list[bool]:
    """Say of each prediction whether it stays out if nothing is assigned to it: boilerplate, or a don't-care span."""
    scored = {row.spans for row in gold if row.said.scored}
    ignored = {row.spans for row in gold if not row.said.scored} - scored
    return [
        item.spans is not None and (item.spans in ignored or passage.in_boilerplate(item.spans)) for item in predicted
    ]


def _exact(gold: tuple[Mention, ...], scored: list[int], predicted: tuple[Mention, ...]) -> list[Pair]:
    rows = {(gold[at].spans, gold[at].said.label): at for at in scored}
    keys = ((guess, (item.spans, item.said.label)) for guess, item in enumerate(predicted) if item.spans)
    return [(rows[key], guess, 1) for guess, key in keys if key in rows]


def _by_label(
    layer: Layer,
    settled: Settled,
    gold: tuple[Mention, ...],
    predicted: tuple[Mention, ...],
    gold_units: list[Unit],
    predicted_units: list[Unit],
) -> None:
    for at, outcome in [*((at, "tp") for at, _ in settled.pairs), *((at, "fn") for at in settled.missed)]:
        said = gold[at].said
        layer.counts.add(gold_units[at], f"label.{said.label}.{outcome}")
        for tag in said.phenomena or ():
            layer.counts.add(gold_units[at], f"phenomenon.{tag}.{outcome}")
    for at in settled.false:
        layer.counts.add(predicted_units[at], f"label.{predicted[at].said.label}.fp")


def _outcome(scheme: str, gold: Mention, predicted: Mention) -> str:
    """What a pair of overlapping mentions is under a scheme."""
    same_span, same_label = gold.spans == predicted.spans, gold.said.label == predicted.said.label
    if scheme == "partial":
        return "cor" if same_span else "par"
    right = {"strict": same_span and same_label, "exact": same_span, "type": same_label}[scheme]
    return "cor" if right else "inc"


_CREDIT = {"cor": 2, "par": 1, "inc": 0}


def _semeval(
    layer: Layer,
    scheme: str,
    gold: tuple[Mention, ...],
    scored: list[int],
    predicted: tuple[Mention, ...],
    touching: list[tuple[int, int]],
    aside: list[bool],
    gold_units: list[Unit],
    predicted_units: list[Unit],
) -> None:
    outcomes = {(scored[at], guess): _outcome(scheme, gold[scored[at]], predicted[guess]) for at, guess in touching}
    edges = [(at, guess, lexicographic(_CREDIT[outcome], 1)) for (at, guess), outcome in outcomes.items()]
    settled = settle(scored, edges, aside)
    prefix = f"semeval.{scheme}"
    for pair in settled.pairs:
        layer.counts.add(gold_units[pair[0]], f"{prefix}.{outcomes[pair]}")
    for at in settled.missed:
        layer.counts.add(gold_units[at], f"{prefix}.mis")
    for at in settled.false:
        layer.counts.add(predicted_units[at], f"{prefix}.spu")


def _clitic_tolerant(
    text: str,
    gold: tuple[Mention, ...],
    scored: list[int],
    predicted: tuple[Mention, ...],
    touching: list[tuple[int, int]],
) -> list[Pair]:
    """Right label and end, and a start that differs by proclitics at most."""
    edges: list[Pair] = []
    for at, guess in touching:
        row, item = gold[scored[at]], predicted[guess]
        if row.spans is None or item.spans is None or row.said.label != item.said.label:
            continue
        (start, end), (guessed_start, guessed_end) = row.spans[0], item.spans[0]
        first, second = min(start, guessed_start), max(start, guessed_start)
        if end == guessed_end and (first == second or is_clitic_before(text, first, second)):
            edges.append((scored[at], guess, lexicographic(1, int(first == second))))
    return edges
