"""Closed boards: once the corpus has another version, boards and submissions stay as they are, byte for byte.

`frozen.json` names every file by its SHA-256. Its texts are not at hand any more, so nothing is scored again; figures
are still looked at for being possible.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from khabar.leaderboard.result import audit_alone, read_result
from khabar.leaderboard.survey import BOARD, BOARDS, FROZEN, RESULT, EvalFolder, board_folder
from khabar.reading.files import sha256
from khabar.reading.incidents import Incidents
from khabar.reading.shape import read_json


class Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed board: path below the eval folder (with /) → SHA-256."""

    corpus: str
    files: dict[str, str]


class _Listed(msgspec.Struct):
    system: str


class _Systems(msgspec.Struct):
    """What must be known of a board of any age: who stands on it."""

    systems: tuple[_Listed, ...] = ()


def report_unlisted(folder: EvalFolder, version: str, incidents: Incidents) -> None:
    """Report submissions that a board does not name, although it is to be closed: nobody ever saw them re-scored."""
    listed: set[str] = set()
    for name in folder.boards.get(version, ()):
        if name.rpartition("/")[2] == BOARD:
            listed |= _listed(board_folder(folder.root, version) / name)
    fix = "remove the folder; whoever it is of submits to the present corpus"
    for place in folder.of(version):
        if place.system not in listed:
            message = f"it never stood on the board of {version}, which closes"
            incidents.report("submission-closed", message, file=place.folder, fix=fix)


def _listed(path: Path) -> set[str]:
    try:
        return {entry.system for entry in read_json(path, _Systems).systems}
    except msgspec.DecodeError:
        return set()


def report_closed(root: Path, version: str, incidents: Incidents) -> None:
    """Report that a board takes no change any more, if it was closed."""
    if is_frozen(root, version):
        fix = "submit to the board of the present corpus"
        incidents.report(
            "submission-closed", f"the board of {version} is closed", file=board_folder(root, version), fix=fix
        )


def freeze(folder: EvalFolder, version: str) -> Frozen:
    """Take the hashes of a board and its submissions as they are."""
    files = _files(folder, version)
    return Frozen(corpus=version, files={name: sha256(path.read_bytes()) for name, path in sorted(files.items())})


def is_frozen(root: Path, version: str) -> bool:
    """Tell whether a board was closed."""
    return (board_folder(root, version) / FROZEN).exists()


def check_frozen(folder: EvalFolder, version: str, base: EvalFolder | None, incidents: Incidents) -> None:
    """Check a closed board: nothing changed, added or removed since it was frozen, nor since `base`."""
    path = board_folder(folder.root, version) / FROZEN
    if not path.is_file():
        systems = ", ".join(place.system for place in folder.of(version)) or "its board"
        message = f"the corpus has another version than {version}; {systems} is of a board that was never closed"
        incidents.report("board-stale", message, file=path)
        return
    if base is not None:
        changed = _changed(_files(folder, version), _files(base, version))
        was = board_folder(base.root, version) / FROZEN
        if was.is_file() and was.read_bytes() != path.read_bytes():
            changed.append(f"{BOARDS}/{version}/{FROZEN}")
        for name in changed:
            incidents.report("submission-closed", "it is not what it was before this change", file=folder.root / name)
        if changed:
            return
    try:
        frozen = read_json(path, Frozen)
    except msgspec.DecodeError as error:
        incidents.report("submission-closed", f"it cannot be read: {error}", file=path)
        return
    files = _files(folder, version)
    for name in sorted({*files, *frozen.files}):
        if name not in frozen.files:
            incidents.report("submission-closed", "it came after the board was closed", file=files[name])
        elif name not in files:
            incidents.report("submission-closed", f"{ascii(name)[1:-1]} of the closed board is gone", file=path)
        elif sha256(files[name].read_bytes()) != frozen.files[name]:
            incidents.report("submission-closed", "its bytes are not those of the closed board", file=files[name])
    for place in folder.of(version):
        for name in place.files:
            if name.rpartition("/")[2] == RESULT:
                result = place.folder / name
                if (stated := read_result(result, incidents)) is not None:
                    audit_alone(stated, result, incidents)


def _changed(files: dict[str, Path], before: dict[str, Path]) -> list[str]:
    return [
        name
        for name in sorted({*files, *before})
        if name not in files or name not in before or files[name].read_bytes() != before[name].read_bytes()
    ]


def _files(folder: EvalFolder, version: str) -> dict[str, Path]:
    board = board_folder(folder.root, version)
    paths = [board / name for name in folder.boards.get(version, ()) if name != FROZEN]
    paths += [place.folder / name for place in folder.of(version) for name in place.files]
    return {path.relative_to(folder.root).as_posix(): path for path in paths}
