"""Disputes by a word of denial: what a sentence denies stands in the sentence before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from khabar.records import Annotations, Dispute, Document, Side, StorySpan
from khabar.systems.baselines.sentences import sentence_spans
from khabar.text.arabic import fold

_DENIES = re.compile(r"(?<!\w)[وف]?(?:نف[يت]|نفوا|نافيا|نافيه|[يت]نفي|نفي|انكر|انكرت|[يت]نكر|كذب|كذبت|فند|فندت)(?!\w)")
"""Forms of نفى, أنكر, كذّب and فنّد, folded."""


class DenialCue:
    """Says nothing of a document; of a story, that each sentence that denies contradicts the one before."""

    def __call__(self, document: Document) -> Annotations:
        """Say nothing of a document."""
        return Annotations(doc_id=document.doc_id)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give one dispute for every sentence that denies, but for the first of a document."""
        return [
            Dispute(
                story=story,
                type="polarity",
                sides=(_side("asserted", document, before), _side("denied", document, denial)),
            )
            for document in documents
            for before, denial in pairwise(sentence_spans(document.text))
            if _DENIES.search(fold(document.text[slice(*denial)]))
        ]


def _side(value: str, document: Document, span: tuple[int, int]) -> Side:
    return Side(value=value, spans=(StorySpan(doc_id=document.doc_id, start=span[0], end=span[1]),))
