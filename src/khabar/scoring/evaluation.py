"""An evaluation: a system's predictions judged against gold, once for figures, errors and whatever shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.errors import Error
from khabar.records.labels import LAYERS, EntityLabel, Layer
from khabar.scoring.bootstrap import RESAMPLES, SEED
from khabar.scoring.cases import Cases
from khabar.scoring.result import Score
from khabar.scoring.scorer import judge_of, measure, tally
from khabar.scoring.tally import Tally


class Evaluation:
    """Validated predictions beside gold. All of it stays in memory, with the verdicts.

    `annotations` holds one item a gold document (a missing one counts as empty); other documents are ignored. `labels`
    are those of the entities that are scored, by default all.
    """

    def __init__(
        self,
        reference: Reference,
        annotations: Iterable[Annotations],
        disputes: Sequence[Dispute] = (),
        *,
        layers: Sequence[Layer] = LAYERS,
        labels: Sequence[EntityLabel] | None = None,
    ) -> None:
        self.cases = Cases(reference, annotations, disputes, labels=labels)
        self.judges = {layer: judge_of(layer, self.cases) for layer in LAYERS if layer in layers}

    @cached_property
    def tally(self) -> Tally:
        """The counts of all layers."""
        return tally(self.cases, self.judges.items())

    def score(self, *, seed: int = SEED, resamples: int = RESAMPLES) -> Score:
        """Compute every figure with its interval."""
        return measure(self.tally, seed=seed, resamples=resamples)

    @cached_property
    def errors(self) -> list[Error]:
        """What the headlines count as missed or false, each with its cause."""
        from khabar.scoring.errors import list_errors

        return list_errors(self.judges)
