"""Checking: every submission is validated and scored again, and the tables are held against what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.leaderboard import markdown
from khabar.leaderboard.board import Board, boards_of, read_board
from khabar.leaderboard.build import stated_boards
from khabar.leaderboard.closed_boards import check_frozen, is_frozen
from khabar.leaderboard.gold import BoardGold
from khabar.leaderboard.result import as_bytes, audit, audit_alone, differing, read_result, shown
from khabar.leaderboard.submission import Submission, score_all
from khabar.leaderboard.survey import BOARD, TABLE, EvalFolder, SubmissionPlace, board_file, board_folder, survey
from khabar.leaderboard.view import BoardView, view_of
from khabar.progress import Progress, logged
from khabar.reading.incidents import Incidents

_OTHER_BYTES = "its bytes are not those of what it says: a key stands twice, or is not khabar's"


@dataclass(frozen=True, slots=True)
class CheckedBoards:
    """What a check found. `boards` are what the submissions that could be scored make, by split.

    `stated` counts, by split, the submissions that were not scored again, since the articles are not here.
    """

    version: str
    boards: Mapping[str, Board]
    submissions: tuple[Submission, ...]
    closed: tuple[str, ...]
    stated: Mapping[str, int]
    incidents: Incidents

    @property
    def views(self) -> dict[str, BoardView]:
        """The boards as they are shown."""
        return {split: view_of(board) for split, board in self.boards.items()}


def check(root: Path, gold: BoardGold, *, base: Path | None = None, progress: Progress = logged) -> CheckedBoards:
    """Check an eval folder. `base` is the same folder before a change: closed boards must be as they are there.

    Raises InputError if there is no folder.
    """
    incidents = Incidents()
    present = survey(root, incidents)
    if is_frozen(root, gold.version):
        message = f"the present corpus is {gold.version}, and its board is closed"
        incidents.report("submission-closed", message, file=board_folder(root, gold.version))
    submissions = score_all(present, gold, incidents)
    scored = {(each.system, each.split): each for each in submissions}
    for place in present.of(gold.version):
        for split in set(place.splits) & set(gold.splits):
            _check_result(place, split, scored.get((place.system, split)), incidents)
    boards = boards_of(gold, submissions, progress)
    if not incidents.errors:  # what a wrong submission does to the board need not be said once more
        _check_boards(present, gold, boards, incidents)
    before = None if base is None else survey(base, Incidents())
    closed = present.closed(gold.version)
    for other in closed:
        check_frozen(present, other, before, incidents)
    if before is not None:
        for other in sorted(set(before.closed(gold.version)) - set(closed)):
            file = board_folder(present.root, other)
            incidents.report("submission-closed", f"the closed board of {other} is gone", file=file)
    places = present.of(gold.version)
    stated = {split: sum(split in place.splits for place in places) for split in gold.splits if split in gold.outlined}
    return CheckedBoards(gold.version, boards, tuple(submissions), tuple(closed), stated, incidents)


def _check_result(place: SubmissionPlace, split: str, scored: Submission | None, incidents: Incidents) -> None:
    path = place.result(split)
    stated = read_result(path, incidents)
    if stated is None:
        return
    if (stated.system, stated.corpus, stated.split) != (place.system, place.version, split):
        message = (
            f"it is of {stated.system!a}, corpus {stated.corpus!a}, split {stated.split!a}; its folder says otherwise"
        )
        incidents.report("result-other-corpus", message, file=path)
        return
    impossible = Incidents()
    audit_alone(stated, path, impossible)
    incidents.extend(impossible)
    if impossible.errors:
        return
    if as_bytes(stated) != path.read_bytes():
        incidents.report("result-drift", _OTHER_BYTES, file=path)
    elif scored is not None:
        audit(stated, scored.result, path, incidents)


def _check_boards(present: EvalFolder, gold: BoardGold, boards: Mapping[str, Board], incidents: Incidents) -> None:
    """Hold the board of each split against the one that was made, where the articles are here, and the page to all."""
    shown_boards = {**stated_boards(present, gold, incidents)}
    for split, board in boards.items():
        stated = read_board(board_file(present.root, gold.version, split), incidents)
        if stated is None:
            return
        shown_boards[split] = stated
        departures = differing(msgspec.to_builtins(stated), msgspec.to_builtins(board))
        if departures:
            path, ours, theirs = departures[0]
            more = f", and {len(departures) - 1} more" if len(departures) > 1 else ""
            message = f"{path}: stated {shown(ours)}, it is {shown(theirs)}{more}"
            incidents.report("board-stale", message, file=board_file(present.root, gold.version, split))
            return
    for split, stated in shown_boards.items():
        file = board_file(present.root, gold.version, split)
        if as_bytes(stated) != file.read_bytes():
            incidents.report("board-stale", _OTHER_BYTES, file=file)
            return
    for name in present.boards.get(gold.version, ()):
        if name.endswith(BOARD) and name.rpartition("/")[0] not in shown_boards:
            file = board_folder(present.root, gold.version) / name
            incidents.report("file-unlisted", "no submission is of a split of this name", file=file)
    page = board_folder(present.root, gold.version) / TABLE
    views = [view_of(shown_boards[split]) for split in gold.splits if split in shown_boards]
    if not page.is_file() or page.read_bytes() != markdown.page(gold.version, views).encode():
        incidents.report("board-stale", f"{TABLE} is not what the boards say", file=page)
