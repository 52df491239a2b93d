"""Two passes side by side: row by row, the second in the names of the first.

After this, what two annotators see alike is alike to the letter: keys, ids and labels of positions, which are only
names, are those of the first pass, and all that still differs is what they read differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import eq
from typing import TypeVar

from msgspec.structs import replace

from khabar.annotations.agreement.names import key_names, matched_groups, matched_names, renamed, with_keys
from khabar.formats.label_studio.question_page import positions_of
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row, Span, Zones, groups_of, only
from khabar.records.rows import AnyRow
from khabar.scoring.assignment import lexicographic
from khabar.scoring.verdicts import Pairing, pair
from khabar.text.spans import Iou, Passage, Spans, at_least_half, normal, overlaps, permille

Placed = TypeVar("Placed", Entity, Number, Quote, Claim)
Passages = Mapping[str, Passage]

ISSUES_ALIKE = 1 / 3
"""φ4 of their claims from which two issues are taken to ask the same question."""


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row of each pass that speak of the same, or one that only one pass has. `b` has the names of a."""

    a: Row | None
    b: Row | None

    @property
    def row(self) -> Row:
        """The row there is: a's, else b's."""
        row = self.b if self.a is None else self.a
        assert row is not None
        return row

    @property
    def both(self) -> tuple[Row, Row] | None:
        """The two rows, if both passes have one."""
        return None if self.a is None or self.b is None else (self.a, self.b)

    @property
    def layer(self) -> str:
        """The layer of the rows."""
        return self.row.layer


def align(
    a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str], stories: Mapping[str, str]
) -> tuple[RowPair, ...]:
    """Pair the rows of two passes over the same documents: a's rows in their order, then what only b has, in its.

    `texts` and `stories` are by doc_id. Names are matched within a story.
    """
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in texts.items()}
    pairs: list[RowPair] = []
    for story in sorted(set(stories.values())):
        ours, theirs = ([row for row in rows if row.story_key(stories) == story] for rows in (a, b))
        pairs += _align_story(ours, theirs, passages)
    turn = {id(row): number for number, row in enumerate(a)}
    return tuple(sorted(pairs, key=lambda pair: len(a) if pair.a is None else turn[id(pair.a)]))


def _align_story(a: Sequence[Row], b: Sequence[Row], passages: Passages) -> Iterator[RowPair]:
    names = key_names(a, b)
    b = [with_keys(row, names) for row in b]
    yield from _by_key(only(a, Zones), only(b, Zones))
    entities = only(a, Entity), only(b, Entity)
    yield from _paired(*entities, pair_entities(*entities, passages))
    numbers = only(a, Number), only(b, Number)
    yield from _paired(*numbers, pair_numbers(*numbers, passages))
    yield from _quotes(only(a, Quote), only(b, Quote), passages)
    yield from _issues(a, b, passages)
    yield from _by_key(only(a, Registered), only(b, Registered))


def sides_of(pairs: Iterable[RowPair]) -> tuple[list[Row], list[Row]]:
    """The rows of each pass."""
    pairs = list(pairs)
    return [pair.a for pair in pairs if pair.a is not None], [pair.b for pair in pairs if pair.b is not None]


def _by_key(a: Sequence[AnyRow], b: Sequence[AnyRow]) -> Iterator[RowPair]:
    theirs = {row.key: row for row in b}
    for row in a:
        yield RowPair(row, theirs.pop(row.key, None))
    yield from (RowPair(None, row) for row in theirs.values())


def _paired(a: Sequence[Placed], b: Sequence[Placed], pairing: Pairing) -> Iterator[RowPair]:
    """Rows as they are paired; one of b that has a partner takes its id, one that has none keeps its own, unless a
    has taken it."""
    right_of = dict(pairing.pairs)
    ids = renamed(
        [row.id for row in b],
        {b[right].id: a[left].id for left, right in pairing.pairs},
        {row.id for row in a},
    )
    theirs = [replace(row, id=ids[row.id]) for row in b]
    for left, row in enumerate(a):
        yield RowPair(row, theirs[right_of[left]] if left in right_of else None)
    yield from (RowPair(None, theirs[right]) for right in pairing.false)


def _quotes(a: Sequence[Quote], b: Sequence[Quote], passages: Passages) -> Iterator[RowPair]:
    pairs = list(_paired(a, b, pair_quotes(a, b, passages)))
    ours, theirs = (
        groups_of((row.utterance, row.id) for row in only(rows, Quote) if row.utterance is not None)
        for rows in sides_of(pairs)
    )
    names = renamed(theirs, matched_groups(ours, theirs), ours)
    for row_pair in pairs:
        if isinstance(row_pair.b, Quote) and row_pair.b.utterance is not None:
            yield RowPair(row_pair.a, replace(row_pair.b, utterance=names[row_pair.b.utterance]))
        else:
            yield row_pair


def _issues(a: Sequence[Row], b: Sequence[Row], passages: Passages) -> Iterator[RowPair]:
    """Issues that ask the same question, and their claims; claims are the same only as answers to the same question."""
    claims_a, claims_b = only(a, Claim), only(b, Claim)
    issues_a, issues_b = only(a, Conflict), only(b, Conflict)
    same = matched_issues(claims_a, claims_b, passages)
    names = renamed([row.issue_id for row in issues_b], same, {row.issue_id for row in issues_a})

    moved = [replace(row, issue_id=names[row.issue_id]) for row in claims_b]
    pairs = list(_paired(claims_a, moved, pair_claims(claims_a, moved, passages)))
    placed = _with_positions([pair.b for pair in pairs if isinstance(pair.b, Claim)], claims_a)
    yield from (RowPair(pair.a, placed[pair.b.id] if isinstance(pair.b, Claim) else None) for pair in pairs)
    renamed_issues = [replace(row, issue_id=names[row.issue_id]) for row in issues_b]
    yield from _by_key(
        issues_a,
        [replace(row, positions=positions_of(row.issue_id, placed.values())) for row in renamed_issues],
    )


