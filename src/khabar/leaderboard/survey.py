"""The eval folder: where things stand and the most they may hold; and a look through it by name only.

Links, odd names, unknown and huge files are told, and nothing is opened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from os import DirEntry, scandir
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from khabar.corpus.release import parse_version
from khabar.leaderboard.system_names import key_problem
from khabar.reading.incidents import Incidents, InputError

SUBMISSIONS, BOARDS = "submissions", "board"
CARD, PREDICTIONS, RESULT = "card.toml", "predictions.jsonl", "result.json"
RECORDINGS = ("recording.jsonl", "recording-2.jsonl", "recording-3.jsonl")
"""What a language model answered in up to three runs; the predictions are those of the first."""
BOARD, TABLE, FROZEN = "board.json", "README.md", "frozen.json"

KIB, MIB = 1 << 10, 1 << 20
LARGEST: Mapping[str, int] = {
    CARD: 32 * KIB, PREDICTIONS: 32 * MIB, RESULT: 4 * MIB, BOARD: 32 * MIB, TABLE: 4 * MIB, FROZEN: 4 * MIB,
    **dict.fromkeys(RECORDINGS, 32 * MIB),
}  # fmt: skip
"""The most bytes each file may have."""
OF_A_SUBMISSION = (CARD, PREDICTIONS, RESULT)
OF_A_BOARD = (BOARD, TABLE, FROZEN)
"""What a folder of one version may hold. Boards that closed before there were splits hold all of it there."""
OF_A_SPLIT = {SUBMISSIONS: (PREDICTIONS, RESULT, *RECORDINGS), BOARDS: (BOARD,)}
"""What a folder of a split in it may hold."""

SPLIT = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
"""What a split may be called."""


@dataclass(frozen=True, slots=True, order=True)
class SubmissionPlace:
    """Where a submission stands, or is to stand; `files` are those it has, as paths below its folder (with /)."""

    system: str
    version: str
    folder: Path
    files: tuple[str, ...] = ()

    @property
    def card(self) -> Path:
        """The system card, one for all splits."""
        return self.folder / CARD

    @property
    def splits(self) -> list[str]:
        """The splits it has a folder for."""
        return sorted({name.partition("/")[0] for name in self.files if "/" in name})

    def predictions(self, split: str) -> Path:
        """What the system said of a split."""
        return self.folder / split / PREDICTIONS

    def recordings(self, split: str) -> list[Path]:
        """What a model answered, run by run; none where it is not of answers, or these are not kept here."""
        return [self.folder / split / name for name in RECORDINGS if f"{split}/{name}" in self.files]

    def result(self, split: str) -> Path:
        """What that scored."""
        return self.folder / split / RESULT


def place_of(root: Path, system: str, version: str) -> SubmissionPlace:
    """Where a system's submission for a corpus version stands."""
    return SubmissionPlace(system, version, root / SUBMISSIONS / system / version)


def board_folder(root: Path, version: str) -> Path:
    """Where the boards of a corpus version stand: a page for all, and a folder for each split."""
    return root / BOARDS / version


def board_file(root: Path, version: str, split: str) -> Path:
    """Where the board of a split stands."""
    return board_folder(root, version) / split / BOARD


@dataclass(frozen=True, slots=True)
class EvalFolder:
    """What an eval folder holds, by name only; nothing has been read yet."""

    root: Path
    submissions: tuple[SubmissionPlace, ...]
    boards: Mapping[str, tuple[str, ...]]
    """Corpus version → files of its boards, as paths below their folder (with /)."""

    def of(self, version: str) -> list[SubmissionPlace]:
        """Submissions to the boards of one corpus version."""
        return [place for place in self.submissions if place.version == version]

    def closed(self, version: str) -> list[str]:
        """Corpus versions other than the present one that have a board or submissions."""
        return sorted({*self.boards, *(place.version for place in self.submissions)} - {version})


