"""The list of errors: each fault of each verdict in words, with both readings and the paragraphs they stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from khabar.reading.issues import ClaimSpan, Issue
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, PredictedQuote, PredictedSpan, StorySpan
from khabar.records.edits import VARIANTS
from khabar.records.errors import Context, Error, Outcome, PairCause
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.cases import Cases
from khabar.scoring.layers import Verdicts, judge_of, pairs
from khabar.scoring.layers.pairs import PairAnswer
from khabar.scoring.layers.quotes import QuoteVerdict
from khabar.scoring.speakers import NOBODY
from khabar.scoring.verdicts import Fault, Verdict
from khabar.text.grounding import Grounded, GroundedDispute, GroundedDocument, Item, Place, span_of
from khabar.text.search import nearest, searchable
from khabar.text.spans import Passage, Spans

LONGEST_CONTEXT = 4_000
"""Code points of a context: longer than any paragraph of an article, and a bound on what a file of errors repeats."""

_PAIR_CAUSES: tuple[PairCause, ...] = ("called_in_neither", "called_in_the_wrong_one", "called_in_both")
"""By how many members are called."""

_NOT_REPEATED = ("start", "end", "text", "line", "occurrence", "content", "doc_id", "zone")
"""Keys that are given anew, or are those of the error."""


def list_errors(
    reference: Reference,
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    layers: Sequence[Layer] = LAYERS,
    verdicts: Verdicts | None = None,
) -> list[Error]:
    """List what the headline figures of `score` with the same arguments count as missed or false, and wrong types.

    Of a contrast set, also the pairs that are answered wrong. `verdicts` are those that counting took, if any.
    """
    cases = Cases(reference, annotations, disputes)
    errors: list[Error] = []
    of_stories: dict[str, list[Any]] = defaultdict(list)
    for layer in layers:
        judged = (verdicts or {}).get(layer)
        for gold, verdict in _judged(layer, cases.as_scored(layer)) if judged is None else judged:
            if layer == "conflicts":
                of_stories[gold.story].append(verdict)
            for fault in verdict.faults:
                is_of_document = isinstance(gold, GroundedDocument)
                described = _of_document(gold, verdict, fault) if is_of_document else _of_story(cases, verdict, fault)
                doc_id = gold.passage.doc_id if is_of_document else None
                errors.append(
                    Error(
                        layer=layer,
                        doc_id=doc_id,
                        story=gold.story,
                        outcome=fault.outcome,
                        cause=fault.cause,
                        gold=described[0],
                        predicted=described[1],
                        context=described[2],
                    )
                )
    answers = pairs.answers(reference.pairs if of_stories else (), of_stories)
    errors += [_of_pair(cases, of_stories, answer) for answer in answers if not answer.is_right]
    return in_order(errors)


def _judged(layer: Layer, cases: Cases) -> Iterator[tuple[Any, Any]]:
    judge = judge_of(layer, cases)
    return ((gold, judge.judge(gold, predicted)) for gold, predicted in cases.of(layer))


def in_order(errors: Iterable[Error]) -> list[Error]:
    """Sort errors by document and offset, then layer and content; conflicts last, by story."""
    rank = {layer: index for index, layer in enumerate(LAYERS)}

    def key(error: Error) -> tuple[bool, str, int, int, bytes]:
        name = error.story if error.doc_id is None else error.doc_id
        return error.doc_id is None, name, error.offset, rank[error.layer], msgspec.json.encode(error)

    return sorted(errors, key=key)


_Described = tuple[dict[str, Any] | None, dict[str, Any] | None, tuple[Context, ...]]
"""Gold's reading, the system's, and the paragraphs they stand in."""


def _of_document(document: GroundedDocument, verdict: Verdict, fault: Fault) -> _Described:
    passage = document.passage
    row = None if fault.gold is None else verdict.gold[fault.gold]
    item = None if fault.predicted is None else verdict.predicted[fault.predicted]
    predicted = None if item is None else _item(item, passage)
    if predicted is not None and fault.predicted is not None and isinstance(verdict, QuoteVerdict):
        speaker = verdict.speakers[fault.predicted]
        predicted["resolved"] = None if speaker == NOBODY else speaker
    spans = [each.spans for each in (row, item) if each and each.spans]
    return None if row is None else _item(row, passage), predicted, _paragraphs(passage, spans)


def _of_story(cases: Cases, verdict: Verdict, fault: Fault) -> _Described:
    documents = cases.reference.documents
    gold = None if fault.gold is None else _issue(verdict.gold[fault.gold], documents)
    predicted = None if fault.predicted is None else _dispute(verdict.predicted[fault.predicted], documents)
    by_document: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for doc_id, start, end in sorted({*_places(gold), *_places(predicted)}):
        by_document[doc_id].append((start, end))
    context = tuple(
        paragraph
        for doc_id, spans in sorted(by_document.items())
        if doc_id in documents
        for paragraph in _paragraphs(documents[doc_id].passage, [tuple(spans)])
    )
    return gold, predicted, context


def _of_pair(cases: Cases, verdicts: Mapping[str, Sequence[Verdict]], answer: PairAnswer) -> Error:
    """Put both members of a pair side by side: the issue in each variant, and the records that call it there."""
    documents = cases.reference.documents
    pair = answer.pair
    members, records = [], []
    for variant, member, calling in zip(VARIANTS, pair.members, answer.calling, strict=True):
        groups = [[_claim(claim, documents) for claim in group] for group in member.groups]
        members.append(
            {
                "variant": variant,
                "issue_id": member.issue_id,
                "edited": variant == pair.edited,
                "is_dispute": member.is_hard,
                "called": bool(calling),
                "positions": groups,
            }
        )
        (verdict,) = verdicts[member.story]
        records += [{"story": member.story, **_dispute(verdict.predicted[index], documents)} for index in calling]
    context = [
        _paragraphs(documents[claim.doc_id].passage, [((claim.start, claim.end),)])
        for group in zip(*(member.groups for member in pair.members), strict=True)
        for spans in zip_longest(*group)
        for claim in spans
        if claim is not None and claim.doc_id in documents
    ]
    called = sum(answer.called)
    outcomes: tuple[Outcome, ...] = ("missed", "false" if pair.is_control else "wrong", "false")
    return Error(
        layer="conflicts",
        doc_id=None,
        story=pair.story,
        outcome=outcomes[called],
        cause=_PAIR_CAUSES[called],
        gold={"flip": pair.flip, "direction": pair.direction, "type": pair.type, "members": members},
        predicted={"records": records} if records else None,
        context=tuple(dict.fromkeys(paragraph for paragraphs in context for paragraph in paragraphs)),
    )


def _item(item: Grounded[Item], passage: Passage) -> dict[str, Any]:
    """Describe an item: start and end of its extent, its surface, and what else is said of it."""
    spans = item.spans or ()
    columns = msgspec.to_builtins(item.item)
    place: dict[str, Any] = {
        "start": spans[0][0] if spans else None,
        "end": spans[-1][1] if spans else None,
        "text": " … ".join(_surface(passage, *span) or "" for span in spans) if passage.text is not None else None,
    }
    if isinstance(item.item, PredictedQuote):
        content = [{"start": start, "end": end, "text": _surface(passage, start, end)} for start, end in spans]
        place["content"] = content or columns["content"]
    if not spans:
        parts = item.item.content if isinstance(item.item, PredictedQuote) else (item.item,)
        place["text"] = columns.get("text")
        lost = next((part for part in parts if span_of(part, passage) is None), parts[0] if parts else PredictedSpan())
        place |= _ungrounded(lost, passage)
    return place | {key: value for key, value in columns.items() if key not in _NOT_REPEATED}


def _issue(issue: Issue, documents: Mapping[str, GroundedDocument]) -> dict[str, Any]:
    """Describe a gold issue with the places of its positions."""
    positions = [[_claim(claim, documents) for claim in position] for position in issue.positions]
    return {"issue_id": issue.issue_id, "status": issue.status, "type": issue.type, "positions": positions}


def _dispute(record: GroundedDispute, documents: Mapping[str, GroundedDocument]) -> dict[str, Any]:
    """Describe a predicted dispute with the places of its sides; an ungrounded span stands as it was given."""
    sides = []
    for side, places in zip(record.dispute.sides, record.sides, strict=True):
        spans = [
            _claim(ClaimSpan(*place), documents) if place else _unplaced(span, documents)
            for span, place in zip(side.spans, places, strict=True)
        ]
        sides.append({"value": side.value, "spans": spans})
    dispute = record.dispute
    described = {"type": dispute.type, "confidence": dispute.confidence, "sides": sides}
    return described if dispute.question is None else {"question": dispute.question, **described}


def _places(described: dict[str, Any] | None) -> list[Place]:
    """List all places of a described issue or dispute."""
    if described is None:
        return []
    groups = described["positions"] if "positions" in described else [side["spans"] for side in described["sides"]]
    spans = [span for group in groups for span in group]
    return [(s["doc_id"], s["start"], s["end"]) for s in spans if s.get("start") is not None]


def _unplaced(span: StorySpan, documents: Mapping[str, GroundedDocument]) -> dict[str, Any]:
    given: dict[str, Any] = msgspec.to_builtins(span)
    document = documents.get(span.doc_id)
    return given | _ungrounded(span, document.passage if document else Passage(span.doc_id))


def _ungrounded(span: PredictedSpan, passage: Passage) -> dict[str, Any]:
    """Say why a string has no place, and what is nearest: no text holds it, or it is not at that line or occurrence."""
    if span.text is None or passage.text is None:
        return {"ungrounded": "text", "nearest": None}
    places = searchable(passage.text).matches(span.text)
    place = places[0] if places else nearest(passage.text, span.text)
    near = None if place is None else {"start": place[0], "end": place[1], "text": passage.text[slice(*place)]}
    return {"ungrounded": "place" if places else "text", "nearest": near}


def _claim(claim: ClaimSpan, documents: Mapping[str, GroundedDocument]) -> dict[str, Any]:
    document = documents.get(claim.doc_id)
    text = _surface(document.passage, claim.start, claim.end) if document else None
    return {"doc_id": claim.doc_id, "start": claim.start, "end": claim.end, "text": text}


def _paragraphs(passage: Passage, spans: Iterable[Spans]) -> tuple[Context, ...]:
    """Give the paragraphs some spans stand in, from first to last; none where there is no text.

    Of a paragraph longer than `LONGEST_CONTEXT` a stretch of that length: from a quarter of it before the span.
    """
    if passage.text is None:
        return ()
    lines: set[tuple[int, int]] = set()
    for start, end in (span for each in spans for span in each):
        at = start
        while at < end:
            line_end = passage.text.find("\n", at)
            line_end = len(passage.text) if line_end < 0 else line_end
            first, last = passage.text.rfind("\n", 0, at) + 1, line_end
            if last - first > LONGEST_CONTEXT:
                first = max(first, min(at - LONGEST_CONTEXT // 4, last - LONGEST_CONTEXT))
                last = first + LONGEST_CONTEXT
            lines.add((first, last))
            at = line_end + 1
    return tuple(Context(passage.doc_id, first, last, passage.text[first:last]) for first, last in sorted(lines))


def _surface(passage: Passage, start: int, end: int) -> str | None:
    return None if passage.text is None else passage.text[start:end]