def matched_issues(claims_a: Sequence[Claim], claims_b: Sequence[Claim], passages: Passages) -> dict[str, str]:
    """Issue of b → the issue of a that asks the same question, matched by the claims they share."""
    ours, theirs = _by_issue(claims_a), _by_issue(claims_b)
    shared = Counter(
        {
            (left, right): len(pair_claims(mine, others, passages, any_question=True).pairs)
            for left, mine in ours.items()
            for right, others in theirs.items()
            if {row.doc_id for row in mine} & {row.doc_id for row in others}
        }
    )
    sizes_a, sizes_b = ({name: len(rows) for name, rows in side.items()} for side in (ours, theirs))
    return matched_names(shared, sizes_a, sizes_b, least=ISSUES_ALIKE)


def _by_issue(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    return groups_of((row.issue_id, row) for row in claims)


def _with_positions(b: Sequence[Claim], a: Sequence[Claim]) -> dict[str, Claim]:
    """Claims of b by id, their positions labelled as a labels those that share most claims with them."""
    ours, theirs = _by_issue(a), _by_issue(b)
    placed: dict[str, Claim] = {}
    for issue, rows in theirs.items():
        before, after = (groups_of((row.position, row.id) for row in side) for side in (ours.get(issue, []), rows))
        names = renamed(after, matched_groups(before, after), before)
        placed |= {row.id: replace(row, position=names[row.position]) for row in rows}
    return placed


def place_of(row: Row) -> Spans:
    """Where a row stands, as one normal list of offsets."""
    return _normal(row.own_spans)


def pair_entities(a: Sequence[Entity], b: Sequence[Entity], passages: Passages) -> Pairing:
    """Pair mentions whose letters overlap by half or more (IoU); the same span first, then the same label and key."""
    return _pair(a, b, passages, lambda row: (row.label, row.entity_id), lambda x, y, iou: at_least_half(iou))


def pair_numbers(a: Sequence[Number], b: Sequence[Number], passages: Passages) -> Pairing:
    """Pair numbers whose mentions overlap by half, or that have the same core."""

    def eligible(x: Number, y: Number, iou: Iou) -> bool:
        return x.core == y.core or at_least_half(iou)

    return _pair(a, b, passages, lambda row: (row.core, row.kind), eligible)


def pair_quotes(a: Sequence[Quote], b: Sequence[Quote], passages: Passages) -> Pairing:
    """Pair attributions whose contents overlap by half, or that overlap at all under the same cue."""

    def eligible(x: Quote, y: Quote, iou: Iou) -> bool:
        return bool(x.cue and _normal(x.cue) == _normal(y.cue)) or at_least_half(iou)

    return _pair(a, b, passages, lambda row: (_normal(row.cue), row.speaker), eligible)


def pair_claims(a: Sequence[Claim], b: Sequence[Claim], passages: Passages, *, any_question: bool = False) -> Pairing:
    """Pair claims on one question where at least half of the shorter one lies in the other, as disputes are scored."""

    def eligible(x: Claim, y: Claim, _: Iou) -> bool:
        return (any_question or x.issue_id == y.issue_id) and half_of_shorter(passages[x.doc_id], x, y)

    return _pair(a, b, passages, lambda row: (row.source, row.value), eligible)


def half_of_shorter(passage: Passage, x: Row, y: Row) -> bool:
    """Whether at least half the letters of the shorter row lie in the other."""
    left, right = place_of(x), place_of(y)
    return 2 * passage.shared(left, right) >= min(passage.letters(left), passage.letters(right))


def _pair(
    a: Sequence[Placed],
    b: Sequence[Placed],
    passages: Passages,
    traits: Callable[[Placed], tuple[object, ...]],
    eligible: Callable[[Placed, Placed, Iou], bool],
) -> Pairing:
    """The best one-to-one choice among eligible pairs: most equal spans, then most equal traits, then most overlap."""
    edges: list[tuple[int, int, int]] = []
    theirs = _by_document(b)
    for doc_id, lefts in _by_document(a).items():
        rights = theirs.get(doc_id, [])
        ours, others = [place_of(a[left]) for left in lefts], [place_of(b[right]) for right in rights]
        for i, j, shared, union in overlaps(passages[doc_id], ours, others):
            x: Placed = a[lefts[i]]
            y: Placed = b[rights[j]]
            if eligible(x, y, (shared, union)):
                ranks = map(eq, (place_of(x), *traits(x)), (place_of(y), *traits(y)))
                weight = lexicographic(*ranks, permille((shared, union)), base=1 << 18)
                edges.append((lefts[i], rights[j], weight))
    return pair(range(len(a)), range(len(b)), edges)


def _by_document(rows: Sequence[Placed]) -> dict[str, list[int]]:
    return groups_of((row.doc_id, index) for index, row in enumerate(rows))


def _normal(spans: Iterable[Span]) -> Spans:
    return normal((span.start, span.end) for span in spans)
