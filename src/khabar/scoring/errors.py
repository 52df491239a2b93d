"""The list of errors: each fault of each verdict, with both readings and the paragraphs they are in.

An error is also put in lines of a terminal. Each begins with Latin and ends with its one piece of Arabic, which is
isolated: it reads in terminals that set Arabic from right to left and in those that do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec

from khabar.reading.issues import Issue
from khabar.records import PredictedQuote, PredictedSpan, StorySpan
from khabar.records.edits import VARIANTS
from khabar.records.errors import Context, Error, Outcome, PairCause
from khabar.records.labels import LAYERS, Layer
from khabar.records.repository import DocSpan
from khabar.scoring.layers.conflicts import Conflicts, ConflictVerdict
from khabar.scoring.layers.contrast_pairs import ContrastConflicts, PairAnswer
from khabar.scoring.layers.judge import DocumentJudge, Judge
from khabar.scoring.layers.quotes import QuoteVerdict
from khabar.scoring.speakers import NOBODY
from khabar.scoring.verdicts import DocumentVerdict, Fault
from khabar.text.grounding import Grounded, GroundedDispute, GroundedDocument, Item, Place, span_of
from khabar.text.search import nearest, searchable
from khabar.text.spans import Passage, Spans
from khabar.text.terminal import NOTHING, harmless, isolated, shortened
from khabar.text.wording import BETWEEN, bounds, source_name

LONGEST_CONTEXT = 4_000
"""Code points of a context: longer than any paragraph of an article, and a bound on what a file of errors repeats."""

_PAIR_CAUSES: tuple[PairCause, ...] = ("called_in_neither", "called_in_the_wrong_one", "called_in_both")
"""By how many members are called."""

_NOT_REPEATED = ("start", "end", "text", "line", "occurrence", "content", "doc_id", "zone")
"""Keys that are given anew, or are those of the error."""


GroundedDocuments = Mapping[str, GroundedDocument]


def list_errors(judges: Mapping[Layer, Judge[Any, Any]]) -> list[Error]:
    """List what the headline figures of some layers count as missed or false, and wrong types.

    Of a contrast set, also the pairs that are answered wrong.
    """
    errors: list[Error] = []
    for layer, judge in judges.items():
        if isinstance(judge, DocumentJudge):
            errors += [_of_document(layer, verdict, fault) for verdict in judge.verdicts for fault in verdict.faults]
        if isinstance(judge, Conflicts):
            documents = judge.corpus.reference.documents
            errors += [_of_story(verdict, fault, documents) for verdict in judge.verdicts for fault in verdict.faults]
        if isinstance(judge, ContrastConflicts):
            errors += [_of_pair(judge, answer) for answer in judge.answers if not answer.is_right]
    return in_order(errors)


def in_order(errors: Iterable[Error]) -> list[Error]:
    """Sort errors by document and offset, then layer and content; conflicts last, by story."""
    rank = {layer: index for index, layer in enumerate(LAYERS)}

    def key(error: Error) -> tuple[bool, str, int, int, bytes]:
        name = error.story if error.doc_id is None else error.doc_id
        return error.doc_id is None, name, error.offset, rank[error.layer], msgspec.json.encode(error)

    return sorted(errors, key=key)


def _of_document(layer: Layer, verdict: DocumentVerdict[Any], fault: Fault) -> Error:
    passage = verdict.passage
    row = None if fault.gold is None else verdict.gold[fault.gold]
    item = None if fault.predicted is None else verdict.predicted[fault.predicted]
    predicted = None if item is None else _item(item, passage)
    if predicted is not None and fault.predicted is not None and isinstance(verdict, QuoteVerdict):
        speaker = verdict.speakers[fault.predicted]
        predicted["resolved"] = None if speaker == NOBODY else speaker
    return Error(
        layer=layer,
        doc_id=verdict.case.doc_id,
        story=verdict.case.story,
        outcome=fault.outcome,
        cause=fault.cause,
        gold=None if row is None else _item(row, passage),
        predicted=predicted,
        context=_paragraphs(passage, [grounded.spans for grounded in (row, item) if grounded and grounded.spans]),
    )


def _of_story(verdict: ConflictVerdict, fault: Fault, documents: GroundedDocuments) -> Error:
    gold = None if fault.gold is None else _issue(verdict.gold[fault.gold], documents)
    predicted = None if fault.predicted is None else _dispute(verdict.predicted[fault.predicted], documents)
    by_document: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for doc_id, start, end in sorted({*_places(gold), *_places(predicted)}):
        by_document[doc_id].append((start, end))
    context = [
        paragraph
        for doc_id, spans in sorted(by_document.items())
        if doc_id in documents
        for paragraph in _paragraphs(documents[doc_id].passage, [tuple(spans)])
    ]
    return Error(
        layer="conflicts",
        doc_id=None,
        story=verdict.case.story,
        outcome=fault.outcome,
        cause=fault.cause,
        gold=gold,
        predicted=predicted,
        context=tuple(context),
    )


def _of_pair(judge: ContrastConflicts, answer: PairAnswer) -> Error:
    """Put both members of a pair side by side: the issue in each variant, and the records that call it there."""
    documents, pair = judge.corpus.reference.documents, answer.pair
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
        verdict = judge.of_story[member.story]
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
        "text": BETWEEN.join(_surface(passage, *span) or "" for span in spans) if passage.text is not None else None,
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


def _issue(issue: Issue, documents: GroundedDocuments) -> dict[str, Any]:
    """Describe a gold issue with the places of its positions."""
    positions = [[_claim(claim, documents) for claim in position] for position in issue.positions]
    return {"issue_id": issue.issue_id, "status": issue.status, "type": issue.type, "positions": positions}


def _dispute(record: GroundedDispute, documents: GroundedDocuments) -> dict[str, Any]:
    """Describe a predicted dispute with the places of its sides; an ungrounded span stands as it was given."""
    sides = []
    for side, places in zip(record.dispute.sides, record.sides, strict=True):
        spans = [
            _claim(DocSpan(*place), documents) if place else _unplaced(span, documents)
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


def _unplaced(span: StorySpan, documents: GroundedDocuments) -> dict[str, Any]:
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


def _claim(claim: DocSpan, documents: GroundedDocuments) -> dict[str, Any]:
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
        offset = start
        while offset < end:
            line_end = passage.text.find("\n", offset)
            line_end = len(passage.text) if line_end < 0 else line_end
            first, last = passage.text.rfind("\n", 0, offset) + 1, line_end
            if last - first > LONGEST_CONTEXT:
                first = max(first, min(offset - LONGEST_CONTEXT // 4, last - LONGEST_CONTEXT))
                last = first + LONGEST_CONTEXT
            lines.add((first, last))
            offset = line_end + 1
    return tuple(Context(passage.doc_id, first, last, passage.text[first:last]) for first, last in sorted(lines))


def _surface(passage: Passage, start: int, end: int) -> str | None:
    return None if passage.text is None else passage.text[start:end]


_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """An error in words; `NOTHING` stands for gold that a false alarm lacks, and for the prediction of a miss."""

    layer: Layer
    gold: str
    predicted: str
    cause: str

    def __str__(self) -> str:
        lines = [f"{self.layer}: {self.cause}"]
        lines += [
            f"  {whose:<5}  {isolated(words)}"
            for whose, words in (("gold", self.gold), ("yours", self.predicted))
            if words != NOTHING
        ]
        return "\n".join(lines)


def error_line(error: Error) -> ErrorLine:
    """Put an error into words."""
    return ErrorLine(error.layer, _words(error.gold, error.layer), _words(error.predicted, error.layer), error.cause)


def _words(row: Mapping[str, Any] | None, layer: Layer) -> str:
    """A row or prediction of a file of errors: its surface and what matters of it, as one harmless line."""
    if row is None:
        return NOTHING
    if layer == "conflicts":
        words = [row.get("flip"), row.get("direction"), row.get("issue_id"), row.get("type"), _values(row.get("sides"))]
        words += [f"{record['type']} ({record['story']})" for record in row.get("records", ())]
    elif layer == "entities":
        words = [row.get("text"), row.get("label")]
    elif layer == "numbers":
        value = row.get("edtf") or row.get("edtf_literal") or bounds(row.get("low"), row.get("high"))
        words = [row.get("text"), row.get("kind"), row.get("modality"), value, row.get("unit")]
    else:
        # The bounds of a long quote are to be seen at its two ends.
        words = [f"«{shortened(str(row.get('text') or ''), _LONGEST_QUOTE)}»", source_name(row.get("speaker")) or "?"]
    if "ungrounded" in row:
        place = row.get("nearest")
        near = shortened(str(place.get("text")), _LONGEST_QUOTE) if isinstance(place, Mapping) else None
        words.append(f"[not in the text; nearest: {near}]" if near and row["ungrounded"] == "text" else "[not there]")
    return harmless(" ".join(str(part) for part in words if part) or NOTHING)


def _values(sides: object) -> str:
    """The values of a predicted dispute's sides, one against the other."""
    sides = sides if isinstance(sides, list) else []
    return " / ".join(str(side.get("value")) for side in sides if isinstance(side, Mapping) and side.get("value"))
