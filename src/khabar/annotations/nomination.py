"""Nomination: places where systems outvote gold, put to a second reader who does not know what gold has."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from khabar.annotations.ballots import Ballot, VotedReading, any_right
from khabar.reading.issues import Issue
from khabar.reading.reference import Reference
from khabar.records import Document, PredictedNumber, RowKey
from khabar.records.labels import LAYERS, Layer
from khabar.records.repository import DocSpan, Extract, Nomination, NominationKey
from khabar.scoring.speakers import NOBODY
from khabar.text.grounding import GroundedDispute, GroundedDocument
from khabar.text.spans import lines_of
from khabar.text.values import value_of
from khabar.text.wording import BETWEEN, source_name

NO_ROW = "no row"
"""The reading that nothing is to be labelled."""
STATUSES = {
    "conflict": "conflict: nobody could accept both answers",
    "contested": "contested: a demand, a plan or a judgement on which sides differ",
    "apparent": "apparent: the answers seem to differ, and both can hold",
    "corroborated": "corroborated: they give the same answer",
    NO_ROW: "no issue: they do not answer one question of the kinds that are labelled",
}
"""The readings of a dispute, by status."""
UNKNOWN = "speaker not said"
_QUESTIONS: Mapping[Layer, str] = {
    "entities": "Which entity row, if any, do the guidelines give between ⟦ and ⟧?",
    "numbers": "Which number or date row, if any, do the guidelines give between ⟦ and ⟧?",
    "quotes": "Which quote row, if any, do the guidelines give between ⟦ and ⟧?",
    "conflicts": "The words between ⟦1 and 1⟧, ⟦2 and 2⟧ … are sides. What is their relation by the guidelines?",
}
_MOST_SPANS = 3
"""Spans of a side that are shown; a side that many articles give is the same answer many times."""


@dataclass(frozen=True, slots=True)
class Nominated:
    """Questions and what answers them, both in the order of their ids, which says nothing of their strength."""

    nominations: tuple[Nomination, ...]
    keys: tuple[NominationKey, ...]


def nominate(
    ballots: Iterable[Ballot], reference: Reference, documents: Sequence[Document], split: str, most: int
) -> Nominated:
    """Put the first `most` ballots of each layer on which systems outvote gold as questions.

    A question offers gold's reading, the one that weighs most against it, and that there is no row; of disputes, every
    status. `documents` are those of the split, with their texts. Where readings are told by the same words there is no
    question.
    """
    by_id = {document.doc_id: document for document in documents}
    names = {(row.story, row.entity_id): row.name for row in reference.registry}
    chosen: dict[Layer, list[tuple[Nomination, NominationKey]]] = {layer: [] for layer in LAYERS}
    for ballot in ballots:
        if ballot.margin > 0 and len(chosen[ballot.layer]) < most:
            question = (
                _of_issue(ballot, by_id, split) if ballot.document is None else _of_row(ballot, by_id, names, split)
            )
            if question is not None:
                chosen[ballot.layer].append(question)
    together = sorted((pair for pairs in chosen.values() for pair in pairs), key=lambda pair: pair[0].id)
    return Nominated(tuple(pair[0] for pair in together), tuple(pair[1] for pair in together))


def _of_row(
    ballot: Ballot, documents: Mapping[str, Document], names: Mapping[tuple[str, str], str], split: str
) -> tuple[Nomination, NominationKey] | None:
    document = ballot.document
    assert document is not None

    def words(vote: VotedReading) -> str:
        return _words(ballot, vote, document, names)

    votes: Mapping[str, set[str]] = defaultdict(set)
    gold = NO_ROW
    if ballot.gold is not None:
        speaker = ballot.gold.item.speaker if ballot.layer == "quotes" else None
        gold = words(VotedReading(ballot.gold, speaker if isinstance(speaker, str) else None))
    votes[gold] |= set(ballot.confirmed)
    votes[NO_ROW] |= set(ballot.missed)
    for name, vote in ballot.otherwise:
        votes[words(vote)].add(name)
    rivals = [reading for reading in sorted(votes) if reading not in (gold, NO_ROW)]
    if not rivals and gold == NO_ROW:
        return None
    rival = max(rivals, key=lambda reading: any_right(ballot.weight, votes[reading]), default=NO_ROW)
    votes = {reading: votes[reading] for reading in {gold, rival, NO_ROW}}
    items = [vote.item for _, vote in ballot.otherwise if words(vote) == rival]
    items += [] if ballot.gold is None else [ballot.gold]
    spans = sorted({span for item in items for span in item.spans or ()})
    doc_id = document.passage.doc_id
    places = tuple(DocSpan(doc_id, start, end) for start, end in spans)
    row = None if ballot.gold is None else RowKey(ballot.layer, str(ballot.gold.item.id))
    extract = _extract(documents[doc_id], [(spans[0][0], "⟦"), (max(end for _, end in spans), "⟧")])
    return _question(ballot, split, gold, votes, (extract,), row, places)


def _of_issue(ballot: Ballot, documents: Mapping[str, Document], split: str) -> tuple[Nomination, NominationKey] | None:
    issue = ballot.gold if isinstance(ballot.gold, Issue) else None
    if issue is not None:
        sides = [list(position) for position in issue.positions]
    else:
        record: GroundedDispute = ballot.otherwise[0][1].item
        sides = [[DocSpan(*place) for place in side if place] for side in record.sides]
    votes: dict[str, set[str]] = {status: set() for status in STATUSES}
    gold = NO_ROW if issue is None else issue.status
    votes["conflict"] |= {name for name, _ in ballot.otherwise}
    votes[NO_ROW] |= set(ballot.missed)
    votes[gold] |= set(ballot.confirmed)
    marks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    in_order = sorted(sides, key=lambda side: min(((place.doc_id, place.start) for place in side), default=("", 0)))
    for number, side in enumerate(in_order, start=1):
        for place in side[:_MOST_SPANS]:
            marks[place.doc_id] += [(place.start, f"⟦{number} "), (place.end, f" {number}⟧")]
    extracts = tuple(_extract(documents[doc_id], marks[doc_id]) for doc_id in sorted(marks))
    row = None if issue is None else RowKey("conflicts", issue.issue_id)
    places = tuple(place for side in sides for place in side)
    return _question(ballot, split, gold, votes, extracts, row, places)


def _question(
    ballot: Ballot,
    split: str,
    gold: str,
    votes: Mapping[str, set[str]],
    extracts: tuple[Extract, ...],
    row: RowKey | None,
    places: tuple[DocSpan, ...],
) -> tuple[Nomination, NominationKey]:
    """Name the readings by letters: those of a dispute in the guidelines' order, others in that of their digests."""
    of_places = [(place.doc_id, place.start, place.end) for place in places]
    digest = _digest(repr((ballot.layer, of_places)))[:10]
    readings = list(STATUSES) if ballot.document is None else sorted(votes, key=lambda words: _digest(digest + words))
    letters = dict(zip(readings, ascii_uppercase, strict=False))
    key = NominationKey(
        id=f"{ballot.layer}-{digest}",
        layer=ballot.layer,
        split=split,
        story=ballot.story,
        gold=letters[gold],
        row=row,
        votes={letters[reading]: tuple(sorted(votes[reading])) for reading in readings},
        margin=round(ballot.margin, 3),
        places=places,
    )
    shown = {
        letter: STATUSES.get(reading, reading) if ballot.document is None else reading
        for reading, letter in letters.items()
    }
    question = _QUESTIONS[ballot.layer]
    return Nomination(id=key.id, layer=ballot.layer, question=question, extracts=extracts, readings=shown), key


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _words(
    ballot: Ballot, reading: VotedReading, document: GroundedDocument, names: Mapping[tuple[str, str], str]
) -> str:
    """A reading in words that are the same whoever gives it."""
    text, item = document.passage.text or "", reading.item.item
    surface = BETWEEN.join(text[start:end] for start, end in reading.item.spans or ())
    if ballot.layer == "entities":
        return f"{item.label}: {surface}"
    if ballot.layer == "numbers":
        return f"{item.kind}: {surface}" + _value(item)
    return f"{_speaker(ballot, reading, names)}: «{surface}»"


