"""The view of a board: what its Markdown, its page and its table in the terminal show, made once for all of them.

A view holds no words but those of cards. Words, and how a figure is written, are each place's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from khabar.leaderboard.board import FLOOR, Board, BoardEntry, Corpus
from khabar.leaderboard.card import Card, Seen
from khabar.leaderboard.ranking import COLUMNS, ColumnRanking, Sensitivity, letters, separated
from khabar.leaderboard.result import StatedFigure
from khabar.text.terminal import harmless

CaveatKind = Literal["perfect", "near_gold", "gold_seen", "unanswered", "runs"]
BoardSection = Literal["ranked", "seen", "floor"]
"""Where a system is listed: among the ranked, among those that saw the gold, or as the floor that says nothing."""


@dataclass(frozen=True, slots=True)
class RankedFigure:
    """A system's figure on a column, with its interval, its rank, and the letters of those it is not told apart from.

    Where the figure is undefined there is no rank.
    """

    value: float | None
    interval: tuple[float, float] | None = None
    perfect: bool = False
    rank: int | None = None
    rank_range: tuple[int, int] | None = None
    """The best and the worst rank that the tests allow, where these differ."""
    letters: str = ""
    above_floor: bool = True
    """Whether the tests tell it apart from saying nothing, upwards."""


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something to know of a system: layers at 1.0 or near gold, gold that was seen, questions that went unanswered, or
    how far several runs of it lie apart (`spread`, by column)."""

    kind: CaveatKind
    layers: tuple[str, ...] = ()
    count: int = 0
    spread: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system of the board: its key, its card, its figures by column, and what is to know of it."""

    system: str
    card: Card
    figures: Mapping[str, RankedFigure]
    caveats: tuple[Caveat, ...]
    block: BoardSection
    text_seen: Seen
    gold_seen: Seen
    contrast: Mapping[str, StatedFigure] = field(default_factory=dict)
    """Of a contrast set: what it says of pairs."""


class MovedRank(NamedTuple):
    """A rank that moves with one dispute found more or fewer."""

    row: SystemRow
    column: str
    ranks: Sensitivity


@dataclass(frozen=True, slots=True)
class Finding:
    """What a column says in a sentence: who leads, and what the tests make of it.

    `leader` is the best ranked system, None where there is none above the floor; `tied` are those it is not told apart
    from, best first; `ahead` is the best system that saw the gold, where its figure is higher.
    """

    leader: SystemRow | None
    tied: tuple[SystemRow, ...]
    ranked: int
    """How many ranked systems have a figure."""
    ahead: SystemRow | None


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board as it is shown. Systems stand by rank on its leading column, those without one last."""

    corpus: Corpus
    rows: tuple[SystemRow, ...]
    findings: Mapping[str, Finding]
    """By column."""
    moved_ranks: tuple[MovedRank, ...]
    trials: int
    alpha: float

    @property
    def slices(self) -> tuple[str, ...]:
        """Of a contrast set: the parts that pairs are counted by, such as `direction.trap_to_dispute`."""
        names = dict.fromkeys(name for row in self.rows for name in row.contrast if name.count(".") == 2)
        return tuple(name.removesuffix(".pair_f") for name in names)

    @property
    def listed(self) -> list[SystemRow]:
        """The systems as a table lists them, section by section."""
        return sorted(self.rows, key=lambda row: get_args(BoardSection).index(row.block))

    def on(self, column: str, block: BoardSection = "ranked") -> list[SystemRow]:
        """The systems of a block that have a figure on a column, best first."""
        mine = [row for row in self.rows if row.block == block and row.figures[column].value is not None]
        return sorted(mine, key=lambda row: -(row.figures[column].value or 0))


def views_of(boards: Mapping[str, Board]) -> dict[str, BoardView]:
    """The boards of some splits as they are shown."""
    return {split: view_of(board) for split, board in boards.items()}


def view_of(board: Board) -> BoardView:
    """Make the view of a board, of the present one or of a closed one."""
    apart = {
        column: set(map(frozenset, separated(ranking.differences, board.alpha)))
        for column, ranking in board.columns.items()
    }
    rows = tuple(_row(entry, board, apart) for entry in board.systems)
    return BoardView(
        board.corpus,
        rows,
        {column: _finding(rows, column, apart.get(column, set())) for column in COLUMNS},
        tuple(
            MovedRank(row, column, ranks)
            for row, entry in zip(rows, board.systems, strict=True)
            for column, ranks in entry.one_dispute.items()
            if ranks.moves
        ),
        board.trials,
        board.alpha,
    )


def _finding(rows: Sequence[SystemRow], column: str, apart: Set[frozenset[str]]) -> Finding:
    measured = [row for row in rows if row.figures[column].value is not None]
    measured.sort(key=lambda row: -(row.figures[column].value or 0))
    ranked = [row for row in measured if row.block == "ranked"]
    seen = [row for row in measured if row.block == "seen"]
    leader = ranked[0] if ranked and ranked[0].figures[column].above_floor else None
    tied = tuple(row for row in ranked[1:] if leader and {leader.system, row.system} not in apart)
    is_ahead = seen and (leader is None or (seen[0].figures[column].value or 0) > (leader.figures[column].value or 0))
    return Finding(leader, tied, len(ranked), seen[0] if is_ahead else None)


def _row(entry: BoardEntry, board: Board, apart: Mapping[str, Set[frozenset[str]]]) -> SystemRow:
    split = board.corpus.split
    gold_seen = entry.card.gold_seen(split)
    return SystemRow(
        entry.system,
        _harmless(entry.card),
        {column: _figure(entry, column, board.columns.get(column), apart.get(column, set())) for column in COLUMNS},
        tuple(_caveats(entry, split)),
        "floor" if entry.system == FLOOR else "seen" if gold_seen is True else "ranked",
        entry.card.text_seen(split),
        gold_seen,
        entry.contrast,
    )


def _figure(entry: BoardEntry, column: str, ranking: ColumnRanking | None, apart: Set[frozenset[str]]) -> RankedFigure:
    standing = entry.standing.get(column)
    has_floor = ranking is not None and any(FLOOR in (each.a, each.b) for each in ranking.differences)
    return RankedFigure(
        entry.headline.get(column),
        entry.intervals.get(column),
        column in entry.perfect,
        standing.rank if standing else None,
        (standing.best, standing.worst) if standing and standing.best != standing.worst else None,
        letters(ranking.groups).get(entry.system, "") if ranking else "",
        not has_floor or {entry.system, FLOOR} in apart,
    )


def _caveats(entry: BoardEntry, split: str) -> Iterator[Caveat]:
    if entry.perfect:
        yield Caveat("perfect", layers=entry.perfect)
    if entry.near_gold:
        yield Caveat("near_gold", layers=entry.near_gold)
    if entry.card.gold_seen(split) is True:
        yield Caveat("gold_seen")
    if entry.card.unanswered.get(split):
        yield Caveat("unanswered", count=entry.card.unanswered[split])
    if entry.spread:
        spread = {column: entry.spread[column] for column in COLUMNS if column in entry.spread}
        yield Caveat("runs", count=entry.runs, spread=spread)


def _harmless(card: Card) -> Card:
    """A card whose words turn no line around. Those of a closed board were never read by this version."""

    def words(value: Any) -> Any:
        if isinstance(value, str):
            return "\n".join(map(harmless, value.split("\n")))
        if isinstance(value, dict):
            return {words(key): each for key, each in value.items()}
        return tuple(map(words, value)) if isinstance(value, tuple) else value

    return msgspec.structs.replace(card, **{name: words(value) for name, value in msgspec.structs.asdict(card).items()})
