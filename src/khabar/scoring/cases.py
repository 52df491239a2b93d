"""Cases: what gold and a system say of one document, or of one story, as the layers judge them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, Literal, TypeVar

from msgspec import structs

from khabar.reading.issues import Issue
from khabar.reading.mentions import Documents
from khabar.reading.reference import GoldFacts, Reference, in_order
from khabar.records import Annotations, Dispute
from khabar.records.labels import EntityLabel
from khabar.records.predictions import canonical
from khabar.scoring.bootstrap import FEWEST_STORIES
from khabar.scoring.speakers import Speakers
from khabar.text.arabic import token_spans
from khabar.text.grounding import GroundedDispute, GroundedDocument

TextLayer = Literal["entities", "numbers", "quotes"]
UnitName = Literal["story", "paragraph", "document"]
"""What the bootstrap draws on the text layers."""

FEW_DOCUMENTS = 30
"""Below this, and with texts, the bootstrap draws paragraphs within documents; from it on, documents."""


def unit_of(gold: GoldFacts, stories: int, *, is_contrast: bool = False) -> UnitName:
    """Choose the units of the text layers: whole stories wherever gold names ten.

    `stories` counts those that gold and predictions speak of. docs/benchmarks.md has what others would claim of new
    stories. The variants of a contrast set are one story told twice, and no draws of their own.
    """
    if gold.names_stories and stories >= FEWEST_STORIES and not is_contrast:
        return "story"
    return "paragraph" if gold.has_texts and gold.documents < FEW_DOCUMENTS else "document"


@dataclass(frozen=True, slots=True)
class CorpusFacts:
    """What decides which figures there are, and over which units: true of a whole corpus, and told to its parts."""

    unit: UnitName
    stories: int
    """How many stories gold and predictions speak of; documents without one are one."""
    with_texts: bool
    """Whether there are documents, and the text of each is known."""
    with_clusters: bool
    """Whether both gold and a system put mentions into clusters, so that there is something to compare."""

    @classmethod
    def of(cls, cases: Cases) -> CorpusFacts:
        """The facts of a corpus that is here as a whole."""
        gold, stories = cases.reference.facts, len(cases.stories)
        scored = (row for record in cases.reference.annotations for row in record.entities if row.scored)
        known = cases.reference.documents
        predicted = (row for record in cases.annotations if record.doc_id in known for row in record.entities)
        return cls(
            unit_of(gold, stories, is_contrast=bool(cases.reference.pairs)),
            stories,
            gold.documents > 0 and gold.has_texts,
            all(any(row.entity_id is not None for row in rows) for rows in (predicted, scored)),
        )


@dataclass(frozen=True)
class GoldStory:
    """A story's issues, and the documents they stand in."""

    story: str
    issues: tuple[Issue, ...]
    documents: tuple[GroundedDocument, ...]

    @cached_property
    def tokens(self) -> int:
        """How many tokens the story's texts have."""
        return sum(len(token_spans(document.passage.text or "")) for document in self.documents)


GoldSide = TypeVar("GoldSide", GroundedDocument, GoldStory)
PredictedSide = TypeVar("PredictedSide", GroundedDocument, tuple[GroundedDispute, ...])


@dataclass(frozen=True, slots=True)
class Case(Generic[GoldSide, PredictedSide]):
    """What is judged at once: gold and a system on one document or story."""

    gold: GoldSide
    predicted: PredictedSide

    @property
    def story(self) -> str:
        """The story; "" where gold names none."""
        return self.gold.story


@dataclass(frozen=True, slots=True)
class DocumentCase(Case[GroundedDocument, GroundedDocument]):
    """A document: what entities, numbers and quotes are judged by."""

    @property
    def doc_id(self) -> str:
        """The document's id."""
        return self.gold.passage.doc_id


@dataclass(frozen=True, slots=True)
class StoryCase(Case[GoldStory, tuple[GroundedDispute, ...]]):
    """A story: what disputes are judged by. Predicted are a system's records of disputes, in canonical order."""


