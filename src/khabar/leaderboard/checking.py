"""Checking: every submission is validated and scored again, and the tables are held against what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.leaderboard.board import Board, board_of, read_board
from khabar.leaderboard.building import board_version, score_all
from khabar.leaderboard.drift import differing, drift, shown
from khabar.leaderboard.frozen import check_frozen, is_frozen
from khabar.leaderboard.places import BOARD, TABLE, Place, board_folder
from khabar.leaderboard.possible import impossible
from khabar.leaderboard.result import read_result
from khabar.leaderboard.submission import Submission
from khabar.leaderboard.survey import Survey, survey
from khabar.leaderboard.tables import markdown
from khabar.progress import Progress, quiet
from khabar.reading.incidents import Incident, errors
from khabar.reading.reference import Reference


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `board` is what the submissions that could be scored make."""

    board: Board
    submissions: tuple[Submission, ...]
    closed: tuple[str, ...]
    incidents: tuple[Incident, ...]


def check(root: Path, reference: Reference, *, base: Path | None = None, progress: Progress = quiet) -> Checked:
    """Check an eval folder. `base` is the same folder before a change: closed boards must be as they are there.

    Raises InputError if there is nothing to check: no folder, or gold without a version.
    """
    incidents: list[Incident] = []
    version = board_version(reference)
    found = survey(root, incidents)
    if is_frozen(root, version):
        message = f"the present corpus is {version}, and its board is closed"
        incidents.append(Incident("submission-closed", message, str(board_folder(root, version))))
    submissions = score_all(found, reference, incidents)
    scored = {each.system: each for each in submissions}
    for place in found.of(version):
        _check_result(place, scored.get(place.system), incidents)
    board = board_of(reference, submissions, progress)
    if not errors(incidents):  # what a wrong submission does to the board need not be said once more
        _check_board(root, board, incidents)
    before = None if base is None else survey(base, [])
    for other in found.closed(version):
        check_frozen(found, other, before, incidents)
    if before is not None:
        _check_nothing_gone(found, before, version, incidents)
    return Checked(board, tuple(submissions), tuple(found.closed(version)), tuple(incidents))


def _check_result(place: Place, scored: Submission | None, incidents: list[Incident]) -> None:
    stated = read_result(place.result, incidents)
    if stated is None:
        return
    file = str(place.result)
    if (stated.system, stated.corpus) != (place.system, place.version):
        message = f"it is of {stated.system!a}, corpus {stated.corpus!a}; its folder says otherwise"
        incidents.append(Incident("result-other-corpus", message, file))
        return
    wrong = impossible(stated, file)
    incidents.extend(wrong)
    if scored is not None and not wrong:
        incidents.extend(drift(stated, scored.result, file))


def _check_board(root: Path, board: Board, incidents: list[Incident]) -> None:
    folder = board_folder(root, board.corpus.version)
    stated = read_board(folder / BOARD, incidents)
    if stated is None:
        return
    found = differing(msgspec.to_builtins(stated), msgspec.to_builtins(board))
    if found:
        path, ours, theirs = found[0]
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        message = f"{path}: stated {shown(ours)}, it is {shown(theirs)}{more}"
        incidents.append(Incident("board-stale", message, str(folder / BOARD)))
        return
    page = folder / TABLE
    if not page.is_file() or page.read_bytes() != markdown(stated).encode():
        incidents.append(Incident("board-stale", f"{TABLE} is not what {BOARD} says", str(page)))


def _check_nothing_gone(found: Survey, before: Survey, version: str, incidents: list[Incident]) -> None:
    """A closed board that was there before must still be."""
    for other in sorted(set(before.closed(version)) - set(found.closed(version))):
        message = f"the closed board of {other} is gone"
        incidents.append(Incident("submission-closed", message, str(board_folder(found.root, other))))
