"""Two passes put side by side: row by row, the second told in the names of the first.

After this, what two annotators see alike is alike to the letter: keys, ids and labels of positions, which are only
names, are those of the first pass, and all that still differs is what they read differently.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from khabar.annotations.agreement.matching import renamed, same_by_overlap, same_groups
from khabar.annotations.agreement.naming import key_names, with_keys
from khabar.annotations.agreement.pairing import claim_pairs, entity_pairs, number_pairs, quote_pairs
from khabar.records import Claim, Conflict, Entity, Number, Position, Quote, Registered, Row, Zones
from khabar.text.passages import Passage

_Row = TypeVar("_Row", bound=Row)
_Identified = TypeVar("_Identified", Entity, Number, Quote, Claim)

ISSUES_ALIKE = 1 / 3
"""φ4 of their claims from which two issues are taken to ask the same question."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of each pass that speak of the same, or one that only one pass has. `b` is told in a's names."""

    a: Row | None
    b: Row | None

    @property
    def row(self) -> Row:
        """The row there is: a's, else b's."""
        row = self.b if self.a is None else self.a
        assert row is not None
        return row

    @property
    def layer(self) -> str:
        """The layer of the rows."""
        return str(self.row.__struct_config__.tag)


def align(a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str], stories: Mapping[str, str]) -> tuple[Pair, ...]:
    """Pair the rows of two passes over the same documents: a's rows in their order, then what only b has, in its.

    `texts` and `stories` are by doc_id. Names are matched within a story.
    """
    found: list[Pair] = []
    for story in sorted({*stories.values()}):
        mine = [[row for row in rows if _story(row, stories) == story] for rows in (a, b)]
        found += _align_story(mine[0], mine[1], {doc: Passage(doc, text) for doc, text in texts.items()})
    place = {id(row): at for at, row in enumerate(a)}
    return tuple(sorted(found, key=lambda pair: len(a) if pair.a is None else place[id(pair.a)]))


def _story(row: Row, stories: Mapping[str, str]) -> str:
    return row.story if isinstance(row, (Conflict, Registered)) else stories[row.doc_id]  # type: ignore[attr-defined]


def _align_story(a: list[Row], b: list[Row], passages: Mapping[str, Passage]) -> Iterator[Pair]:
    names = key_names(a, b)
    b = [with_keys(row, names) for row in b]
    yield from _by_name(_only(a, Zones), _only(b, Zones), lambda row: row.doc_id)
    yield from _paired(_only(a, Entity), _only(b, Entity), passages, entity_pairs)
    yield from _paired(_only(a, Number), _only(b, Number), passages, number_pairs)
    yield from _quotes(_only(a, Quote), _only(b, Quote), passages)
    yield from _issues(a, b, passages)
    yield from _by_name(_only(a, Registered), _only(b, Registered), lambda row: row.entity_id)


def _only(rows: Sequence[Row], kind: type[_Row]) -> list[_Row]:
    return [row for row in rows if isinstance(row, kind)]


def _by_name(a: Sequence[_Row], b: Sequence[_Row], name: Callable[[_Row], str]) -> Iterator[Pair]:
    theirs = {name(row): row for row in b}
    for row in a:
        yield Pair(row, theirs.pop(name(row), None))
    yield from (Pair(None, row) for row in theirs.values())


_Pairing = Callable[[Sequence[_Identified], Sequence[_Identified], Mapping[str, Passage]], list[tuple[int, int]]]


def _paired(
    a: Sequence[_Identified], b: Sequence[_Identified], passages: Mapping[str, Passage], pairs: _Pairing[_Identified]
) -> Iterator[Pair]:
    """Pair rows; one of b that has a partner takes its id, one that has none keeps its own, unless a has taken it."""
    partner = {right: left for left, right in pairs(a, b, passages)}
    same = {row.id: a[partner[at]].id for at, row in enumerate(b) if at in partner}
    ids = renamed([row.id for row in b], same, {row.id for row in a})
    told = [replace(row, id=ids[row.id]) for row in b]
    of = {left: right for right, left in partner.items()}
    for at, row in enumerate(a):
        yield Pair(row, told[of[at]] if at in of else None)
    yield from (Pair(None, row) for at, row in enumerate(told) if at not in partner)


