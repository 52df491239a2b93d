"""Disputes by different figures, and by a word of denial."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from khabar.records import Annotations, Dispute, Document, PredictedNumber, Side, StorySpan
from khabar.systems.baselines.numbers import digits_multipliers
from khabar.text.arabic import fold

_SENTENCE = re.compile(r"[^\s](?:[^\n.؟?!…]|[.](?=\d))*[.؟?!…]*")
_DENIES = re.compile(r"(?<!\w)[وف]?(?:نف[يت]|نفوا|نافيا|نافيه|[يت]نفي|نفي|انكر|انكرت|[يت]نكر|كذب|كذبت|فند|فندت)(?!\w)")
"""Forms of نفى, أنكر, كذّب and فنّد, folded."""


class ValueMismatch:
    """Numbers as `digits_multipliers` reads them; one dispute for every two documents and unit counted differently."""

    def __call__(self, document: Document) -> Annotations:
        """Give the numbers of a document."""
        return digits_multipliers(document)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Pair every two documents that have a unit, and no value of it, in common."""
        counts = [_counts(predicted) for predicted in annotations]
        disputes = []
        for (left, ours), (right, theirs) in combinations(zip(documents, counts, strict=True), 2):
            for unit in sorted(ours.keys() & theirs.keys()):
                values, others = ({str(number.low) for number in numbers[unit]} for numbers in (ours, theirs))
                if values.isdisjoint(others):
                    sides = (_number_side(left, ours[unit]), _number_side(right, theirs[unit]))
                    disputes.append(Dispute(story=story, type="numeric", sides=sides))
        return disputes


def _counts(predicted: Annotations) -> dict[str, list[PredictedNumber]]:
    """The counts of a document by what is counted."""
    counts: dict[str, list[PredictedNumber]] = {}
    for number in predicted.numbers:
        if number.kind == "count" and number.unit:
            counts.setdefault(fold(number.unit).removeprefix("ال"), []).append(number)
    return counts


def _number_side(document: Document, numbers: Sequence[PredictedNumber]) -> Side:
    """What a document says: its figures, each in its sentence."""
    sentences = sentence_spans(document.text)
    places = {
        (start, end)
        for number in numbers
        for start, end in sentences
        if start <= (number.start or 0) and (number.end or 0) <= end
    }
    spans = tuple(StorySpan(doc_id=document.doc_id, start=start, end=end) for start, end in sorted(places))
    return Side(value=numbers[0].low, spans=spans)


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
                sides=(_sentence_side("asserted", document, before), _sentence_side("denied", document, denial)),
            )
            for document in documents
            for before, denial in pairwise(sentence_spans(document.text))
            if _DENIES.search(fold(document.text[slice(*denial)]))
        ]


def _sentence_side(value: str, document: Document, span: tuple[int, int]) -> Side:
    return Side(value=value, spans=(StorySpan(doc_id=document.doc_id, start=span[0], end=span[1]),))


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as half-open spans in code points, without space at their ends."""
    return [(match.start(), match.start() + len(match[0].rstrip())) for match in _SENTENCE.finditer(text)]
