"""Cases: gold beside predictions, document by document or story by story, as the layers judge them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from msgspec import structs

from khabar.reading.issues import Issue
from khabar.reading.mentions import Documents
from khabar.reading.reference import Reference, in_order
from khabar.records import Annotations, Dispute
from khabar.records.canonical import canonical
from khabar.records.labels import Layer
from khabar.scoring.speakers import Speakers
from khabar.text.arabic import token_spans
from khabar.text.grounding import GroundedDispute, GroundedDocument


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


@dataclass(frozen=True, slots=True)
class PredictedStory:
    """A system's records of disputes in a story, in canonical order."""

    story: str
    records: tuple[GroundedDispute, ...]


class Cases:
    """All of gold beside all that a system predicts."""

    def __init__(
        self, reference: Reference, annotations: Iterable[Annotations], disputes: Sequence[Dispute] = ()
    ) -> None:
        self.reference = reference
        self.annotations = annotations if isinstance(annotations, Documents) else Documents(annotations)
        self.disputes = disputes
        self._tags: dict[Layer, list[str]] = {}
        self.predictions = {
            doc_id: GroundedDocument(self.annotations.by_id.get(doc_id) or Annotations(doc_id=doc_id), document.passage)
            for doc_id, document in reference.documents.items()
        }
        """What is predicted of each gold document."""

    @property
    def with_texts(self) -> bool:
        """Whether there are documents, and the text of each is known."""
        return self.reference.has_documents and self.reference.has_texts

    @cached_property
    def speakers(self) -> Speakers:
        """Resolves who is meant."""
        return Speakers(self.reference, self.predictions)

    def as_scored(self, layer: Layer) -> Cases:
        """The cases of a layer: of entities, the rows and predictions of the labels that are scored."""
        labels = self.reference.labels
        if layer != "entities" or labels is None:
            return self

        def kept(records: Iterable[Annotations]) -> Documents:
            return Documents(
                structs.replace(each, entities=tuple(item for item in each.entities if item.label in labels))
                for each in records
            )

        annotations = kept(self.reference.annotations)
        documents = {
            doc_id: GroundedDocument(annotations.by_id[doc_id], document.passage)
            for doc_id, document in self.reference.documents.items()
        }
        reference = replace(self.reference, annotations=annotations, documents=documents)
        return Cases(reference, kept(self.annotations), self.disputes)

    def tags(self, layer: Layer) -> list[str]:
        """The phenomena that gold's scored rows of a layer carry, sorted; conflicts carry none."""
        if layer not in self._tags:
            rows = [row for record in self.reference.annotations for row in getattr(record, layer, ()) if row.phenomena]
            self._tags[layer] = sorted({tag for row in rows if row.scored for tag in row.phenomena})
        return self._tags[layer]

    def of(self, layer: Layer) -> Iterator[tuple[Any, Any]]:
        """Yield the cases of a layer, gold and predicted: documents of which either says anything, or stories."""
        if layer == "conflicts":
            yield from zip(self._gold_stories(), self._predicted_stories(), strict=True)
            return
        sides = (self.reference.annotations, self.annotations)
        spoken = {record.doc_id for side in sides for record in side if getattr(record, layer)}
        for doc_id, document in self.reference.documents.items():
            if doc_id in spoken:
                yield document, self.predictions[doc_id]

    @cached_property
    def stories(self) -> list[str]:
        """All stories that gold or a prediction speaks of, sorted."""
        return sorted({*self.reference.stories, *(dispute.story for dispute in self.disputes)})

    def _gold_stories(self) -> Iterator[GoldStory]:
        issues: dict[str, list[Issue]] = defaultdict(list)
        for issue in self.reference.issues:
            issues[issue.story].append(issue)
        documents: dict[str, list[GroundedDocument]] = defaultdict(list)
        for document in self.reference.documents.values():
            documents[document.story].append(document)
        for story in self.stories:
            yield GoldStory(story, tuple(issues[story]), tuple(documents[story]))

    def _predicted_stories(self) -> Iterator[PredictedStory]:
        records: dict[str, list[GroundedDispute]] = defaultdict(list)
        for dispute in sorted(map(in_order, self.disputes), key=canonical):
            records[dispute.story].append(GroundedDispute.of(dispute, self.reference.documents))
        for story in self.stories:
            yield PredictedStory(story, tuple(records[story]))
