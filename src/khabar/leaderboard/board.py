"""The board of a split of one corpus version: all its tables and pages show, as JSON that follows from submissions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.card import Card
from khabar.leaderboard.ranking import (
    ALPHA,
    COLUMNS,
    ColumnRanking,
    Sensitivity,
    Standing,
    compared_pairs,
    rank,
    sensitivity,
    trials_for,
)
from khabar.leaderboard.result import StatedFigure, StatedScore
from khabar.leaderboard.submission import Submission
from khabar.progress import Progress, logged
from khabar.reading.incidents import Incidents
from khabar.reading.shape import read_json
from khabar.records.repository import CANARY
from khabar.scoring.bootstrap import RESAMPLES

FLOOR = "empty"
"""The embedded system that says nothing: what is not told apart from it is nothing."""


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """What the board's figures rest on: `disputes` counts the hard ones. `withheld`: the repository holds no text.

    Of a contrast set, `pairs` are those of its flips into or out of a dispute, `controls` the other ones.
    """

    version: str
    split: str = "test"
    withheld: bool = False
    hash: str
    stories: int
    documents: int
    disputes: int
    unit: str = "paragraph"
    """What the intervals of entities, numbers and quotes draw; of a contrast set, pairs."""
    pairs: int = 0
    controls: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the board has: of a contrast set, conflicts alone."""
        return ("conflicts",) if self.pairs else COLUMNS

    @property
    def leading(self) -> str:
        """The column that the board stands by."""
        return self.columns[0]


class BoardEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A system: its card, figures with intervals, and where it stands by column (`overall` and the layers).

    Systems that saw the gold, and the floor, have no standing.
    """

    system: str
    card: Card
    headline: dict[str, float | None]
    intervals: dict[str, tuple[float, float] | None]
    standing: dict[str, Standing]
    one_dispute: dict[str, Sensitivity]
    perfect: tuple[str, ...] = ()
    """Layers at exactly 1.0, to be looked at."""
    near_gold: tuple[str, ...] = ()
    """Layers nearer to gold than any two passes are to each other, to be looked at too."""
    runs: int = 1
    spread: dict[str, tuple[float, float]] = {}
    """The least and the most of each headline in several runs; the figures are those of the first."""
    contrast: dict[str, StatedFigure] = {}
    """Of a contrast set: what it says of pairs, by direction, type and so on; names without `contrast.`."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A board. Systems stand by overall rank, those without one last."""

    corpus: Corpus
    systems: tuple[BoardEntry, ...]
    columns: dict[str, ColumnRanking]
    trials: int
    alpha: float = ALPHA
    resamples: int = RESAMPLES
    canary: str = CANARY


def boards_of(gold: BoardGold, submissions: Sequence[Submission], progress: Progress = logged) -> dict[str, Board]:
    """Make the board of each split that was submitted to; the order of submissions does not matter."""
    of_split = {split: [each for each in submissions if each.split == split] for split in gold.splits}
    return {split: board_of(gold, split, those, progress) for split, those in of_split.items() if those}


def board_of(gold: BoardGold, split: str, submissions: Sequence[Submission], progress: Progress = logged) -> Board:
    """Make the board of scored submissions to a split."""
    reference = gold.splits[split]
    by_key = {submission.system: submission for submission in sorted(submissions, key=lambda each: each.system)}
    headlines = {key: submission.score.headline for key, submission in by_key.items()}
    counted = {key: submission.counted for key, submission in by_key.items()}
    ranked = {key: line for key, line in headlines.items() if is_ranked(key, by_key[key].card, split)}
    rankings = {
        column: rank({key: line[column] for key, line in ranked.items()}, differences)
        for column, differences in compared_pairs(headlines, counted, progress).items()
    }
    sensitivities = {} if reference.pairs else sensitivity(ranked, {key: counted[key] for key in ranked})
    entries = [
        BoardEntry(
            system=key,
            card=submission.card,
            headline=submission.result.score.headline,
            intervals=submission.result.score.intervals,
            standing={column: places[key] for column, (_, places) in rankings.items() if key in places},
            one_dispute={column: each[key] for column, each in sensitivities.items() if key in each},
            perfect=tuple(submission.perfect),
            near_gold=tuple(submission.near_gold),
            runs=max(1, len(submission.runs)),
            spread=submission.spread,
            contrast=_of_pairs(submission.result.score),
        )
        for key, submission in by_key.items()
    ]
    controls = sum(pair.is_control for pair in reference.pairs)
    corpus = Corpus(
        version=gold.version,
        split=split,
        withheld=split in gold.withheld,
        hash=reference.fingerprint,
        stories=len({pair.story for pair in reference.pairs}) or len(reference.stories),
        documents=len(reference.documents),
        disputes=sum(issue.status == "conflict" for issue in reference.issues),
        unit="pair" if reference.pairs else next((each.unit for each in counted.values()), "paragraph"),
        pairs=len(reference.pairs) - controls,
        controls=controls,
    )
    last = len(entries) + 1
    entries.sort(key=lambda entry: entry.standing[corpus.leading].rank if corpus.leading in entry.standing else last)
    return Board(
        corpus=corpus,
        systems=tuple(entries),
        columns={column: ranking for column, (ranking, _) in rankings.items()},
        trials=trials_for(len(entries)),
    )


def _of_pairs(score: StatedScore) -> dict[str, StatedFigure]:
    figures = score.layers.get("conflicts", {})
    start = "contrast."
    return {name.removeprefix(start): figure for name, figure in figures.items() if name.startswith(start)}


def is_ranked(system: str, card: Card, split: str) -> bool:
    """Whether a system has ranks on a split: not if by its own card it saw the gold, nor if it is the floor."""
    return system != FLOOR and card.gold_seen(split) is not True


def read_board(path: Path, incidents: Incidents) -> Board | None:
    """Read a board's JSON. What is wrong with it is added to `incidents`."""
    try:
        return read_json(path, Board)
    except FileNotFoundError:
        incidents.report("board-stale", f"no {path.name}", file=path)
    except msgspec.DecodeError as error:
        incidents.report("board-stale", f"it is no board: {error}", file=path)
    return None