def _quotes(a: Sequence[Quote], b: Sequence[Quote], passages: Mapping[str, Passage]) -> Iterator[Pair]:
    pairs = list(_paired(a, b, passages, quote_pairs))
    told = [pair.b for pair in pairs if isinstance(pair.b, Quote)]
    ours, theirs = _utterances(a), _utterances(told)
    names = renamed(theirs, same_groups(ours, theirs), ours)
    for pair in pairs:
        if isinstance(pair.b, Quote) and pair.b.utterance is not None:
            yield Pair(pair.a, replace(pair.b, utterance=names[pair.b.utterance]))
        else:
            yield pair


def _utterances(quotes: Sequence[Quote]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in quotes:
        if row.utterance is not None:
            found[row.utterance].add(row.id)
    return dict(found)


def _issues(a: Sequence[Row], b: Sequence[Row], passages: Mapping[str, Passage]) -> Iterator[Pair]:
    """Issues that ask the same question, and their claims; claims are the same only as answers to the same question."""
    claims_a, claims_b = _only(a, Claim), _only(b, Claim)
    ours, theirs = _by_issue(claims_a), _by_issue(claims_b)
    shared = Counter(
        {
            (left, right): len(claim_pairs(mine, others, passages))
            for left, mine in ours.items()
            for right, others in theirs.items()
            if {row.doc_id for row in mine} & {row.doc_id for row in others}
        }
    )
    sizes_a, sizes_b = ({name: len(rows) for name, rows in side.items()} for side in (ours, theirs))
    issues_a, issues_b = _only(a, Conflict), _only(b, Conflict)
    same = same_by_overlap(shared, sizes_a, sizes_b, least=ISSUES_ALIKE)
    names = renamed([row.issue_id for row in issues_b], same, {row.issue_id for row in issues_a})

    def pairs(x: Sequence[Claim], y: Sequence[Claim], where: Mapping[str, Passage]) -> list[tuple[int, int]]:
        found = []
        for issue in dict.fromkeys(row.issue_id for row in x):
            at_x, at_y = ([at for at, row in enumerate(rows) if row.issue_id == issue] for rows in (x, y))
            found += [(at_x[i], at_y[j]) for i, j in claim_pairs([x[at] for at in at_x], [y[at] for at in at_y], where)]
        return found

    moved = [replace(row, issue_id=names[row.issue_id]) for row in claims_b]
    paired = list(_paired(claims_a, moved, passages, pairs))
    told = _with_positions([pair.b for pair in paired if isinstance(pair.b, Claim)], claims_a)
    yield from (Pair(pair.a, told[pair.b.id] if isinstance(pair.b, Claim) else None) for pair in paired)
    renamed_issues = [
        replace(row, issue_id=names[row.issue_id], positions=positions(names[row.issue_id], told.values()))
        for row in issues_b
    ]
    yield from _by_name(issues_a, renamed_issues, lambda row: row.issue_id)


def _by_issue(claims: Sequence[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for row in claims:
        found[row.issue_id].append(row)
    return dict(found)


def _with_positions(b: Sequence[Claim], a: Sequence[Claim]) -> dict[str, Claim]:
    """Claims of b by id, their positions labelled as a labels those that share most claims with them."""
    ours, theirs = _by_issue(a), _by_issue(b)
    found: dict[str, Claim] = {}
    for issue, rows in theirs.items():
        before, after = _by_position(ours.get(issue, [])), _by_position(rows)
        names = renamed(after, same_groups(before, after), before)
        found |= {row.id: replace(row, position=names[row.position]) for row in rows}
    return found


def _by_position(claims: Sequence[Claim]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in claims:
        found[row.position].add(row.id)
    return dict(found)


def positions(issue_id: str, claims: Iterable[Claim]) -> tuple[Position, ...]:
    """The positions of an issue as its claims name them: positions by name, claims by id."""
    found = _by_position([row for row in claims if row.issue_id == issue_id])
    return tuple(Position(name, tuple(sorted(found[name]))) for name in sorted(found))