class Cases:
    """All of gold beside all that a system predicts.

    `labels` are those of the entities that are scored, by default all; other rows and predictions take no part in that
    layer. `facts` are given where this is a part of a corpus.
    """

    def __init__(
        self,
        reference: Reference,
        annotations: Iterable[Annotations],
        disputes: Sequence[Dispute] = (),
        *,
        labels: Sequence[EntityLabel] | None = None,
        facts: CorpusFacts | None = None,
    ) -> None:
        self.reference = reference
        self.annotations = annotations if isinstance(annotations, Documents) else Documents(annotations)
        self.disputes = disputes
        self.labels = labels
        self._facts_of_whole = facts
        self._tags: dict[TextLayer, list[str]] = {}
        self.predictions = {
            doc_id: GroundedDocument(self.annotations.by_id.get(doc_id) or Annotations(doc_id=doc_id), document.passage)
            for doc_id, document in reference.documents.items()
        }
        """What is predicted of each gold document."""

    @cached_property
    def facts(self) -> CorpusFacts:
        """What is true of the whole corpus."""
        return self._facts_of_whole or CorpusFacts.of(self)

    @cached_property
    def speakers(self) -> Speakers:
        """Resolves a speaker or source to an entity of gold."""
        return Speakers(self.reference, self.predictions)

    def with_scored_labels(self) -> Cases:
        """The cases of entities: without the rows and predictions of labels that are not scored."""
        labels = self.labels
        if labels is None:
            return self

        def scored(records: Iterable[Annotations]) -> Documents:
            return Documents(
                structs.replace(record, entities=tuple(row for row in record.entities if row.label in labels))
                for record in records
            )

        annotations = scored(self.reference.annotations)
        documents = {
            doc_id: GroundedDocument(annotations.by_id[doc_id], document.passage)
            for doc_id, document in self.reference.documents.items()
        }
        reference = replace(self.reference, annotations=annotations, documents=documents)
        return Cases(reference, scored(self.annotations), self.disputes, labels=labels, facts=self._facts_of_whole)

    def tags(self, layer: TextLayer) -> list[str]:
        """The phenomena that gold's scored rows of a text layer carry, sorted."""
        if layer not in self._tags:
            rows = (row for record in self.reference.annotations for row in getattr(record, layer) if row.phenomena)
            self._tags[layer] = sorted({tag for row in rows if row.scored for tag in row.phenomena})
        return self._tags[layer]

    def of_documents(self, layer: TextLayer) -> Iterator[DocumentCase]:
        """Yield the documents of which gold or the system says anything on a text layer."""
        sides = (self.reference.annotations, self.annotations)
        spoken = {record.doc_id for side in sides for record in side if getattr(record, layer)}
        for doc_id, document in self.reference.documents.items():
            if doc_id in spoken:
                yield DocumentCase(document, self.predictions[doc_id])

    def of_stories(self) -> Iterator[StoryCase]:
        """Yield all stories."""
        issues: dict[str, list[Issue]] = defaultdict(list)
        for issue in self.reference.issues:
            issues[issue.story].append(issue)
        documents: dict[str, list[GroundedDocument]] = defaultdict(list)
        for document in self.reference.documents.values():
            documents[document.story].append(document)
        records: dict[str, list[GroundedDispute]] = defaultdict(list)
        for dispute in sorted(map(in_order, self.disputes), key=canonical):
            records[dispute.story].append(GroundedDispute.of(dispute, self.reference.documents))
        for story in self.stories:
            yield StoryCase(GoldStory(story, tuple(issues[story]), tuple(documents[story])), tuple(records[story]))

    @cached_property
    def stories(self) -> list[str]:
        """All stories that gold or a prediction speaks of, sorted."""
        return sorted({*self.reference.stories, *(dispute.story for dispute in self.disputes)})
