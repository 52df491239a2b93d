"""Checking: every submission is validated and scored again, and the tables are held against what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.leaderboard import markdown
from khabar.leaderboard.audit import audit, audit_alone, differing, shown
from khabar.leaderboard.board import Board, board_of, read_board
from khabar.leaderboard.build import board_version
from khabar.leaderboard.closed_boards import check_frozen, is_frozen
from khabar.leaderboard.places import BOARD, TABLE, SubmissionPlace, board_folder
from khabar.leaderboard.result import as_bytes, read_result
from khabar.leaderboard.submission import Submission, score_all
from khabar.leaderboard.survey import survey
from khabar.leaderboard.view import BoardView, view_of
from khabar.progress import Progress, quiet
from khabar.reading.incidents import Incidents
from khabar.reading.reference import Reference

_OTHER_BYTES = "its bytes are not those of what it says: a key stands twice, or is not khabar's"


@dataclass(frozen=True, slots=True)
class CheckedBoard:
    """What a check found. `board` is what the submissions that could be scored make."""

    board: Board
    submissions: tuple[Submission, ...]
    closed: tuple[str, ...]
    incidents: Incidents

    @property
    def view(self) -> BoardView:
        """The board as it is shown."""
        return view_of(self.board)


def check(root: Path, reference: Reference, *, base: Path | None = None, progress: Progress = quiet) -> CheckedBoard:
    """Check an eval folder. `base` is the same folder before a change: closed boards must be as they are there.

    Raises InputError if there is nothing to check: no folder, or gold without a version.
    """
    incidents = Incidents()
    version = board_version(reference)
    present = survey(root, incidents)
    if is_frozen(root, version):
        message = f"the present corpus is {version}, and its board is closed"
        incidents.report("submission-closed", message, file=board_folder(root, version))
    submissions = score_all(present, reference, incidents)
    scored = {submission.system: submission for submission in submissions}
    for place in present.of(version):
        _check_result(place, scored.get(place.system), incidents)
    board = board_of(reference, submissions, progress)
    if not incidents.errors:  # what a wrong submission does to the board need not be said once more
        _check_board(root, board, incidents)
    before = None if base is None else survey(base, Incidents())
    for other in present.closed(version):
        check_frozen(present, other, before, incidents)
    if before is not None:
        for other in sorted(set(before.closed(version)) - set(present.closed(version))):
            file = board_folder(present.root, other)
            incidents.report("submission-closed", f"the closed board of {other} is gone", file=file)
    return CheckedBoard(board, tuple(submissions), tuple(present.closed(version)), incidents)


def _check_result(place: SubmissionPlace, scored: Submission | None, incidents: Incidents) -> None:
    stated = read_result(place.result, incidents)
    if stated is None:
        return
    if (stated.system, stated.corpus) != (place.system, place.version):
        message = f"it is of {stated.system!a}, corpus {stated.corpus!a}; its folder says otherwise"
        incidents.report("result-other-corpus", message, file=place.result)
        return
    impossible = Incidents()
    audit_alone(stated, place.result, impossible)
    incidents.extend(impossible)
    if impossible.errors:
        return
    if as_bytes(stated) != place.result.read_bytes():
        incidents.report("result-drift", _OTHER_BYTES, file=place.result)
    elif scored is not None:
        audit(stated, scored.result, place.result, incidents)


def _check_board(root: Path, board: Board, incidents: Incidents) -> None:
    folder = board_folder(root, board.corpus.version)
    stated = read_board(folder / BOARD, incidents)
    if stated is None:
        return
    if as_bytes(stated) != (folder / BOARD).read_bytes():
        incidents.report("board-stale", _OTHER_BYTES, file=folder / BOARD)
        return
    departures = differing(msgspec.to_builtins(stated), msgspec.to_builtins(board))
    if departures:
        path, ours, theirs = departures[0]
        more = f", and {len(departures) - 1} more" if len(departures) > 1 else ""
        incidents.report(
            "board-stale", f"{path}: stated {shown(ours)}, it is {shown(theirs)}{more}", file=folder / BOARD
        )
        return
    page = folder / TABLE
    if not page.is_file() or page.read_bytes() != markdown.page(view_of(stated)).encode():
        incidents.report("board-stale", f"{TABLE} is not what {BOARD} says", file=page)
