"""The view of a board: what its Markdown, its page and its table in the terminal show, made once for all of them.

A view holds no words but those of cards. Words, and how a figure is written, are each place's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from khabar.leaderboard.board import Board, BoardEntry, Corpus
from khabar.leaderboard.card import Card
from khabar.leaderboard.ranking import COLUMNS, inseparable, letters, separated
from khabar.text.terminal import harmless

CaveatKind = Literal["perfect", "near_gold", "gold_seen", "unanswered"]


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


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something to know of a system: layers at 1.0 or near gold, gold that was seen, questions that went unanswered."""

    kind: CaveatKind
    layers: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system of the board: its key, its card, its figures by column, and what is to know of it."""

    system: str
    card: Card
    figures: Mapping[str, RankedFigure]
    caveats: tuple[Caveat, ...]

    @property
    def overall(self) -> RankedFigure:
        """The figure that the board stands by."""
        return self.figures["overall"]


@dataclass(frozen=True, slots=True)
class MovedRank:
    """A rank that moves with one dispute: with one more or one fewer found (None: there is none), or one left out.

    `left_out` are the other ranks it then has, after `moved` of `disputes` disputes.
    """

    system: str
    name: str
    column: str
    rank: int
    one_more: int | None
    one_fewer: int | None
    left_out: tuple[int, ...]
    moved: int
    disputes: int


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board as it is shown. Systems stand by overall rank, those without one last."""

    corpus: Corpus
    rows: tuple[SystemRow, ...]
    moved_ranks: tuple[MovedRank, ...]
    trials: int
    alpha: float


def view_of(board: Board) -> BoardView:
    """Make the view of a board, of the present one or of a closed one."""
    lettered = {
        column: letters(inseparable(ranking.order, separated(ranking.differences, board.alpha)))
        for column, ranking in board.columns.items()
    }
    return BoardView(
        board.corpus,
        tuple(_row(entry, lettered) for entry in board.systems),
        tuple(moved for entry in board.systems for moved in _moved_ranks(entry)),
        board.trials,
        board.alpha,
    )


def _row(entry: BoardEntry, lettered: Mapping[str, Mapping[str, str]]) -> SystemRow:
    figures = {}
    for column in COLUMNS:
        standing = entry.standing.get(column)
        figures[column] = RankedFigure(
            entry.headline.get(column),
            entry.intervals.get(column),
            column in entry.perfect,
            standing.rank if standing else None,
            (standing.best, standing.worst) if standing and standing.best != standing.worst else None,
            lettered.get(column, {}).get(entry.system, ""),
        )
    return SystemRow(entry.system, _harmless(entry.card), figures, tuple(_caveats(entry)))


def _caveats(entry: BoardEntry) -> Iterator[Caveat]:
    if entry.perfect:
        yield Caveat("perfect", layers=entry.perfect)
    if entry.near_gold:
        yield Caveat("near_gold", layers=entry.near_gold)
    if entry.card.test_gold_seen is True:
        yield Caveat("gold_seen")
    if entry.card.unanswered:
        yield Caveat("unanswered", count=entry.card.unanswered)


def _moved_ranks(entry: BoardEntry) -> Iterator[MovedRank]:
    name = _harmless(entry.card).name
    for column, hangs in entry.one_dispute.items():
        if hangs.moves:
            others = [rank for rank in hangs.without.values() if rank != hangs.rank]
            yield MovedRank(
                entry.system,
                name,
                column,
                hangs.rank,
                hangs.if_won,
                hangs.if_lost,
                tuple(sorted(set(others))),
                len(others),
                len(hangs.without),
            )


def _harmless(card: Card) -> Card:
    """A card whose words turn no line around. Those of a closed board were never read by this version."""

    def words(value: Any) -> Any:
        if isinstance(value, str):
            return "\n".join(map(harmless, value.split("\n")))
        return tuple(map(words, value)) if isinstance(value, tuple) else value

    return msgspec.structs.replace(card, **{name: words(value) for name, value in msgspec.structs.asdict(card).items()})
