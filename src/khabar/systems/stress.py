"""Stress: a system on a corpus and on the same corpus written otherwise; what its headlines lose, and its consistency.

Consistency is whether a system says the same of a text and of the same text written otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from msgspec import structs

from khabar.corpus.derivation import tokens
from khabar.corpus.gold import from_tables, read_rows
from khabar.corpus.release import read_release, released_corpus
from khabar.edits import Story
from khabar.edits.stress import TRANSFORMATIONS, StressedStory, stressed
from khabar.progress import Progress, logged
from khabar.reading.checks import checked_predictions
from khabar.reading.incidents import Incidents, warned
from khabar.reading.predictions import Records
from khabar.reading.reference import Reference
from khabar.records import (
    CONFIGS,
    Annotations,
    Dispute,
    Entity,
    PredictedNumber,
    PredictedQuote,
    PredictedSource,
    Row,
    Side,
    StorySpan,
)
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.compare import compare
from khabar.scoring.scorer import Evaluation, measure
from khabar.scoring.tally import Tally
from khabar.systems.journal import Journal, digest
from khabar.systems.protocol import Options, SlowSystem, System
from khabar.systems.registry import EMBEDDED, find_system
from khabar.systems.runner import run_system
from khabar.text.arabic import fold
from khabar.text.dates import date_key
from khabar.text.grounding import GroundedDocument, span_of
from khabar.text.spans import Passage, Spans
from khabar.text.values import value_of
from khabar.version import __version__

Answers = Counter[object]
"""What a system says on a layer, each answer as the columns that its headline compares, and how often."""
_Back = Callable[[str, Spans | None], Spans | None]


def answers(
    annotations: Iterable[Annotations], disputes: Iterable[Dispute], story: StressedStory
) -> dict[Layer, Answers]:
    """What a system says of a transformed story, layer by layer, with the offsets of the original one."""
    counts: dict[Layer, Answers] = {layer: Counter() for layer in LAYERS}
    texts = story.story.texts

    def back(doc_id: str, spans: Spans | None) -> Spans | None:
        return None if spans is None else tuple(story.original(doc_id, start, end) for start, end in spans)

    for record in annotations:
        doc_id = record.doc_id
        document = GroundedDocument(record, Passage(doc_id, texts[doc_id]))
        for entity in document.entities:
            counts["entities"][doc_id, back(doc_id, entity.spans), entity.item.label] += 1
        for number in document.numbers:
            counts["numbers"][doc_id, back(doc_id, number.spans), _value(number.item)] += 1
        for quote in document.quotes:
            counts["quotes"][doc_id, back(doc_id, quote.spans), _speaker(quote.item, document, back)] += 1
    for dispute in disputes_of_the_original(disputes, story):
        sides = [frozenset((span.doc_id, span.start, span.end) for span in side.spans) for side in dispute.sides]
        counts["conflicts"][dispute.story, dispute.type, frozenset(sides)] += 1
    return counts


def consistency(before: Answers, after: Answers) -> float | None:
    """The answers given both times, over the mean number given; None where there is none."""
    given = before.total() + after.total()
    return 2 * (before & after).total() / given if given else None


def disputes_of_the_original(disputes: Iterable[Dispute], story: StressedStory) -> list[Dispute]:
    """Disputes of a transformed story with the offsets of the original one; spans that are nowhere are left out."""
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in story.story.texts.items()}
    return [
        structs.replace(dispute, sides=tuple(_side(side, passages, story) for side in dispute.sides))
        for dispute in disputes
    ]


def _side(side: Side, passages: Mapping[str, Passage], story: StressedStory) -> Side:
    spans = []
    for span in side.spans:
        place = span_of(span, passages[span.doc_id])
        if place is not None:
            start, end = story.original(span.doc_id, *place)
            spans.append(StorySpan(doc_id=span.doc_id, start=start, end=end))
    return structs.replace(side, spans=tuple(spans))


def _value(number: PredictedNumber) -> object:
    if number.kind == "date":
        return number.kind, None if number.edtf is None else date_key(number.edtf)
    return number.kind, value_of(number), None if number.unit is None else fold(number.unit)


def _speaker(quote: PredictedQuote, document: GroundedDocument, back: _Back) -> object:
    """Who a quote is said to be by: a Wikidata item, a place, a name, or a cluster, known by its first mention."""
    speaker = quote.speaker
    doc_id = document.annotations.doc_id
    if isinstance(speaker, PredictedSource):
        if speaker.wikidata is not None:
            return speaker.wikidata
        place = span_of(speaker, document.passage)
        if place is not None:
            return back(doc_id, (place,))
        if speaker.name is not None:
            return fold(speaker.name)
        speaker = speaker.entity_id
    mentions = [entity.spans for entity in document.entities if speaker and entity.item.entity_id == speaker]
    first = min((spans for spans in mentions if spans), default=None)
    return speaker if first is None else back(doc_id, first)


ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class LayerUnderStress:
    """A layer's headline on the original and on the transformed text, and what is lost, with its 95% interval.

    `consistency` is the share of answers that are the same on both texts. None where undefined.
    """

    original: float | None
    transformed: float | None
    lost: float | None
    low: float | None
    high: float | None
    consistency: float | None


@dataclass(frozen=True, slots=True)
class UnderStress:
    """A system under one transformation: how many edits it made, and each layer, `overall` too if all are scored."""

    edits: int
    layers: dict[str, LayerUnderStress]


@dataclass(frozen=True, slots=True)
class StressReport:
    """A system under each transformation. `signature` is that of its score on the original text."""

    transformations: dict[str, UnderStress]
    seed: int
    signature: str
    system: System | SlowSystem
    """The system that was run: a slow one knows what it failed on."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form."""
        transformations = {name: asdict(outcome) for name, outcome in self.transformations.items()}
        return {"transformations": transformations, "seed": self.seed, "signature": self.signature}


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a system said of a story, and how that counts."""

    story: StressedStory
    records: Records
    counted: Tally


def stress(
    system: str | System | SlowSystem,
    gold: Path | None = None,
    split: str = "test",
    transformations: Sequence[str] = TRANSFORMATIONS,
    *,
    layers: Sequence[Layer] = LAYERS,
    seed: int = 0,
    journal: Journal | None = None,
    progress: Progress = logged,
    incidents: Incidents | None = None,
) -> StressReport:
    """Run a system on a split of a corpus folder (default: the released corpus) and on what transformations make of it.

    A transformation is one of `TRANSFORMATIONS`, or several joined by `+`. What the system says is kept in the
    `journal`, so that a run that was stopped goes on; of a `module:attribute` or a function, whose code may have
    changed, nothing is. `incidents` takes the warnings about what it says, such as keys that are not read; without
    it they are one UserWarning. Raises InputError.
    """
    folder = released_corpus() if gold is None else gold
    version = read_release(folder).version
    story = Story.of_tables(read_rows(folder, split))
    plain = StressedStory(story, story.documents, (), 0)
    variants = {name: stressed(story, name, seed) for name in transformations}
    reference = reference_of(plain, version)
    outcomes: dict[str, UnderStress] = {}
    with warned(incidents) as warnings:
        answered = journal or Journal()
        written = system if isinstance(system, str) else None
        runnable = find_system(system, reference, Options(journal=answered)) if isinstance(system, str) else system
        answering = _Answering(runnable, written, reference, layers, seed, answered, progress, warnings)
        first = answering.run(ORIGINAL, plain, reference)
        for name, variant in variants.items():
            again = first
            if variant.edits or variant.documents != plain.documents:
                again = answering.run(name, variant, reference_of(variant, version))
            outcomes[name] = UnderStress(variant.edits, _layers(first, again, seed))
    return StressReport(outcomes, seed, str(measure(first.counted, seed=seed).signature), runnable)


@dataclass(frozen=True, slots=True)
class _Answering:
    """Runs one system on variants of a story, and takes up what it has said before."""

    system: System | SlowSystem
    name: str | None
    """How the system is written; None if it was handed over."""
    gold: Reference
    layers: Sequence[Layer]
    seed: int
    journal: Journal
    progress: Progress
    warnings: Incidents

    def run(self, name: str, variant: StressedStory, reference: Reference) -> _Answered:
        """Run the system on a variant and count what it says. Raises InputError."""
        incidents = Incidents()
        records = checked_predictions(self._said(name, variant, reference), reference, self.layers, incidents)
        incidents.refuse()
        self.warnings.extend(incidents)
        counted = Evaluation(reference, records.documents, records.disputes, layers=self.layers).tally
        if "conflicts" in self.layers:
            # A dispute is its spans: with the offsets of the original, one that is false both times is one unit.
            back = disputes_of_the_original(records.disputes, variant)
            judged = Evaluation(self.gold, (), back, layers=["conflicts"]).tally
            counted = replace(counted, layers={**counted.layers, "conflicts": judged.layers["conflicts"]})
        return _Answered(variant, records, counted)

    def _said(self, name: str, variant: StressedStory, reference: Reference) -> list[Any]:
        """What the system says: kept from an earlier run, or asked for now."""
        # A name with a prefix stands for what keeps its answers itself, or for code that may have changed.
        is_kept = self.name is not None and ":" not in self.name
        key = digest("stress", self.name, name, self.seed, list(self.layers), reference.fingerprint, __version__)
        answers: list[Any] | None = self.journal.get(key, list) if is_kept else None
        if answers is None:
            system = self.system
            if self.name in EMBEDDED and EMBEDDED[self.name].from_gold:
                system = find_system(self.name, reference)
            doing = f"annotating: {name}"
            warnings = Incidents()
            annotations, disputes = run_system(
                system,
                variant.documents,
                lambda _, done, total: self.progress(doing, done, total),
                self.layers,
                warnings,
            )
            self.warnings.extend(warnings)
            answers = [*annotations, *disputes]
            if is_kept and not warnings:  # a run that goes on from here would not warn of what is no longer there
                self.journal.put(key, answers)
        return answers


def _layers(first: _Answered, again: _Answered, seed: int) -> dict[str, LayerUnderStress]:
    compared = compare(again.counted, first.counted, seed=seed)  # the original less the transformed: what is lost
    before, after = (answers(run.records.documents, run.records.disputes, run.story) for run in (first, again))
    same: dict[str, float | None] = {layer: consistency(before[layer], after[layer]) for layer in LAYERS}
    return {
        layer: LayerUnderStress(lost.b, lost.a, lost.difference, lost.low, lost.high, same.get(layer))
        for layer, lost in compared.items()
    }


def reference_of(transformed: StressedStory, version: str = "-") -> Reference:
    """The gold of a transformed story: its rows as they were carried along, its tokens made anew."""
    story = transformed.story
    tables: dict[str, list[Row]] = {config: [] for config in CONFIGS}
    for row in (*story.documents, *story.rows):
        tables[row.layer].append(row)
    mentions: dict[str, list[Entity]] = defaultdict(list)
    for row in story.rows:
        if isinstance(row, Entity):
            mentions[row.doc_id].append(row)
    for document in story.documents:
        tables["tokens"] += tokens(document.doc_id, document.text, mentions[document.doc_id])
    return from_tables(tables, version)
