"""Disputes by different figures: two reports that count the same thing differently contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from khabar.records import Annotations, Dispute, Document, PredictedNumber, Side, StorySpan
from khabar.systems.baselines.digits import digits_multipliers
from khabar.systems.baselines.sentences import sentence_spans
from khabar.text.arabic import fold


class ValueMismatch:
    """Numbers as `digits_multipliers` reads them; one dispute for every two documents and unit counted differently."""

    def __call__(self, document: Document) -> Annotations:
        """Give the numbers of a document."""
        return digits_multipliers(document)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Pair every two documents that have a unit, and no value of it, in common."""
        figures = [_figures(document, said) for document, said in zip(documents, annotations, strict=True)]
        found = []
        for (one, mine), (other, theirs) in combinations(zip(documents, figures, strict=True), 2):
            for unit in sorted(mine.keys() & theirs.keys()):
                values, others = ({str(number.low) for number in each[unit]} for each in (mine, theirs))
                if values.isdisjoint(others):
                    sides = (_side(one, mine[unit]), _side(other, theirs[unit]))
                    found.append(Dispute(story=story, type="numeric", sides=sides))
        return found


def _figures(document: Document, said: Annotations) -> dict[str, list[PredictedNumber]]:
    """The counts of a document by what is counted."""
    found: dict[str, list[PredictedNumber]] = {}
    for number in said.numbers:
        if number.kind == "count" and number.unit:
            found.setdefault(fold(number.unit).removeprefix("ال"), []).append(number)
    return found


def _side(document: Document, numbers: Sequence[PredictedNumber]) -> Side:
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
