"""Building a board: submissions in, results and tables out, all files or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from khabar.corpus.release import parse_version
from khabar.leaderboard import markdown
from khabar.leaderboard.board import Board, board_of
from khabar.leaderboard.closed_boards import freeze, is_frozen, report_closed, report_unlisted
from khabar.leaderboard.places import BOARD, FROZEN, TABLE, board_folder, place_of
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission, score_all
from khabar.leaderboard.survey import survey
from khabar.leaderboard.view import BoardView, view_of
from khabar.progress import Progress, quiet
from khabar.reading.files import remove_parts
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.reference import Reference


@dataclass(frozen=True, slots=True)
class BuiltBoard:
    """The present board, its submissions, and each file with what it is to hold."""

    board: Board
    submissions: tuple[Submission, ...]
    files: dict[Path, bytes]
    warnings: tuple[Incident, ...]

    @property
    def view(self) -> BoardView:
        """The board as it is shown."""
        return view_of(self.board)


def build(root: Path, reference: Reference, progress: Progress = quiet) -> BuiltBoard:
    """Score every submission to the present corpus, make its board, and close those of other versions.

    Nothing is written (`write_all(built.files)` does that), but what killed writers left is removed. Raises InputError
    with every problem found.
    """
    incidents = Incidents()
    remove_parts(root)
    present = survey(root, incidents)
    version = board_version(reference)
    report_closed(root, version, incidents)
    closing = [other for other in present.closed(version) if not is_frozen(root, other)]
    for other in closing:
        report_unlisted(present, other, incidents)
    submissions = score_all(present, reference, incidents)
    incidents.refuse()
    board = board_of(reference, submissions, progress)
    files = board_files(root, board)
    for submission in submissions:
        files[place_of(root, submission.system, version).result] = as_bytes(submission.result)
    for other in closing:
        files[board_folder(root, other) / FROZEN] = as_bytes(freeze(present, other))
    return BuiltBoard(board, tuple(submissions), files, tuple(incidents))


def board_files(root: Path, board: Board) -> dict[Path, bytes]:
    """The files of a board: its JSON and its page."""
    folder = board_folder(root, board.corpus.version)
    return {folder / BOARD: as_bytes(board), folder / TABLE: markdown.page(view_of(board)).encode()}


def board_version(reference: Reference) -> str:
    """The corpus version a reference's board is of. Raises InputError where the gold is no versioned corpus."""
    try:
        return str(parse_version(reference.version, "--gold"))
    except InputError:
        message = f"the gold has no version ({reference.version!r}) that a board could be of"
        raise InputError([Incident("option-wrong", message, fix="let --gold name a corpus folder")]) from None
