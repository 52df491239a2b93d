"""All errors of a run, in an order that no input order moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from khabar.reading.reference import Issue, Reference
from khabar.records import Annotations, Dispute, canonical
from khabar.records.errors import Context, Error
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.errors import conflicts, entities, numbers, quotes
from khabar.scoring.errors.describing import (
    described,
    described_dispute,
    described_issue,
    paragraphs_around,
    places,
)
from khabar.scoring.errors.record import Verdict, in_order
from khabar.scoring.speakers import NOBODY, Who
from khabar.text.grounding import Grounded, GroundedDocument, Item


def list_errors(
    reference: Reference,
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    layers: Sequence[Layer] = LAYERS,
) -> list[Error]:
    """List what the headline figures of `score` with the same arguments count as missed or false, and wrong types."""
    said = {item.doc_id: item for item in annotations}
    predicted = {
        doc_id: GroundedDocument(said.get(doc_id) or Annotations(doc_id=doc_id), document.passage)
        for doc_id, document in reference.documents.items()
    }
    who = Who(reference, predicted) if "quotes" in layers else None
    found: list[Error] = []
    for doc_id, document in reference.documents.items():
        passage, gold, ours = document.passage, document, predicted[doc_id]
        if "entities" in layers:
            verdicts = entities.judge(passage, gold.entities, ours.entities)
            found += _told("entities", document, gold.entities, ours.entities, verdicts)
        if "numbers" in layers:
            verdicts = numbers.judge(passage, gold.numbers, ours.numbers)
            found += _told("numbers", document, gold.numbers, ours.numbers, verdicts)
        if who is not None:
            verdicts = quotes.judge(document, ours.quotes, who)
            speakers = [who.predicted(document, item.item.speaker) for item in ours.quotes]
            found += _told("quotes", document, gold.quotes, ours.quotes, verdicts, speakers)
    if "conflicts" in layers:
        found += _of_stories(reference, disputes)
    return in_order(found)


def _told(
    layer: Layer,
    document: GroundedDocument,
    gold: Sequence[Grounded[Item]],
    predicted: Sequence[Grounded[Item]],
    verdicts: Iterable[Verdict],
    speakers: Sequence[str | None] = (),
) -> Iterator[Error]:
    """Put verdicts into words. `speakers`, if any, are the gold entities the predicted ones resolve to."""
    passage = document.passage
    for outcome, cause, at, guess in verdicts:
        row, item = (None if at is None else gold[at]), (None if guess is None else predicted[guess])
        ours = None if item is None else described(item, passage)
        if ours is not None and guess is not None and speakers:
            ours["resolved"] = None if speakers[guess] == NOBODY else speakers[guess]
        yield Error(
            layer=layer,
            doc_id=passage.doc_id,
            story=document.story,
            outcome=outcome,
            cause=cause,
            gold=None if row is None else described(row, passage),
            predicted=ours,
            context=paragraphs_around(passage, [each.spans for each in (row, item) if each and each.spans]),
        )


def _of_stories(reference: Reference, disputes: Sequence[Dispute]) -> Iterator[Error]:
    records: dict[str, list[Dispute]] = defaultdict(list)
    for record in sorted(disputes, key=canonical):
        records[record.story].append(record)
    issues: dict[str, list[Issue]] = defaultdict(list)
    for issue in reference.issues:
        issues[issue.story].append(issue)
    for story in sorted({*reference.stories, *records}):
        for outcome, cause, at, guess in conflicts.judge(reference, issues[story], records[story]):
            gold = None if at is None else described_issue(issues[story][at], reference)
            ours = None if guess is None else described_dispute(records[story][guess], reference)
            context = _contexts(reference, {*places(gold), *places(ours)})
            yield Error(
                layer="conflicts",
                doc_id=None,
                story=story,
                outcome=outcome,
                cause=cause,
                gold=gold,
                predicted=ours,
                context=context,
            )


def _contexts(reference: Reference, where: Iterable[tuple[str, int, int]]) -> tuple[Context, ...]:
    by_document: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for doc_id, start, end in sorted(where):
        by_document[doc_id].append((start, end))
    return tuple(
        paragraph
        for doc_id, spans in sorted(by_document.items())
        if doc_id in reference.documents
        for paragraph in paragraphs_around(reference.documents[doc_id].passage, [tuple(spans)])
    )