def survey(root: Path, incidents: Incidents) -> EvalFolder:
    """Look through an eval folder without following a link or opening a file; what must not be is an incident.

    Raises InputError if there is no such folder.
    """
    if not root.is_dir():
        raise InputError.of(
            "file-missing",
            f"no folder {root}",
            str(root),
            fix="run it in a clone of the repository, or name the folder with --eval",
        )
    if root.is_symlink():
        _report_link(root, incidents)
    places = [
        SubmissionPlace(system.name, version.name, Path(version.path), files)
        for system in _folders(root / SUBMISSIONS, incidents)
        if _is_key(system, incidents)
        for version, files in _versions(Path(system.path), OF_A_SUBMISSION, OF_A_SPLIT[SUBMISSIONS], incidents)
    ]
    boards = _versions(root / BOARDS, OF_A_BOARD, OF_A_SPLIT[BOARDS], incidents)
    return EvalFolder(root, tuple(sorted(places)), {version.name: files for version, files in boards})


def _versions(
    folder: Path, listed: Collection[str], of_a_split: Collection[str], incidents: Incidents
) -> Iterator[tuple[DirEntry[str], tuple[str, ...]]]:
    """The folders of corpus versions in a folder that hold what they may, each with its files."""
    for version in _folders(folder, incidents):
        if _is_version(version, incidents):
            before = len(incidents)
            files = tuple(_files(Path(version.path), listed, of_a_split, incidents))
            if len(incidents) == before:
                yield version, files


def _folders(folder: Path, incidents: Incidents) -> list[DirEntry[str]]:
    """Give the folders in a folder; anything else there is an incident."""
    if folder.is_symlink():
        _report_link(folder, incidents)
        return []
    if folder.exists() and not folder.is_dir():
        incidents.report("file-unlisted", "it is no folder", file=folder)
        return []
    folders = []
    for entry in _entries(folder):
        mode = entry.stat(follow_symlinks=False).st_mode
        if S_ISDIR(mode):
            folders.append(entry)
        elif S_ISLNK(mode):
            _report_link(Path(entry.path), incidents)
        else:
            incidents.report("file-unlisted", f"{entry.name!a} is no folder", file=entry.path)
    return folders


def _files(folder: Path, listed: Collection[str], of_a_split: Collection[str], incidents: Incidents) -> Iterator[str]:
    """Name the plain files of these names and sizes in a folder and in its splits; what else is there is reported."""
    for entry in _entries(folder):
        status = entry.stat(follow_symlinks=False)
        if S_ISLNK(status.st_mode):
            _report_link(Path(entry.path), incidents)
        elif S_ISDIR(status.st_mode) and of_a_split and SPLIT.fullmatch(entry.name):
            yield from (f"{entry.name}/{name}" for name in _files(Path(entry.path), of_a_split, (), incidents))
        elif entry.name not in listed:
            message = f"{entry.name!a} is none of {', '.join(listed)}"
            incidents.report("file-unlisted", message, file=entry.path)
        elif not S_ISREG(status.st_mode):
            incidents.report("path-unsafe", "it is no regular file", file=entry.path)
        elif status.st_size > LARGEST[entry.name]:
            message = f"{status.st_size:,} bytes, where {LARGEST[entry.name]:,} are the most; it was not read"
            incidents.report("file-too-large", message, file=entry.path)
        else:
            yield entry.name


def _is_key(entry: DirEntry[str], incidents: Incidents) -> bool:
    problem = key_problem(entry.name)
    if problem is not None:
        file = ascii(entry.path)[1:-1]  # a name may hold what turns a line around
        incidents.report("path-unsafe", f"system {problem}", file=file, fix="rename the folder")
    return problem is None


def _is_version(entry: DirEntry[str], incidents: Incidents) -> bool:
    try:
        parse_version(entry.name, entry.path)
    except InputError:
        message = f"{entry.name!a} is not a corpus version, such as 1.0.0"
        incidents.report("path-unsafe", message, file=entry.path, fix="rename the folder")
        return False
    return True


def _entries(folder: Path) -> list[DirEntry[str]]:
    try:
        with scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def _report_link(path: Path, incidents: Incidents) -> None:
    incidents.report("path-unsafe", "it is a symbolic link, and is not followed", file=path)
