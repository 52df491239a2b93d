"""Two passes side by side: row by row, the second in the names of the first.

After this, what two annotators see alike is alike to the letter: keys, ids and labels of positions, which are only
names, are those of the first pass, and all that still differs is what they read differently.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from khabar.annotations.agreement.names import key_names, matched_groups, matched_names, renamed
from khabar.annotations.keys import with_keys
from khabar.annotations.rounds import story_of
from khabar.formats.label_studio.story_page import positions_of
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row, Span, Zones
from khabar.scoring.assignment import assign, lexicographic
from khabar.text.passages import Passage
from khabar.text.spans import Spans, normal, overlapping

AnyRow = TypeVar("AnyRow", bound=Row)
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
        ours, theirs = ([row for row in rows if story_of(row, stories) == story] for rows in (a, b))
        pairs += _align_story(ours, theirs, passages)
    turn = {id(row): number for number, row in enumerate(a)}
    return tuple(sorted(pairs, key=lambda pair: len(a) if pair.a is None else turn[id(pair.a)]))


def _align_story(a: Sequence[Row], b: Sequence[Row], passages: Passages) -> Iterator[RowPair]:
    names = key_names(a, b)
    b = [with_keys(row, names) for row in b]
    yield from _by_key(_only(a, Zones), _only(b, Zones))
    yield from _paired(_only(a, Entity), _only(b, Entity), entity_pairs, passages)
    yield from _paired(_only(a, Number), _only(b, Number), number_pairs, passages)
    yield from _quotes(_only(a, Quote), _only(b, Quote), passages)
    yield from _issues(a, b, passages)
    yield from _by_key(_only(a, Registered), _only(b, Registered))


def _only(rows: Iterable[Row], kind: type[AnyRow]) -> list[AnyRow]:
    return [row for row in rows if isinstance(row, kind)]


def _by_key(a: Sequence[AnyRow], b: Sequence[AnyRow]) -> Iterator[RowPair]:
    theirs = {row.key: row for row in b}
    for row in a:
        yield RowPair(row, theirs.pop(row.key, None))
    yield from (RowPair(None, row) for row in theirs.values())


Pairing = Callable[[Sequence[Placed], Sequence[Placed], Passages], list[tuple[int, int]]]
"""Indices of the rows of a and of b that are paired."""


def _paired(
    a: Sequence[Placed], b: Sequence[Placed], pairing: Pairing[Placed], passages: Passages
) -> Iterator[RowPair]:
    """Pair rows; one of b that has a partner takes its id, one that has none keeps its own, unless a has taken it."""
    right_of = dict(pairing(a, b, passages))
    left_of = {right: left for left, right in right_of.items()}
    ids = renamed(
        [row.id for row in b],
        {b[right].id: a[left].id for right, left in left_of.items()},
        {row.id for row in a},
    )
    renamed_rows = [replace(row, id=ids[row.id]) for row in b]
    for left, row in enumerate(a):
        yield RowPair(row, renamed_rows[right_of[left]] if left in right_of else None)
    yield from (RowPair(None, row) for right, row in enumerate(renamed_rows) if right not in left_of)


def _quotes(a: Sequence[Quote], b: Sequence[Quote], passages: Passages) -> Iterator[RowPair]:
    pairs = list(_paired(a, b, quote_pairs, passages))
    ours = _groups((row.utterance, row.id) for row in a)
    theirs = _groups((pair.b.utterance, pair.b.id) for pair in pairs if isinstance(pair.b, Quote))
    names = renamed(theirs, matched_groups(ours, theirs), ours)
    for pair in pairs:
        if isinstance(pair.b, Quote) and pair.b.utterance is not None:
            pair = RowPair(pair.a, replace(pair.b, utterance=names[pair.b.utterance]))
        yield pair


def _groups(members: Iterable[tuple[str | None, str]]) -> dict[str, set[str]]:
    """Name of a group → ids of its rows. Rows without a name are in none."""
    groups: dict[str, set[str]] = defaultdict(set)
    for name, row_id in members:
        if name is not None:
            groups[name].add(row_id)
    return dict(groups)


def _issues(a: Sequence[Row], b: Sequence[Row], passages: Passages) -> Iterator[RowPair]:
    """Issues that ask the same question, and their claims; claims are the same only as answers to the same question."""
    claims_a, claims_b = _only(a, Claim), _only(b, Claim)
    issues_a, issues_b = _only(a, Conflict), _only(b, Conflict)
    names = _issue_names(claims_a, claims_b, issues_a, issues_b, passages)

    def pairing(x: Sequence[Claim], y: Sequence[Claim], where: Passages) -> list[tuple[int, int]]:
        pairs = []
        for issue in dict.fromkeys(row.issue_id for row in x):
            left, right = ([at for at, row in enumerate(rows) if row.issue_id == issue] for rows in (x, y))
            pairs += [
                (left[i], right[j]) for i, j in claim_pairs([x[at] for at in left], [y[at] for at in right], where)
            ]
        return pairs

    moved = [replace(row, issue_id=names[row.issue_id]) for row in claims_b]
    pairs = list(_paired(claims_a, moved, pairing, passages))
    placed = _with_positions([pair.b for pair in pairs if isinstance(pair.b, Claim)], claims_a)
    yield from (RowPair(pair.a, placed[pair.b.id] if isinstance(pair.b, Claim) else None) for pair in pairs)
    renamed_issues = [replace(row, issue_id=names[row.issue_id]) for row in issues_b]
    yield from _by_key(
        issues_a,
        [replace(row, positions=positions_of(row.issue_id, placed.values())) for row in renamed_issues],
    )


def _issue_names(
    claims_a: Sequence[Claim],
    claims_b: Sequence[Claim],
    issues_a: Sequence[Conflict],
    issues_b: Sequence[Conflict],
    passages: Passages,
) -> dict[str, str]:
    """Issue of b → what it is called among a's issues, matched by the claims they share."""
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
    same = matched_names(shared, sizes_a, sizes_b, least=ISSUES_ALIKE)
    return renamed([row.issue_id for row in issues_b], same, {row.issue_id for row in issues_a})


