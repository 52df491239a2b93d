"""The protocol of a layer: it names its figures and judges one document or story at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from khabar.scoring.bootstrap import Resampled, TableName
from khabar.scoring.cases import Cases, DocumentCase, TextLayer
from khabar.scoring.counts import Counts, Metric, SamplingFrame
from khabar.scoring.tally import LayerTally, Units, VerdictUnits
from khabar.scoring.verdicts import CaseKind, DocumentVerdict, Verdict

VerdictKind = TypeVar("VerdictKind", bound=Verdict[Any, Any, Any])
OfDocument = TypeVar("OfDocument", bound=DocumentVerdict[Any])


class Judge(ABC, Generic[CaseKind, VerdictKind]):
    """Judges the cases of a layer, each once, and adds the verdicts up."""

    stream: ClassVar[TableName] = "text"
    """The layers of a stream share their units and their draws."""

    def __init__(self, corpus: Cases) -> None:
        self.corpus = corpus

    @abstractmethod
    def metrics(self) -> list[Metric]:
        """Name the figures."""

    @abstractmethod
    def cases(self) -> Iterable[CaseKind]:
        """Give the documents or stories to be judged."""

    @abstractmethod
    def judge(self, case: CaseKind) -> VerdictKind:
        """Judge what is predicted of a document or story."""

    @abstractmethod
    def units_of(self, verdict: VerdictKind, units: Units) -> VerdictUnits:
        """Give the units that a verdict counts in."""

    def resampled(self, units: Units) -> Sequence[Resampled]:
        """Give the figures that are no function of sums over units. Most layers have none."""
        return ()

    @cached_property
    def verdicts(self) -> Sequence[VerdictKind]:
        """The verdicts on all cases, in their order."""
        return [self.judge(case) for case in self.cases()]

    def count(self, units: Units) -> Counts:
        """Add the verdicts up."""
        counts = Counts()
        for verdict in self.verdicts:
            units_of_verdict = self.units_of(verdict, units)
            for count in verdict.counts():
                counts.add(units_of_verdict.of(count), count.column, count.amount)
        return counts

    def frame(self, counts: Counts, units: Units) -> SamplingFrame:
        """Give all units that are drawn."""
        return units.frame

    def disputes(self) -> Mapping[str, bool]:
        """Say of each hard dispute whether it was found. Only conflicts have any."""
        return {}

    def tally(self, units: Units) -> LayerTally:
        """Count the layer."""
        counts = self.count(units)
        return LayerTally(
            self.metrics(),
            counts.table(self.frame(counts, units)),
            self.resampled(units),
            self.stream,
            set_aside=sum(len(verdict.headline.aside) for verdict in self.verdicts),
            ungrounded=sum(verdict.ungrounded for verdict in self.verdicts),
            disputes=self.disputes(),
        )


class DocumentJudge(Judge[DocumentCase, OfDocument]):
    """Judges a layer document by document."""

    layer: ClassVar[TextLayer]

    def cases(self) -> Iterable[DocumentCase]:
        """Give the documents of which gold or the system says anything."""
        return self.corpus.of_documents(self.layer)

    def units_of(self, verdict: OfDocument, units: Units) -> VerdictUnits:
        """Give the units of rows and predictions: each counts where it starts, the document where its text does."""
        passage = verdict.passage
        rows, items = (
            [units.of_offset(passage, item.start) for item in side] for side in (verdict.gold, verdict.predicted)
        )
        return VerdictUnits(rows, items, units.of_offset(passage, 0))
