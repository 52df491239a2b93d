"""Building a board: submissions in, results and tables out, all files or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from khabar.corpus.versions import parse_version
from khabar.leaderboard.board import Board, board_of
from khabar.leaderboard.frozen import freeze, is_frozen, never_listed
from khabar.leaderboard.places import (
    BOARD,
    FROZEN,
    TABLE,
    board_folder,
    place_of,
)
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission, name_clashes, score_submission
from khabar.leaderboard.survey import Survey, survey
from khabar.leaderboard.tables import markdown
from khabar.progress import Progress, quiet
from khabar.reading.incidents import Incident, InputError, errors
from khabar.reading.reference import Reference


@dataclass(frozen=True, slots=True)
class Built:
    """The present board, its submissions, and each file with what it is to hold."""

    board: Board
    submissions: tuple[Submission, ...]
    files: dict[Path, bytes]
    warnings: tuple[Incident, ...]


def build(root: Path, reference: Reference, progress: Progress = quiet) -> Built:
    """Score every submission to the present corpus, make its board, and close those of other versions.

    Nothing is written; `write_all(built.files)` does. Raises InputError with every problem found.
    """
    incidents: list[Incident] = []
    found = survey(root, incidents)
    version = board_version(reference)
    if is_frozen(root, version):
        incidents.append(closed(root, version))
    closing = [each for each in found.closed(version) if not is_frozen(root, each)]
    for other in closing:
        incidents += never_listed(found, other)
    submissions = score_all(found, reference, incidents)
    if errors(incidents):
        raise InputError(incidents)
    board = board_of(reference, submissions, progress)
    files = board_files(root, board)
    for each in submissions:
        files[place_of(root, each.system, version).result] = as_bytes(each.result)
    for other in closing:
        files[board_folder(root, other) / FROZEN] = as_bytes(freeze(found, other))
    return Built(board, tuple(submissions), files, tuple(incidents))


def board_files(root: Path, board: Board) -> dict[Path, bytes]:
    """The files of a board: its JSON and its page."""
    folder = board_folder(root, board.corpus.version)
    return {folder / BOARD: as_bytes(board), folder / TABLE: markdown(board).encode()}


def board_version(reference: Reference) -> str:
    """The corpus version a reference's board is of. Raises InputError where the gold is no versioned corpus."""
    try:
        return str(parse_version(reference.version, "--gold"))
    except InputError:
        message = f"the gold has no version ({reference.version!r}) that a board could be of"
        raise InputError([Incident("option-wrong", message, fix="let --gold name a corpus folder")]) from None


def score_all(found: Survey, reference: Reference, incidents: list[Incident]) -> list[Submission]:
    """Score all submissions to the present corpus. What is wrong with any is added to `incidents`."""
    places = found.of(reference.version)
    each = {place: score_submission(place, reference, incidents) for place in places}
    submissions = {place: one for place, one in each.items() if one is not None}
    incidents.extend(name_clashes({place: one.card for place, one in submissions.items()}))
    return list(submissions.values())


def closed(root: Path, version: str) -> Incident:
    """That a board takes no change any more."""
    fix = "submit to the board of the present corpus"
    return Incident("submission-closed", f"the board of {version} is closed", str(board_folder(root, version)), fix=fix)
