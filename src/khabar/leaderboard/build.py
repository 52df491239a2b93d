"""Building boards: submissions in, results and tables out, all files or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from khabar.leaderboard import markdown
from khabar.leaderboard.board import Board, boards_of, read_board
from khabar.leaderboard.closed_boards import freeze, is_frozen, report_closed, report_unlisted
from khabar.leaderboard.gold import BoardGold
from khabar.leaderboard.result import as_bytes, read_result
from khabar.leaderboard.submission import Submission, score_all
from khabar.leaderboard.survey import BOARD, FROZEN, TABLE, EvalFolder, board_file, board_folder, place_of, survey
from khabar.leaderboard.view import BoardView, view_of
from khabar.progress import Progress, logged
from khabar.reading.files import remove_parts, sha256
from khabar.reading.incidents import Incident, Incidents


@dataclass(frozen=True, slots=True)
class BuiltBoards:
    """The present boards by split, the submissions, and each file with what it is to hold.

    Boards of `stated` splits, whose articles are not here, stay as they were.
    """

    boards: Mapping[str, Board]
    submissions: tuple[Submission, ...]
    files: dict[Path, bytes]
    warnings: tuple[Incident, ...]
    stated: tuple[str, ...]

    @property
    def views(self) -> dict[str, BoardView]:
        """The boards as they are shown."""
        return {split: view_of(board) for split, board in self.boards.items()}


def build(root: Path, gold: BoardGold, progress: Progress = logged) -> BuiltBoards:
    """Score every submission to the present corpus, make its boards, and close those of other versions.

    Nothing is written (`write_all(built.files)` does that), but what killed writers left is removed. Raises InputError
    with every problem found.
    """
    incidents = Incidents()
    remove_parts(root)
    present = survey(root, incidents)
    report_closed(root, gold.version, incidents)
    closing = [other for other in present.closed(gold.version) if not is_frozen(root, other)]
    for other in closing:
        report_unlisted(present, other, incidents)
    submissions = score_all(present, gold, incidents)
    incidents.refuse()
    stated = stated_boards(present, gold, incidents)
    incidents.refuse()
    made = boards_of(gold, submissions, progress)
    boards = {split: board for split in gold.splits if (board := made.get(split) or stated.get(split)) is not None}
    files = board_files(root, gold.version, boards)
    for each in submissions:
        files[place_of(root, each.system, gold.version).result(each.split)] = as_bytes(each.result)
    for other in closing:
        files[board_folder(root, other) / FROZEN] = as_bytes(freeze(present, other))
    return BuiltBoards(boards, tuple(submissions), files, tuple(incidents), tuple(stated))


def stated_boards(present: EvalFolder, gold: BoardGold, incidents: Incidents) -> dict[str, Board]:
    """The boards of splits whose articles are not here, as far as they are of the predictions that stand there.

    A submission that was never scored, or not as it is, cannot be told here: it is an incident.
    """
    boards: dict[str, Board] = {}
    for split in gold.outlined:
        places = [place for place in present.of(gold.version) if split in place.splits]
        for place in places:
            stated = read_result(place.result(split), incidents)
            said = place.predictions(split)
            if stated is not None and said.is_file() and stated.predictions != sha256(said.read_bytes()):
                message = f"the result is of other predictions, and the articles of split {split} are not here"
                incidents.report(
                    "result-drift", message, file=place.result(split), fix="run `khabar corpus fetch`, then build"
                )
        if places or f"{split}/{BOARD}" in present.boards.get(gold.version, ()):
            board = read_board(board_file(present.root, gold.version, split), incidents)
            if board is not None:
                boards[split] = board
    return boards


def board_files(root: Path, version: str, boards: Mapping[str, Board]) -> dict[Path, bytes]:
    """The files of the boards of a version: the JSON of each split, and one page."""
    files = {board_file(root, version, split): as_bytes(board) for split, board in boards.items()}
    files[board_folder(root, version) / TABLE] = markdown.page(version, list(map(view_of, boards.values()))).encode()
    return files
