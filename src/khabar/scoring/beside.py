"""Entities across a story, and as other tools see them: identity of things, and seqeval on flat tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from khabar.reading.reference import Reference
from khabar.scoring.matching import Layer
from khabar.scoring.metrics import quotient
from khabar.scoring.redrawing import Point, Redraw, Undefined
from khabar.text.grounding import GroundedDocument
from khabar.text.passages import Passage
from khabar.text.tokens import iob2, last_letter

if TYPE_CHECKING:
    from khabar.scoring.redrawing import Array, Draws


def add_points(
    layer: Layer,
    reference: Reference,
    predicted: Mapping[str, GroundedDocument],
    unit: Callable[[Passage, int], int],
    named: bool,
) -> None:
    """Add the figures that look across documents (identity) or come from another tool (seqeval).

    `unit` gives the index of the unit an offset belongs to; `named` says whether any prediction has an `entity_id`.
    """
    layer.beyond = Undefined(IDENTITY)
    if named:
        from khabar.scoring.clusters import identity_of

        layer.beyond = identity_of(reference, predicted, unit)
    if reference.tokens:
        tags = _tags(reference, predicted)
        value = seqeval_f1(*tags)
        layer.points[_SEQEVAL] = Point(value)
        if value is not None:
            rows = [
                unit(reference.documents[row.doc_id].passage, min(row.starts, default=0)) for row in reference.tokens
            ]
            layer.redraws.append(_seqeval_redraw(*tags, rows))


IDENTITY = tuple(
    f"identity.{name}" for name in ("lea.f1", "b_cubed.f1", "ceaf_e.f1", "muc.f1", "conll.f1", "variants.recall")
)
"""The figures of `khabar.scoring.clusters`."""
_SEQEVAL = "seqeval.strict_iob2.f1"


def _tags(reference: Reference, predicted: Mapping[str, GroundedDocument]) -> tuple[list[list[str]], list[list[str]]]:
    """IOB2 tags of gold (the `tokens` config) and of the predictions, projected alike, by paragraph."""
    spans = {
        doc_id: [(*item.spans[0], item.item.label) for item in document.entities if item.spans]
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

    def redraw(times: Draws) -> dict[str, Array]:
        drawn = times[:, np.array(units, np.intp)]
        return {_SEQEVAL: quotient(2 * (drawn @ np.array(right, float)), drawn @ np.array(both, float))}

    return redraw
