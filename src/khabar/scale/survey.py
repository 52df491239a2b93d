"""The survey: a first reading of gold and predictions that says which records have to be counted together.

Names, clusters and disputes reach across the articles of a story and never further, so a part holds whole stories. A
dispute takes the documents that it cites with it. Documents without a story are one story where something reaches
across them, and else each stands alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from khabar.reading.reference import WholeGold
from khabar.records.labels import Layer
from khabar.scale.outlines import Keys, Outline
from khabar.scoring.assignment import Components

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(slots=True)
class Survey:
    """What there is, and what belongs together."""

    documents: dict[str, str] = field(default_factory=dict)
    """Gold's documents and the story of each ("" for none)."""
    _stories: dict[str, str] = field(default_factory=dict)
    """All stories that gold's documents, or disputes of either side, speak of; each maps to itself, one string a
    story."""
    _names_stories: bool = False
    _has_texts: bool = True
    _named: bool = False
    _clustered: bool = False
    _quoted: bool = False
    _cited: list[tuple[str, str]] = field(default_factory=list)
    """Stories of disputes, with documents these cite that are not known to be theirs."""
    _together: Components[str] = field(default_factory=Components)
    _crossing: bool = False

    def read_gold(self, outlines: Iterable[Outline]) -> None:
        """Take in gold."""
        for outline in outlines:
            if outline.doc_id is not None:
                story = self._stories.setdefault(outline.story or "", outline.story or "")
                self.documents.setdefault(outline.doc_id, story)
                self._names_stories |= bool(story)
                self._has_texts &= outline.has_text
                self._clustered |= outline.has_clusters
                self._quoted |= outline.has_quotes
            elif outline.story is not None:
                self._names_stories |= bool(outline.story)
                self._cite(outline.story, outline.cited)

    def read_predictions(self, outlines: Iterable[Outline]) -> None:
        """Take in predictions, after gold."""
        for outline in outlines:
            if outline.doc_id is not None:
                self._named |= outline.has_names
                self._quoted |= outline.has_quotes
            elif outline.story is not None:
                self._cite(outline.story, outline.cited)

    def _cite(self, story: str, doc_ids: Sequence[str]) -> None:
        story = self._stories.setdefault(story, story)
        self._cited += [(story, doc_id) for doc_id in doc_ids if not story or self.documents.get(doc_id) != story]

    def whole(self) -> WholeGold:
        """What each part has to know."""
        return WholeGold(self._has_texts, len(self._stories), self._names_stories, self._named, self._clustered)

    def conclude(self, layers: Sequence[Layer]) -> None:
        """Decide what belongs together, once everything is read."""
        self._crossing = ("entities" in layers and self._named and self._clustered) or (
            "quotes" in layers and self._quoted
        )
        for story, doc_id in self._cited:
            if doc_id in self.documents:
                self._together.join(_story(story), self._document(doc_id))
        self._cited.clear()

    def part_of(self, keys: Keys, parts: int) -> int:
        """Which part counts a record; the first, if nothing is known of it."""
        if keys.doc_id is not None:
            return self._part(self._document(keys.doc_id), parts)
        return 0 if keys.story is None else self._part(_story(keys.story), parts)

    def parts_of_documents(self, parts: int) -> NDArray[np.uint16]:
        """The part of each of gold's documents, in the order of their ids."""
        import numpy as np

        numbers = (self._part(self._document(doc_id), parts) for doc_id in sorted(self.documents))
        return np.fromiter(numbers, np.uint16, len(self.documents))

    def _document(self, doc_id: str) -> str:
        story = self.documents.get(doc_id, "")
        return _story(story) if story or self._crossing else f"document {doc_id}"

    def _part(self, node: str, parts: int) -> int:
        return crc32(self._together.root(node).encode("utf-8", "surrogatepass")) % parts


def _story(story: str) -> str:
    return f"story {story}"