def _by_issue(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    issues: dict[str, list[Claim]] = defaultdict(list)
    for row in claims:
        issues[row.issue_id].append(row)
    return dict(issues)


def _with_positions(b: Sequence[Claim], a: Sequence[Claim]) -> dict[str, Claim]:
    """Claims of b by id, their positions labelled as a labels those that share most claims with them."""
    ours, theirs = _by_issue(a), _by_issue(b)
    placed: dict[str, Claim] = {}
    for issue, rows in theirs.items():
        before, after = (_groups((row.position, row.id) for row in side) for side in (ours.get(issue, []), rows))
        names = renamed(after, matched_groups(before, after), before)
        placed |= {row.id: replace(row, position=names[row.position]) for row in rows}
    return placed


def place_of(row: Row) -> Spans:
    """Where a row stands: its span; of a quote its content, or, where that is empty, its cue."""
    if isinstance(row, Quote):
        return _normal(row.content or row.cue)
    return tuple((span.start, span.end) for name, span in row.spans() if name == "span")


def entity_pairs(a: Sequence[Entity], b: Sequence[Entity], passages: Passages) -> list[tuple[int, int]]:
    """Mentions whose letters overlap by half or more (IoU); the same span first, then the same label and key."""
    return _pairs(a, b, passages, _half, lambda x, y: (x.label == y.label, x.entity_id == y.entity_id))


def number_pairs(a: Sequence[Number], b: Sequence[Number], passages: Passages) -> list[tuple[int, int]]:
    """Numbers whose mentions overlap by half, or that have the same core."""

    def fit(passage: Passage, x: Number, y: Number) -> bool:
        return x.core == y.core or _half(passage, x, y)

    return _pairs(a, b, passages, fit, lambda x, y: (x.core == y.core, x.kind == y.kind))


def quote_pairs(a: Sequence[Quote], b: Sequence[Quote], passages: Passages) -> list[tuple[int, int]]:
    """Attributions whose contents overlap by half, or that overlap at all under the same cue."""

    def fit(passage: Passage, x: Quote, y: Quote) -> bool:
        return bool(x.cue and _normal(x.cue) == _normal(y.cue)) or _half(passage, x, y)

    return _pairs(a, b, passages, fit, lambda x, y: (_normal(x.cue) == _normal(y.cue), x.speaker == y.speaker))


def claim_pairs(a: Sequence[Claim], b: Sequence[Claim], passages: Passages) -> list[tuple[int, int]]:
    """Claims where at least half of the shorter one lies in the other, as disputes are scored."""
    return _pairs(a, b, passages, half_of_shorter, lambda x, y: (x.source == y.source, x.value == y.value))


def half_of_shorter(passage: Passage, x: Row, y: Row) -> bool:
    """Whether at least half the letters of the shorter row lie in the other."""
    left, right = place_of(x), place_of(y)
    return 2 * passage.shared(left, right) >= min(passage.letters(left), passage.letters(right))


def _half(passage: Passage, x: Row, y: Row) -> bool:
    shared, union = passage.iou(place_of(x), place_of(y))
    return 2 * shared >= union


def _pairs(
    a: Sequence[Placed],
    b: Sequence[Placed],
    passages: Passages,
    fit: Callable[[Passage, Placed, Placed], bool],
    rank: Callable[[Placed, Placed], tuple[int, ...]],
) -> list[tuple[int, int]]:
    """The best one-to-one choice among rows that fit: most equal spans, then most of `rank`, then most overlap."""
    edges = []
    there = _by_document(b)
    for doc_id, rows in _by_document(a).items():
        passage, others = passages[doc_id], there.get(doc_id, [])
        for left, right in overlapping([place_of(a[at]) for at in rows], [place_of(b[at]) for at in others]):
            x, y = a[rows[left]], b[others[right]]
            if fit(passage, x, y):
                shared, union = passage.iou(place_of(x), place_of(y))
                equal = place_of(x) == place_of(y)
                weight = lexicographic(equal, *rank(x, y), 1000 * shared // max(union, 1) + 1, base=1 << 18)
                edges.append((rows[left], others[right], weight))
    return assign(edges)


def _by_document(rows: Sequence[Placed]) -> dict[str, list[int]]:
    documents: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        documents[row.doc_id].append(at)
    return documents


def _normal(spans: Iterable[Span]) -> Spans:
    return normal((span.start, span.end) for span in spans)
