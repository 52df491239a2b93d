"""Disagreements: what a third reader has to decide. They follow from the two passes alone, ids included."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import msgspec

from khabar.annotations.agreement.alignment import RowPair, half_of_shorter, place_of, sides_of
from khabar.annotations.agreement.differences import differing
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row, groups_of
from khabar.scoring.assignment import Components
from khabar.text.spans import Passage
from khabar.text.wording import row_id


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Rows of each pass of which one reading, or neither, can stand. `b` has the names of a.

    `what` names the fields that differ; it is ("row",) where one pass has nothing there. A `cosmetic` one gathers
    what a document's or story's rows of a layer merely word otherwise: it need not be decided, and a's words stand.
    """

    id: str
    layer: str
    doc_id: str | None
    what: tuple[str, ...]
    a: tuple[Row, ...]
    b: tuple[Row, ...]
    cosmetic: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of both passes, a's first."""
        return *self.a, *self.b


def disagreements(pairs: Sequence[RowPair], texts: Mapping[str, str]) -> list[Disagreement]:
    """All disagreements of aligned passes: those to decide in the order of the rows, then the cosmetic ones."""
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in texts.items()}
    implied = {id(row) for row in implied_registry(pairs)}
    unlike: list[RowPair] = []
    worded: dict[tuple[str, str], list[RowPair]] = defaultdict(list)
    for pair in pairs:
        if pair.both is None:
            unlike += [pair] if id(pair.row) not in implied else []
            continue
        meant, wording = differing(pair)
        if meant:
            unlike.append(pair)
        elif wording:
            owner = pair.row.article or getattr(pair.row, "story", "")
            worded[pair.layer, str(owner)].append(pair)
    return [
        *(_disagreement(group) for group in _groups(unlike, passages)),
        *(_disagreement(group, cosmetic=True) for group in worded.values()),
    ]


def implied_registry(pairs: Sequence[RowPair]) -> list[Registered]:
    """Registry rows that only one pass has and refers to: nobody decides on them, gold has those it refers to."""
    needed = [{key for row in rows for key in row.references} for rows in sides_of(pairs)]
    rows: list[Registered] = []
    for pair in pairs:
        side = 0 if pair.b is None else 1
        if pair.both is None and isinstance(pair.row, Registered) and pair.row.entity_id in needed[side]:
            rows.append(pair.row)
    return rows


def _disagreement(group: Sequence[RowPair], *, cosmetic: bool = False) -> Disagreement:
    a, b = sides_of(group)
    first = next((pair.row for pair in group if isinstance(pair.row, Conflict)), group[0].row)
    what: dict[str, None] = {}
    for pair in group:
        what |= dict.fromkeys(["row"] if pair.both is None else differing(pair)[cosmetic])
    digest = hashlib.sha256(b"\n".join(msgspec.json.encode(rows, order="sorted") for rows in (a, b))).hexdigest()
    key = f"{first.layer}-{digest[:10]}"
    return Disagreement(key, first.layer, first.article, tuple(what), tuple(a), tuple(b), cosmetic)


def _groups(pairs: Sequence[RowPair], passages: Mapping[str, Passage]) -> list[list[RowPair]]:
    """Pairs that cannot be decided apart, together: an issue only one pass has with its claims, and rows that clash."""
    alone = {row_id(pair.row) for pair in pairs if isinstance(pair.row, Conflict) and pair.both is None}
    groups: Components[int] = Components()
    by_place: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        row = pair.row
        if isinstance(row, (Claim, Conflict)) and row.issue_id in alone:
            by_place["issue", row.issue_id].append(number)
        elif isinstance(row, (Entity, Number, Quote, Claim)):
            by_place[pair.layer, row.doc_id].append(number)
    for (kind, owner), members in by_place.items():
        for left, right in combinations(members, 2):
            if kind == "issue" or _clash(pairs[left], pairs[right], passages[owner]):
                groups.join(left, right)
    return list(groups_of((groups.root(number), pair) for number, pair in enumerate(pairs)).values())


def _clash(pair: RowPair, other: RowPair, passage: Passage) -> bool:
    """Whether a reading of one pass excludes a reading of the other pass elsewhere in the list.

    Rows that both passes pair stand for themselves, however they are nested, unless they are entities that cross.
    """
    if not isinstance(pair.row, Entity) and pair.both is not None and other.both is not None:
        return False
    return _exclude(pair.a, other.b, passage) or _exclude(other.a, pair.b, passage)


def _exclude(a: Row | None, b: Row | None, passage: Passage) -> bool:
    """Entities that cross; other rows of which one lies in the other by half (claims: on the same question)."""
    if isinstance(a, Entity) and isinstance(b, Entity):
        return a.start < b.start < a.end < b.end or b.start < a.start < b.end < a.end
    if isinstance(a, Claim) and isinstance(b, Claim) and a.issue_id != b.issue_id:
        return False
    if isinstance(a, (Number, Quote, Claim)) and isinstance(b, (Number, Quote, Claim)):
        return bool(passage.letters(place_of(a)) and passage.letters(place_of(b))) and half_of_shorter(passage, a, b)
    return False
