"""Entities as flat IOB2 tags, one a token, scored by the real seqeval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.reading.reference import Reference
from khabar.records import PredictedEntity, TokenRow
from khabar.scoring.counting import SamplingFrame
from khabar.scoring.metrics import quotient
from khabar.scoring.result import Measured
from khabar.scoring.tally import Units
from khabar.text.grounding import Grounded
from khabar.text.spans import iob2, last_letter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.bootstrap import Array, Times

    Integers = NDArray[np.intp]

Mention = Grounded[PredictedEntity]
_F1 = "seqeval.strict_iob2.f1"
Tags = list[list[str]]
"""The tags of each paragraph."""


@dataclass(frozen=True, slots=True)
class FlatTags:
    """Tags of gold and of the predictions, and the index of the unit of each paragraph."""

    units: SamplingFrame
    gold: Tags
    predicted: Tags
    unit_of: Integers

    @property
    def frame(self) -> SamplingFrame | None:
        """The units of the layer, if anything is tagged."""
        return self.units if any(tag != "O" for tags in (*self.gold, *self.predicted) for tag in tags) else None

    def values(self) -> dict[str, Measured]:
        """What seqeval says (strict mode, scheme IOB2); undefined where nobody tags anything."""
        return {_F1: Measured(None if self.frame is None else seqeval_f1(self.gold, self.predicted), None, {})}

    def resample(self, times: Times) -> dict[str, Array]:
        """The same F1 on draws of units (draws × units), from the entities that seqeval reads in each paragraph."""
        import numpy as np
        from seqeval.scheme import IOB2, Entities

        entities = [[set(each) for each in Entities(tags, IOB2).entities] for tags in (self.gold, self.predicted)]
        right = np.array([len(one & other) for one, other in zip(*entities, strict=True)], float)
        both = np.array([len(one) + len(other) for one, other in zip(*entities, strict=True)], float)
        of_paragraphs = times[:, self.unit_of]
        return {_F1: quotient(2 * (of_paragraphs @ right), of_paragraphs @ both)}


def flat_tags(
    reference: Reference, rows: Sequence[TokenRow], mentions: Mapping[str, Sequence[Mention]], units: Units
) -> FlatTags:
    """Project `mentions`, those of each document that take part, to tags as gold's (`rows`) were made.

    Don't-care rows are never missed: where a document has any, gold's tags are derived again without them.
    """
    import numpy as np

    scored = {
        doc_id: [row for row in document.entities if row.item.scored]
        for doc_id, document in reference.documents.items()
        if not all(row.item.scored for row in document.entities)
    }
    gold = [_tags(row, scored[row.doc_id]) if row.doc_id in scored else list(row.tags) for row in rows]
    ours = [_tags(row, mentions[row.doc_id]) for row in rows]
    first = [(reference.documents[row.doc_id].passage, min(row.starts, default=0)) for row in rows]
    indices = np.array([units.frame.index[units.of_offset(*each)] for each in first], np.intp)
    return FlatTags(units.frame, gold, ours, indices)


def _tags(row: TokenRow, mentions: Sequence[Mention]) -> list[str]:
    anchors = [start + last_letter(token) for start, token in zip(row.starts, row.tokens, strict=True)]
    return iob2(anchors, [(*mention.spans[0], mention.item.label) for mention in mentions if mention.spans])


def seqeval_f1(gold: Tags, predicted: Tags) -> float:
    """F1 of the real seqeval."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    return float(f1_score(gold, predicted, mode="strict", scheme=IOB2, zero_division=0))
