"""The board of one corpus version: all its tables and pages show, as plain JSON that follows from submissions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from khabar.corpus.release import CANARY
from khabar.leaderboard.card import Card
from khabar.leaderboard.ranking import ALPHA, ColumnRanking, Standing, compared_pairs, rank, trials_for
from khabar.leaderboard.sensitivity import Sensitivity, sensitivity
from khabar.leaderboard.submission import Submission
from khabar.progress import Progress, quiet
from khabar.reading.incidents import Incidents
from khabar.reading.reference import Reference
from khabar.scoring.bootstrap import RESAMPLES


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """What the board's figures rest on: `disputes` counts the hard ones."""

    version: str
    hash: str
    stories: int
    documents: int
    disputes: int


class BoardEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A system: its card, figures with intervals, and where it stands by column (`overall` and the layers)."""

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


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A board. Systems stand by overall rank, those without one last."""

    corpus: Corpus
    systems: tuple[BoardEntry, ...]
    columns: dict[str, ColumnRanking]
    trials: int
    alpha: float = ALPHA
    resamples: int = RESAMPLES
    canary: str = CANARY


def board_of(reference: Reference, submissions: Sequence[Submission], progress: Progress = quiet) -> Board:
    """Make the board of scored submissions; their order does not matter."""
    by_key = {submission.system: submission for submission in sorted(submissions, key=lambda each: each.system)}
    headlines = {key: submission.score.headline for key, submission in by_key.items()}
    counted = {key: submission.counted for key, submission in by_key.items()}
    rankings = {
        column: rank({key: line[column] for key, line in headlines.items()}, differences)
        for column, differences in compared_pairs(headlines, counted, progress).items()
    }
    sensitivities = sensitivity(headlines, counted)
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
        )
        for key, submission in by_key.items()
    ]
    last = len(entries) + 1
    entries.sort(key=lambda entry: entry.standing["overall"].rank if "overall" in entry.standing else last)
    return Board(
        corpus=Corpus(
            version=reference.version,
            hash=reference.fingerprint,
            stories=len(reference.stories),
            documents=len(reference.documents),
            disputes=sum(issue.status == "conflict" for issue in reference.issues),
        ),
        systems=tuple(entries),
        columns={column: ranking for column, (ranking, _) in rankings.items()},
        trials=trials_for(len(entries)),
    )


def read_board(path: Path, incidents: Incidents) -> Board | None:
    """Read a board's JSON. What is wrong with it is added to `incidents`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Board)
    except FileNotFoundError:
        incidents.report("board-stale", f"no {path.name}", file=path)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        incidents.report("board-stale", f"it is no board: {error}", file=path)
    return None
