"""Disagreements: what a third reader has to decide. They follow from the two passes alone, ids included."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from khabar.annotations.agreement.alignment import Pair
from khabar.annotations.agreement.differences import differing
from khabar.annotations.agreement.naming import keys_of
from khabar.annotations.agreement.pairing import row_id, spans_of
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row
from khabar.text.passages import Passage


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Rows of each pass of which one reading, or neither, can stand. `b` is told in a's names.

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


def disagreements(pairs: Sequence[Pair], texts: Mapping[str, str]) -> list[Disagreement]:
    """All disagreements of aligned passes: those to decide in the order of the rows, then the cosmetic ones."""
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in texts.items()}
    needed = [{key for row in rows for key in _references(row)} for rows in _sides(pairs)]
    open_pairs: list[Pair] = []
    worded: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.a is None or pair.b is None:
            if not _follows(pair, needed):
                open_pairs.append(pair)
            continue
        meant, wording = differing(pair)
        if meant:
            open_pairs.append(pair)
        elif wording:
            worded[pair.layer, _owner(pair.row)].append(pair)
    found = [_made(group) for group in _groups(open_pairs, passages)]
    return found + [_made(group, cosmetic=True) for group in worded.values()]


def follows(pairs: Sequence[Pair]) -> list[Registered]:
    """Registry rows that only one pass has and refers to: nobody decides on them, gold has those it refers to."""
    needed = [{key for row in rows for key in _references(row)} for rows in _sides(pairs)]
    return [pair.row for pair in pairs if _follows(pair, needed) and isinstance(pair.row, Registered)]


def _sides(pairs: Iterable[Pair]) -> tuple[list[Row], list[Row]]:
    pairs = list(pairs)
    return [pair.a for pair in pairs if pair.a is not None], [pair.b for pair in pairs if pair.b is not None]


def _references(row: Row) -> list[str]:
    """The keys a row refers to; a registry row does not refer to its own."""
    return keys_of(row)[1:] if isinstance(row, Registered) else keys_of(row)


def _follows(pair: Pair, needed: Sequence[set[str]]) -> bool:
    side = 0 if pair.b is None else 1
    alone = (pair.a is None) != (pair.b is None)
    return alone and isinstance(pair.row, Registered) and pair.row.entity_id in needed[side]


def _owner(row: Row) -> str:
    return str(getattr(row, "doc_id", None) or getattr(row, "story", ""))


def _made(group: Sequence[Pair], *, cosmetic: bool = False) -> Disagreement:
    a, b = _sides(group)
    first = next((pair.row for pair in group if isinstance(pair.row, Conflict)), group[0].row)
    layer = str(first.__struct_config__.tag)
    what: dict[str, None] = {}
    for pair in group:
        both = pair.a is not None and pair.b is not None
        what |= dict.fromkeys((differing(pair)[1 if cosmetic else 0]) if both else ["row"])
    digest = hashlib.sha256(b"\n".join(msgspec.json.encode(rows, order="sorted") for rows in (a, b))).hexdigest()
    doc_id = getattr(first, "doc_id", None)
    return Disagreement(f"{layer}-{digest[:10]}", layer, doc_id, tuple(what), tuple(a), tuple(b), cosmetic)


def _groups(pairs: Sequence[Pair], passages: Mapping[str, Passage]) -> Iterator[list[Pair]]:
    """Pairs that cannot be decided apart, together: an issue only one pass has with its claims, and rows that clash."""
    alone = {
        row_id(pair.row) for pair in pairs if isinstance(pair.row, Conflict) and (pair.a is None or pair.b is None)
    }
    group_of = list(range(len(pairs)))
    by_place: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        row = pair.row
        if isinstance(row, (Claim, Conflict)) and row.issue_id in alone:
            by_place["issue", row.issue_id].append(at)
        elif isinstance(row, (Entity, Number, Quote, Claim)):
            by_place[pair.layer, row.doc_id].append(at)
    for (kind, owner), members in by_place.items():
        for place, left in enumerate(members):
            for right in members[place + 1 :]:
                if kind == "issue" or _clash(pairs[left], pairs[right], passages[owner]):
                    old, new = group_of[right], group_of[left]
                    group_of = [new if group == old else group for group in group_of]
    groups: dict[int, list[Pair]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        groups[group_of[at]].append(pair)
    yield from groups.values()


def _clash(one: Pair, other: Pair, passage: Passage) -> bool:
    """Whether a reading of one pass excludes a reading of the other pass elsewhere in the list.

    Rows that both passes pair stand for themselves, however they are nested, unless they are entities that cross.
    """
    if not isinstance(one.row, Entity) and None not in (one.a, one.b, other.a, other.b):
        return False
    return _exclude(one.a, other.b, passage) or _exclude(other.a, one.b, passage)


def _exclude(a: Row | None, b: Row | None, passage: Passage) -> bool:
    """Entities that cross; other rows of which one lies in the other by half (claims: on the same question)."""
    if isinstance(a, Entity) and isinstance(b, Entity):
        return a.start < b.start < a.end < b.end or b.start < a.start < b.end < a.end
    if isinstance(a, Claim) and isinstance(b, Claim) and a.issue_id != b.issue_id:
        return False
    if isinstance(a, (Number, Quote, Claim)) and isinstance(b, (Number, Quote, Claim)):
        left, right = spans_of(a), spans_of(b)
        return 2 * passage.shared(left, right) >= min(passage.letters(left), passage.letters(right)) > 0
    return False
