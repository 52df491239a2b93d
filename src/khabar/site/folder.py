"""The site's folder: written whole; stale pages go, and nothing of anybody else's is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from khabar.reading.files import write_all, write_whole
from khabar.reading.incidents import Incident, InputError

LISTING = "files.txt"
"""Names the files of a build, one a line, so that the next build knows which are its own."""


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something and was not written by a build. Raises InputError."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError([Incident("path-unsafe", "the site's place is no plain folder", str(folder))])
    is_used = folder.is_dir() and any(path.suffix != ".part" for path in folder.iterdir())
    if is_used and not (folder / LISTING).is_file():
        message = f"the folder holds other things than a site (no {LISTING})"
        raise InputError([Incident("file-unwritable", message, str(folder), fix="name an empty or new folder")])


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write pages (path below the folder, with / → bytes) and remove those a former build wrote and this one did not.

    Meanwhile the listing names both, so that after a kill the next build knows them all. Raises InputError
    where the folder is somebody else's, OSError where it cannot be written.
    """
    check_folder(folder)
    former = _listed(folder)
    write_whole(folder / LISTING, _listing(former | set(files)))
    write_all({folder / name: data for name, data in files.items()})
    for name in former - set(files):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            path.unlink()
            _remove_empty(path.parent, folder)
    write_whole(folder / LISTING, _listing(files))


def _listing(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode()


def _listed(folder: Path) -> set[str]:
    """Names a former build listed; any that would lead out of the folder are not its own."""
    path = folder / LISTING
    if not path.is_file():
        return set()
    names = path.read_text("utf-8", errors="replace").splitlines()
    return {name for name in names if name and not PurePosixPath(name).is_absolute() and ".." not in name.split("/")}


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