def _value(item: PredictedNumber) -> str:
    if item.kind == "ident":
        return ""
    if item.kind == "date":
        return f" = {item.edtf or item.edtf_literal or 'no day'}"
    value = value_of(item)
    low = "(-∞" if value.low is None else f"{'[' if value.low_incl else '('}{value.low}"
    high = "∞)" if value.high is None else f"{value.high}{']' if value.high_incl else ')'}"
    unit = "" if item.kind == "ordinal" else f", unit {item.unit}"
    return f" = {low}, {high}, {value.modality}{unit}"


def _speaker(ballot: Ballot, vote: VotedReading, names: Mapping[tuple[str, str], str]) -> str:
    """The name of a speaker: the registry's where gold knows who is meant, else what the system calls it."""
    if vote.speaker is not None and vote.speaker != NOBODY:
        return names.get((ballot.story, vote.speaker), vote.speaker)
    return source_name(vote.item.item.speaker) or UNKNOWN


def _extract(document: Document, marks: Iterable[tuple[int, str]]) -> Extract:
    """The marked lines of an article, with the line with words before and after them."""
    text, marks = document.text, sorted(marks)
    lines = [(start, start + len(line)) for start, line in lines_of(text) if line.strip()]
    marked = [index for index, (first, last) in enumerate(lines) if any(first <= offset <= last for offset, _ in marks)]
    shown = sorted({near for index in marked for near in (index - 1, index, index + 1) if 0 <= near < len(lines)})
    parts = []
    for index in shown:
        first, last = lines[index]
        line = text[first:last]
        for offset, mark in reversed([mark for mark in marks if first <= mark[0] <= last]):
            line = line[: offset - first] + mark + line[offset - first :]
        parts.append(line)
    return Extract(doc_id=document.doc_id, published=document.published, text="\n".join(parts))
