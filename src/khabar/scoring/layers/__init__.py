"""The four layers: what each judges right, and the figures it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from khabar.records.labels import Layer
from khabar.scoring.bootstrap import Resampled
from khabar.scoring.cases import Cases
from khabar.scoring.metrics import Metric
from khabar.scoring.tally import Units
from khabar.scoring.verdicts import Verdict

Verdicts: TypeAlias = dict[str, list[tuple[Any, Any]]]
"""Of each layer the documents or stories of gold, each with its verdict."""


class Judge(Protocol):
    """What every layer is."""

    def metrics(self, tags: Iterable[str]) -> list[Metric]:
        """Name the figures. `tags` are the phenomena of gold's scored rows."""

    def judge(self, gold: Any, predicted: Any) -> Verdict:
        """Judge what is predicted of a document, or, for conflicts, of a story."""

    def resampled(self, cases: Cases, units: Units, verdicts: Mapping[str, Sequence[Any]]) -> list[Resampled]:
        """Give the figures that are no function of sums over units. `verdicts` are those of each story."""


def judge_of(layer: Layer, cases: Cases) -> Judge:
    """The judge of a layer. Modules are imported when they are needed."""
    if layer == "entities":
        from khabar.scoring.layers.entities import Entities

        return Entities(cases.with_texts)
    if layer == "numbers":
        from khabar.scoring.layers.numbers import Numbers

        return Numbers()
    if layer == "quotes":
        from khabar.scoring.layers.quotes import Quotes

        return Quotes(cases.speakers, cases.with_texts)
    from khabar.scoring.layers.conflicts import Conflicts

    return Conflicts(cases.with_texts)
