"""The survey: a first reading of gold and predictions that says which records have to be counted together.

Names, clusters and disputes reach across the articles of a story and never further, so a part holds whole stories. A
dispute takes the documents that it cites with it. Documents without a story are one story where something reaches
across them, and else each stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from khabar.reading.incidents import Incident
from khabar.reading.reference import WholeGold
from khabar.records.labels import Layer
from khabar.scale.heads import heads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.reading.lines import File

Step = Callable[[int], None]
"""Called with how many bytes more are done."""


@dataclass(slots=True)
class Survey:
    """What there is, and what belongs together."""

    documents: dict[str, str] = field(default_factory=dict)
    """Gold's documents and the story of each ("" for none)."""
    stories: dict[str, str] = field(default_factory=dict)
    """All stories that gold's documents, or disputes of either side, speak of."""
    names_stories: bool = False
    has_texts: bool = True
    named: bool = False
    clustered: bool = False
    quoted: bool = False
    cited: list[tuple[str, str]] = field(default_factory=list)
    """Stories of disputes, with documents these cite that are not known to be theirs."""
    _roots: dict[str, str] = field(default_factory=dict)
    _crossing: bool = False

    def whole(self) -> WholeGold:
        """What each part has to know."""
        return WholeGold(self.has_texts, len(self.stories), self.names_stories, self.named, self.clustered)

    def settle(self, layers: Sequence[Layer]) -> None:
        """Decide what belongs together, once everything is read."""
        self._crossing = ("entities" in layers and self.named and self.clustered) or (
            "quotes" in layers and self.quoted
        )
        for story, doc_id in self.cited:
            if doc_id in self.documents:
                one, other = self._root(_story(story)), self._root(self._document(doc_id))
                self._roots[max(one, other)] = min(one, other)
        self.cited.clear()

    def part_of_document(self, doc_id: str, parts: int) -> int:
        """Which part counts a document."""
        return _part(self._root(self._document(doc_id)), parts)

    def part_of_story(self, story: str, parts: int) -> int:
        """Which part counts the disputes of a story."""
        return _part(self._root(_story(story)), parts)

    def in_order(self, parts: int) -> NDArray[np.uint16]:
        """The part of each of gold's documents, in the order of their ids."""
        import numpy as np

        return np.fromiter(
            (self.part_of_document(each, parts) for each in sorted(self.documents)), np.uint16, len(self.documents)
        )

    def _document(self, doc_id: str) -> str:
        story = self.documents.get(doc_id, "")
        return _story(story) if story or self._crossing else f"document {doc_id}"

    def _root(self, node: str) -> str:
        if not self._roots:
            return node
        while (above := self._roots.get(node, node)) != node:
            node = above
        return node


def _story(story: str) -> str:
    return f"story {story}"


def _part(node: str, parts: int) -> int:
    return crc32(node.encode("utf-8", "surrogatepass")) % parts


def survey_gold(survey: Survey, files: Sequence[File], incidents: list[Incident], step: Step) -> None:
    """Read the heads of gold."""
    for file in files:
        for head in heads(file, incidents):
            if head.doc_id is not None:
                story = survey.stories.setdefault(head.story or "", head.story or "")
                survey.documents.setdefault(head.doc_id, story)
                survey.names_stories |= bool(story)
                survey.has_texts = survey.has_texts and head.has_text
                survey.clustered |= any(item.entity_id is not None and item.scored for item in head.entities or ())
                survey.quoted |= bool(head.quotes)
            elif head.story is not None:
                survey.names_stories |= bool(head.story)
                _cite(survey, head.story, [place.doc_id for side in head.sides or () for place in side.spans or ()])
            step(1)


def survey_predictions(survey: Survey, files: Sequence[File], incidents: list[Incident], step: Step) -> None:
    """Read the heads of predictions, after those of gold."""
    for file in files:
        for head in heads(file, incidents):
            if head.doc_id is not None:
                survey.named = survey.named or any(item.entity_id is not None for item in head.entities or ())
                survey.quoted |= bool(head.quotes)
            elif head.story is not None:
                _cite(survey, head.story, [place.doc_id for side in head.sides or () for place in side.spans or ()])
            step(1)


def _cite(survey: Survey, story: str, doc_ids: Sequence[str | None]) -> None:
    story = survey.stories.setdefault(story, story)
    for doc_id in dict.fromkeys(doc_ids):
        if doc_id is not None and (not story or survey.documents.get(doc_id) != story):
            survey.cited.append((story, doc_id))
