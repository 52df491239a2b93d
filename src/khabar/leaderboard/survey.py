"""Looking through an eval folder by name only: links, odd names, unknown and huge files are told, nothing is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import DirEntry, scandir
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from khabar.corpus.release import parse_version
from khabar.leaderboard.names import key_problem
from khabar.leaderboard.places import BOARDS, OF_A_BOARD, OF_A_SUBMISSION, SUBMISSIONS, SubmissionPlace
from khabar.reading.incidents import Incident, Incidents, InputError


@dataclass(frozen=True, slots=True)
class EvalFolder:
    """What an eval folder holds, by name only; nothing has been read yet."""

    root: Path
    submissions: tuple[SubmissionPlace, ...]
    boards: tuple[str, ...]

    def of(self, version: str) -> list[SubmissionPlace]:
        """Submissions to the board of one corpus version."""
        return [place for place in self.submissions if place.version == version]

    def closed(self, version: str) -> list[str]:
        """Corpus versions other than the present one that have a board or submissions."""
        return sorted({*self.boards, *(place.version for place in self.submissions)} - {version})


def survey(root: Path, incidents: Incidents) -> EvalFolder:
    """Look through an eval folder without following a link or opening a file; what must not be is an incident.

    Raises InputError if there is no such folder.
    """
    if not root.is_dir():
        raise InputError([Incident("file-missing", f"no folder {root}", str(root), fix="name the eval folder")])
    if root.is_symlink():
        _report_link(root, incidents)
    places = [
        SubmissionPlace(system.name, version.name, Path(version.path))
        for system in _folders(root / SUBMISSIONS, incidents)
        if _is_key(system, incidents)
        for version in _folders(Path(system.path), incidents)
        if _is_version(version, incidents) and _holds(version, OF_A_SUBMISSION, incidents)
    ]
    boards = [
        version.name
        for version in _folders(root / BOARDS, incidents)
        if _is_version(version, incidents) and _holds(version, OF_A_BOARD, incidents)
    ]
    return EvalFolder(root, tuple(sorted(places)), tuple(sorted(boards)))


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


def _holds(folder: DirEntry[str], listed: Mapping[str, int], incidents: Incidents) -> bool:
    """Tell whether a folder holds plain files of these names and sizes alone, and report what else it holds."""
    before = len(incidents)
    for entry in _entries(Path(folder.path)):
        status = entry.stat(follow_symlinks=False)
        if S_ISLNK(status.st_mode):
            _report_link(Path(entry.path), incidents)
        elif entry.name not in listed:
            message = f"{entry.name!a} is none of {', '.join(listed)}"
            incidents.report("file-unlisted", message, file=entry.path)
        elif not S_ISREG(status.st_mode):
            incidents.report("path-unsafe", "it is no regular file", file=entry.path)
        elif status.st_size > listed[entry.name]:
            message = f"{status.st_size:,} bytes, where {listed[entry.name]:,} are the most; it was not read"
            incidents.report("file-too-large", message, file=entry.path)
    return len(incidents) == before


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
