"""The tally: verdicts added up to counts per unit. Units are what the bootstrap draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from khabar.records.labels import LAYERS, Layer
from khabar.scoring.bootstrap import TAIL, Resampled, TableName, tail_of
from khabar.scoring.cases import Cases, UnitName
from khabar.scoring.counts import Metric, SamplingFrame, Table, Unit
from khabar.scoring.result import PAIR_F, headline_name
from khabar.scoring.verdicts import Count
from khabar.text.spans import Passage

TEXT_LAYERS: tuple[Layer, ...] = ("entities", "numbers", "quotes")


class Units:
    """The units of a run on the text layers."""

    def __init__(self, cases: Cases) -> None:
        self._documents = cases.reference.documents
        self.name: UnitName = cases.facts.unit
        """As it stands in signatures."""

    @property
    def by_story(self) -> bool:
        """Whether whole stories are drawn, on all layers."""
        return self.name == "story"

    @property
    def by_paragraph(self) -> bool:
        """Whether paragraphs are drawn within their documents."""
        return self.name == "paragraph"

    @cached_property
    def frame(self) -> SamplingFrame:
        """All units of the text layers, those without counts included."""
        if self.by_paragraph:
            return SamplingFrame(
                {name: range(document.passage.paragraphs) for name, document in self._documents.items()}
            )
        return SamplingFrame({"": sorted(set(map(self._drawn_with, self._documents)))})

    def of_offset(self, passage: Passage, offset: int) -> Unit:
        """Give the unit an offset of a document belongs to."""
        if self.by_paragraph:
            return passage.doc_id, passage.paragraph(offset)
        return "", self._drawn_with(passage.doc_id)

    def of_documents(self) -> list[int]:
        """The index of each document's unit, in the order of gold's documents. Paragraphs have none."""
        return [self.frame.index["", self._drawn_with(doc_id)] for doc_id in self._documents]

    def _drawn_with(self, doc_id: str) -> str:
        """What brings a document into a draw: itself, or its story; one without a story is a unit of its own."""
        return (self.by_story and self._documents[doc_id].story) or doc_id


class VerdictUnits(NamedTuple):
    """The units of a verdict's gold rows, of its predictions, and of the document or story itself."""

    gold: Sequence[Unit]
    predicted: Sequence[Unit]
    case: Unit

    def of(self, count: Count) -> Unit:
        """The unit that a count belongs to."""
        if count.side == "case":
            return self.case
        return (self.gold if count.side == "gold" else self.predicted)[count.item]


@dataclass(frozen=True, slots=True)
class LayerTally:
    """A layer's counts per unit, and the figures they give."""

    metrics: Sequence[Metric]
    table: Table
    resampled: Sequence[Resampled] = ()
    """Figures that are no formula over the table's sums, and are computed on each draw."""
    stream: TableName = "text"
    """The layers of a stream share their units and their draws."""
    set_aside: int = 0
    ungrounded: int = 0
    disputes: Mapping[str, bool] = field(default_factory=dict)
    """Of conflicts: each hard dispute, by its issue_id, and whether it was found."""

    @property
    def headline(self) -> Metric:
        """The layer's headline figure."""
        name = headline_name([metric.name for metric in self.metrics])
        return next(metric for metric in self.metrics if metric.name == name)


@dataclass(frozen=True, slots=True)
class Tally:
    """A run's counts: all that figures, intervals and comparisons are arithmetic on."""

    layers: Mapping[str, LayerTally]
    """In the order of `khabar.records.labels.LAYERS`."""
    unit: str
    corpus: str
    hash: str
    stories: int = 0
    """How many whole stories the bootstrap draws; none where its units are others."""
    labels: tuple[str, ...] | None = None
    """Labels of the entities that are scored; None: all."""

    @property
    def tail(self) -> float:
        """The share of draws that an interval leaves out at either end."""
        return tail_of(self.stories) if self.stories else TAIL

    @property
    def has_overall(self) -> bool:
        """Whether the headlines have a mean: not those of some layers or labels, nor those of a contrast set."""
        are_all = len(self.layers) == len(LAYERS) and self.labels is None
        return are_all and all(layer.headline.name != PAIR_F for layer in self.layers.values())
