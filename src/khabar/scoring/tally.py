"""The tally: verdicts added up to counts per unit. Units are what the bootstrap draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from khabar.records.canonical import canonical
from khabar.records.labels import Layer
from khabar.scoring.bootstrap import FEWEST_STORIES, TAIL, Resampled, tail_of
from khabar.scoring.cases import Cases, GoldStory
from khabar.scoring.counting import Counts, SamplingFrame, Table, Unit
from khabar.scoring.metrics import Metric
from khabar.scoring.result import headline_name
from khabar.scoring.verdicts import Verdict
from khabar.text.grounding import GroundedDispute, GroundedDocument
from khabar.text.spans import Passage

FEW_DOCUMENTS = 30
"""Below this, and with texts, the bootstrap draws paragraphs within documents; from it on, documents."""

TEXT_LAYERS: tuple[Layer, ...] = ("entities", "numbers", "quotes")


class Units:
    """The units of a run: whole stories wherever gold names ten. Gold that is scored in parts is never small."""

    def __init__(self, cases: Cases) -> None:
        reference = cases.reference
        self._documents = reference.documents
        stories = len(cases.stories) if reference.whole is None else reference.whole.stories
        # The variants of a contrast set are one story told twice, and no draws of their own.
        self.by_story = not reference.pairs and are_stories_drawn(reference.names_stories, stories)
        self.by_paragraph = (
            not self.by_story
            and reference.has_texts
            and reference.whole is None
            and len(reference.documents) < FEW_DOCUMENTS
        )

    @property
    def name(self) -> str:
        """The unit of the text layers, as it stands in signatures."""
        return "story" if self.by_story else "paragraph" if self.by_paragraph else "document"

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

    def of(self, gold: GroundedDocument | GoldStory, verdict: Verdict) -> tuple[Sequence[Unit], Sequence[Unit], Unit]:
        """Give the units of a verdict's gold rows, of its predictions, and of the document or story itself."""
        if isinstance(gold, GroundedDocument):
            rows, items = (
                [self.of_offset(gold.passage, each.start) for each in side]
                for side in (verdict.gold, verdict.predicted)
            )
            return rows, items, self.of_offset(gold.passage, 0)
        if self.by_story:
            whole: Unit = ("", gold.story)
            return [whole] * len(verdict.gold), [whole] * len(verdict.predicted), whole
        traps = f"traps of {gold.story}"
        return (
            [
                (traps, issue.issue_id) if issue.status == "apparent" else (gold.story, f"dispute {issue.issue_id}")
                for issue in verdict.gold
            ],
            [(gold.story, name) for name in _record_names(verdict.predicted)],
            (f"tokens of {gold.story}", 0),
        )


def are_stories_drawn(names_stories: bool, stories: int) -> bool:
    """Whether the units of a gold are its stories: docs/benchmarks.md has what others would claim of new ones."""
    return names_stories and stories >= FEWEST_STORIES


def _record_names(records: Sequence[GroundedDispute]) -> list[str]:
    """Name records by their spans on each side: false records of two systems that are equal are one unit.

    Sides and spans have no order. A record that repeats another is numbered.
    """
    turn: Counter[str] = Counter()
    names = []
    for record in records:
        spans = [
            sorted({repr(place or canonical(span)) for place, span in zip(places, side.spans, strict=True)})
            for places, side in zip(record.sides, record.dispute.sides, strict=True)
        ]
        key = blake2b(repr(sorted(spans)).encode(), digest_size=12).hexdigest()
        names.append(f"record {key} {turn[key]:06}")
        turn[key] += 1
    return names


@dataclass(slots=True)
class LayerTally:
    """A layer's counts."""

    metrics: list[Metric]
    counts: Counts = field(default_factory=Counts)
    """What verdicts add up to."""
    table: Table | None = None
    resampled: list[Resampled] = field(default_factory=list)
    """Figures that are no formula over the table's sums, and are made anew on each draw."""
    set_aside: int = 0
    ungrounded: int = 0

    @property
    def headline(self) -> Metric:
        """The layer's headline figure."""
        name = headline_name([metric.name for metric in self.metrics])
        return next(metric for metric in self.metrics if metric.name == name)

    def add(self, verdict: Verdict, gold: Sequence[Unit], predicted: Sequence[Unit], case: Unit) -> None:
        """Add a verdict. `gold`, `predicted` and `case` are the units of its rows, its predictions and itself."""
        units = {"gold": gold, "predicted": predicted, "case": (case,)}
        for column, side, index, amount in verdict.counts():
            self.counts.add(units[side][index], column, amount)
        self.set_aside += len(verdict.headline.aside)
        self.ungrounded += verdict.ungrounded


@dataclass(frozen=True, slots=True)
class Tally:
    """A run's counts: all that figures, intervals and comparisons are arithmetic on."""

    layers: dict[str, LayerTally]
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
