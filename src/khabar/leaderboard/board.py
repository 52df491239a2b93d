"""The board of one corpus version: all its tables and pages show, as plain JSON that follows from submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from khabar.corpus.release import CANARY
from khabar.leaderboard.card import Card
from khabar.leaderboard.one_dispute import Hung, hanging
from khabar.leaderboard.ranking import ALPHA, Ranking, Standing, rankings, trials_for
from khabar.leaderboard.submission import Submission
from khabar.progress import Progress, quiet
from khabar.reading.incidents import Incident
from khabar.reading.reference import Reference
from khabar.scoring.bootstrap import RESAMPLES


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the parts of a board share."""


class Corpus(Record, frozen=True, kw_only=True):
    """What the board's figures rest on: `disputes` counts the hard ones."""

    version: str
    hash: str
    stories: int
    documents: int
    disputes: int


class Entry(Record, frozen=True, kw_only=True):
    """A system: its card, figures with intervals, and where it stands by column (`overall` and the layers)."""

    system: str
    card: Card
    headline: dict[str, float | None]
    intervals: dict[str, tuple[float, float] | None]
    standing: dict[str, Standing]
    one_dispute: dict[str, Hung]
    perfect: tuple[str, ...] = ()
    """Layers at exactly 1.0, to be looked at."""


class Compared(Record, frozen=True, kw_only=True):
    """a − b on a column, with its 95% interval; `p` is Holm-corrected for all pairs of the column."""

    a: str
    b: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_raw: float | None


class Column(Record, frozen=True, kw_only=True):
    """One column: systems best first, in groups that cannot be told apart, and every pair's difference."""

    order: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    differences: tuple[Compared, ...]


class Board(Record, frozen=True, kw_only=True):
    """A board. Systems stand by overall rank, those without one last."""

    corpus: Corpus
    systems: tuple[Entry, ...]
    columns: dict[str, Column]
    trials: int
    alpha: float = ALPHA
    resamples: int = RESAMPLES
    canary: str = CANARY


def board_of(reference: Reference, submissions: Sequence[Submission], progress: Progress = quiet) -> Board:
    """Make the board of scored submissions; their order does not matter."""
    by_key = {each.system: each for each in sorted(submissions, key=lambda each: each.system)}
    headlines = {key: each.score.headline for key, each in by_key.items()}
    counted = {key: each.counted for key, each in by_key.items()}
    ranked = rankings(headlines, counted, progress)
    hung = hanging(headlines, counted)
    last = len(by_key) + 1
    order = sorted(by_key, key=lambda key: (_rank(ranked["overall"], key, last), key))
    return Board(
        corpus=Corpus(
            version=reference.version,
            hash=reference.fingerprint,
            stories=len(reference.stories),
            documents=len(reference.documents),
            disputes=sum(issue.status == "conflict" for issue in reference.issues),
        ),
        systems=tuple(_entry(by_key[key], ranked, hung) for key in order),
        columns={name: _column(ranking) for name, ranking in ranked.items()},
        trials=trials_for(len(by_key)),
    )


def read_board(path: Path, incidents: list[Incident]) -> Board | None:
    """Read a board's JSON. What is wrong with it is added to `incidents`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Board)
    except FileNotFoundError:
        incidents.append(Incident("board-stale", f"no {path.name}", str(path)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        incidents.append(Incident("board-stale", f"it is no board: {error}", str(path)))
    return None


def _entry(submission: Submission, ranked: Mapping[str, Ranking], hung: Mapping[str, Mapping[str, Hung]]) -> Entry:
    key = submission.system
    stated = submission.result.score
    return Entry(
        system=key,
        card=submission.card,
        headline=stated.headline,
        intervals=stated.intervals,
        standing={name: each.standings[key] for name, each in ranked.items() if key in each.standings},
        one_dispute={name: each[key] for name, each in hung.items() if key in each},
        perfect=tuple(submission.perfect),
    )


def _column(ranking: Ranking) -> Column:
    return Column(
        order=ranking.order,
        groups=tuple(map(tuple, ranking.groups)),
        differences=tuple(
            Compared(a=a, b=b, difference=d.difference, low=d.low, high=d.high, p=d.p, p_raw=d.p_raw)
            for (a, b), d in ranking.differences.items()
        ),
    )


def _rank(ranking: Ranking, key: str, last: int) -> int:
    return ranking.standings[key].rank if key in ranking.standings else last
