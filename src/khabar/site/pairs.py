"""Pairs of a contrast set, side by side: an issue in both variants of its story, and which systems call it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from khabar.corpus.contrast import VariantChange, altered_spans
from khabar.edits.offset_map import Offsets
from khabar.reading.issues import ContrastPair
from khabar.reading.reference import Reference
from khabar.records import Conflict, Document, Flip, Row
from khabar.records.edits import VARIANTS, Direction, Variant
from khabar.records.labels import Status
from khabar.records.repository import DocSpan
from khabar.site.annotations import MarkupToken, TextMark, mark_of, markup
from khabar.site.corpus import original_id
from khabar.site.story import sentence_around
from khabar.site.system import SystemView


@dataclass(frozen=True, slots=True)
class PairSentence:
    """A sentence of an answer in one variant, what the edit alters marked; without words where no text is shown."""

    doc_id: str
    start: int
    tokens: tuple[MarkupToken, ...] = ()


@dataclass(frozen=True, slots=True)
class PairMember:
    """The issue in one variant: its status there, and the sentences of both answers."""

    variant: Variant
    status: Status
    is_hard: bool
    is_edited: bool
    answers: tuple[tuple[PairSentence, ...], ...]


@dataclass(frozen=True, slots=True)
class PairCall:
    """What a system says of a pair: which members it calls, and the cause if that is wrong."""

    system: str
    called: tuple[bool, ...]
    cause: str | None


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair with its question, its members, the words that the edit puts in, and what each system says of it."""

    pair: ContrastPair
    issue: Conflict
    members: tuple[PairMember, ...]
    words: tuple[str, ...]
    calls: tuple[PairCall, ...]


@dataclass(frozen=True, slots=True)
class PairsOfSplit:
    """The pairs of a split by direction, the systems that were asked, best first, and whether its text is shown."""

    asked: Sequence[SystemView]
    by_direction: Mapping[Direction, Sequence[ShownPair]]
    with_text: bool

    @property
    def controls(self) -> int:
        """How many of them are a dispute in neither variant."""
        return sum(each.pair.is_control for some in self.by_direction.values() for each in some)

    @property
    def pairs(self) -> int:
        """How many are in one of them."""
        return sum(map(len, self.by_direction.values())) - self.controls


def shown_pairs(
    split: str,
    reference: Reference,
    issues: Iterable[Row],
    changes: Sequence[VariantChange],
    systems: Sequence[SystemView],
    documents: Mapping[str, Document],
) -> dict[Direction, list[ShownPair]]:
    """Lay out the pairs of a split by direction, controls last.

    `documents` has the articles whose text may be shown, `systems` those that are on the board of the split.
    """
    by_id = {row.issue_id: row for row in issues if isinstance(row, Conflict)}
    flips = {(change.story, change.id): change for change in changes if isinstance(change, Flip)}
    shown: dict[Direction, list[ShownPair]] = {direction: [] for direction in get_args(Direction)}
    for pair in reference.pairs:
        flip = flips[pair.story, pair.flip]
        shown[pair.direction].append(
            ShownPair(
                pair,
                by_id[pair.members[0].issue_id],
                tuple(_members(pair, flip, by_id, changes, documents)),
                tuple(edit.new for edit in flip.edits),
                tuple(_calls(pair, split, systems)),
            )
        )
    return {direction: some for direction, some in shown.items() if some}


def _members(
    pair: ContrastPair,
    flip: Flip,
    issues: Mapping[str, Conflict],
    changes: Sequence[VariantChange],
    documents: Mapping[str, Document],
) -> Iterator[PairMember]:
    for variant, member in zip(VARIANTS, pair.members, strict=True):
        answers = tuple(tuple(_sentences(group, flip, variant, changes, documents)) for group in member.groups)
        status = issues[member.issue_id].status
        yield PairMember(variant, status, member.is_hard, variant == pair.edited, answers)


def _calls(pair: ContrastPair, split: str, systems: Sequence[SystemView]) -> Iterator[PairCall]:
    right = tuple(member.is_hard for member in pair.members)
    for system in systems:
        errors = system.on[split].errors
        if errors is not None:
            wrong = errors.of_pairs.get((pair.story, pair.flip))
            yield PairCall(system.key, wrong.called if wrong else right, wrong.cause if wrong else None)


def _sentences(
    claims: Sequence[DocSpan],
    flip: Flip,
    variant: Variant,
    changes: Sequence[VariantChange],
    documents: Mapping[str, Document],
) -> Iterator[PairSentence]:
    """The sentences of some claims, each once."""
    shown: set[tuple[str, int]] = set()
    for claim in claims:
        document = documents.get(claim.doc_id)
        if document is None:
            yield PairSentence(claim.doc_id, claim.start)
            continue
        start, end = sentence_around(document.text, claim.start, claim.end)
        if (claim.doc_id, start) not in shown:
            shown.add((claim.doc_id, start))
            marks = [
                TextMark(each.start, each.end, "conflicts", "claim")
                for each in claims
                if each.doc_id == claim.doc_id and start <= each.start < end
            ]
            marks += _altered(flip, variant, document, changes, documents)
            yield PairSentence(claim.doc_id, claim.start, tuple(markup(document.text, start, end, marks)))


def _altered(
    flip: Flip,
    variant: Variant,
    document: Document,
    changes: Sequence[VariantChange],
    documents: Mapping[str, Document],
) -> Iterator[TextMark]:
    """What the edit puts into one variant, and what stands in its place in the other."""
    doc_id = original_id(document.doc_id)
    if variant == flip.variant:
        spans = altered_spans(document, documents[doc_id], changes)
        yield from (mark_of(span) for span in spans if span.change is flip)
        return
    there = [each for change in changes if change.variant == variant for each in change.edits if each.doc_id == doc_id]
    offsets = Offsets.of(there)
    for edit in flip.edits:
        place = offsets.carried(edit.start, edit.end) if edit.doc_id == doc_id else None
        if place is not None:
            yield TextMark(*place, "altered", "kept")
