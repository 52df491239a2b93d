"""Consistency: whether a system says the same of a text and of the same text written otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from khabar.edits.stress.transformations import StressedStory
from khabar.records import Annotations, Dispute, PredictedNumber, PredictedQuote, PredictedSource, Side, StorySpan
from khabar.records.labels import Layer
from khabar.text.arabic import fold
from khabar.text.dates import date_key
from khabar.text.grounding import GroundedDocument, span_of
from khabar.text.passages import Passage
from khabar.text.spans import Spans
from khabar.text.values import value_of

Answers = Counter[object]
"""What a system says on a layer, each answer as the columns that its headline compares, and how often."""
_Back = Callable[[str, Spans | None], Spans | None]


def answers(
    annotations: Iterable[Annotations], disputes: Iterable[Dispute], story: StressedStory
) -> dict[Layer, Answers]:
    """What a system says of a transformed story, layer by layer, with the offsets of the original one."""
    counts: dict[Layer, Answers] = {layer: Counter() for layer in ("entities", "numbers", "quotes", "conflicts")}
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
        replace(dispute, sides=tuple(_side(side, passages, story) for side in dispute.sides)) for dispute in disputes
    ]


def _side(side: Side, passages: Mapping[str, Passage], story: StressedStory) -> Side:
    spans = []
    for span in side.spans:
        place = span_of(span, passages[span.doc_id])
        if place is not None:
            start, end = story.original(span.doc_id, *place)
            spans.append(StorySpan(doc_id=span.doc_id, start=start, end=end))
    return replace(side, spans=tuple(spans))


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
