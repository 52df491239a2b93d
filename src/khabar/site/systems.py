"""A system as its page shows it: what it said of each article, its figures, and its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from khabar.leaderboard.board import Board, Entry
from khabar.leaderboard.card import Card
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.scoring.errors.listing import list_errors
from khabar.scoring.result import Score
from khabar.site.faults import Faults, StoryFault, faults_of, told
from khabar.site.marking import marks_of, notes_of, notes_of_disputes
from khabar.site.naming import Names
from khabar.site.reader import Said
from khabar.text.grounding import GroundedDocument
from khabar.text.terminal import harmless


def plain(board: Board) -> Board:
    """Escape what would turn a line around in the cards of a board. Those of a closed one were never read by us."""
    return msgspec.structs.replace(
        board,
        systems=tuple(msgspec.structs.replace(entry, card=_plain(entry.card)) for entry in board.systems),
    )


def _plain(card: Card) -> Card:
    def words(value: Any) -> Any:
        if isinstance(value, str):
            return "\n".join(map(harmless, value.split("\n")))
        return tuple(map(words, value)) if isinstance(value, tuple) else value

    return msgspec.structs.replace(card, **{name: words(value) for name, value in msgspec.structs.asdict(card).items()})


@dataclass(frozen=True, slots=True)
class System:
    """A system on the present board."""

    entry: Entry
    score: Score
    faults: Faults
    said: Mapping[str, Said]
    disputes: tuple[StoryFault, ...]
    found: frozenset[str]
    """Hard disputes, by issue_id, that it found."""

    @property
    def key(self) -> str:
        """Its key."""
        return self.entry.system


def system_of(
    entry: Entry,
    score: Score,
    annotations: Sequence[Annotations],
    disputes: Sequence[Dispute],
    reference: Reference,
    names: Mapping[str, Names],
) -> System:
    """Place what a system said and list its errors, on the layers its card names. `names` are by story."""
    faults = faults_of(list_errors(reference, annotations, disputes, layers=entry.card.layers))
    of_disputes = tuple(told(error) for error in faults.of_stories)
    missed = {fault.issue_id for fault in of_disputes if fault.outcome == "missed"}
    hard = {issue.issue_id for issue in reference.issues if issue.status == "conflict"}
    found = frozenset(hard - missed) if "conflicts" in entry.card.layers else frozenset()
    by_id = {each.doc_id: each for each in annotations}
    said = {}
    for doc_id, document in reference.documents.items():
        placed = GroundedDocument(by_id.get(doc_id) or Annotations(doc_id=doc_id), document.passage)
        cited = list(notes_of_disputes([d for d in disputes if d.story == document.story], document.passage))
        marks = (*marks_of(placed), *(mark for mark, _ in cited))
        notes = (*notes_of(placed, names[document.story]), *(note for _, note in cited))
        said[doc_id] = Said(
            tuple(mark for mark in marks if mark.layer in entry.card.layers),
            tuple(sorted((n for n in notes if n.layer in entry.card.layers), key=lambda note: note.start)),
        )
    return System(entry, score, faults, said, of_disputes, found)
