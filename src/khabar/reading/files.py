"""Files written whole or not at all, and the digest that tells them apart."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import msgspec

_PART = re.compile(r"\.(.+)\.(\d+)\.part", re.DOTALL)
"""What a file is written as before it is renamed: its name, and the process that writes it."""
_STAGED, _READY, _PLAN = ".khabar-staged.{}", ".khabar-ready", ".plan.json"
"""Folders of files that are being written, and that are all written; and what is to be done with them."""


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def cache_folder() -> Path:
    """Where khabar keeps what it can make or fetch again: the folder that KHABAR_CACHE names, else the user's cache."""
    from platformdirs import user_cache_path

    named = os.environ.get("KHABAR_CACHE")
    return Path(named).absolute() if named else user_cache_path("khabar", appauthor=False).absolute()


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, then rename, so that nobody ever sees half a file. Makes the folder if needed."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files beside their targets, then rename them all. What is there with the same bytes is left.

    A device, a pipe or a terminal is never replaced: it is written to. What writers of the same files that were killed
    left beside them is removed.
    """
    staged: dict[Path, Path] = {}
    through = [path for path in files if is_stream(path)]
    for folder in {path.parent for path in files if path not in through}:
        _remove_dead(part for part in folder.glob(".*.part") if _target(part) in files)
    try:
        for path, data in files.items():
            if path in through or (path.is_file() and path.read_bytes() == data):
                continue
            if path.is_dir():
                raise IsADirectoryError(EISDIR, "it is a folder", str(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            staged[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            staged[path].write_bytes(data)
        for path, part in staged.items():
            part.replace(path)
        for path in through:
            with path.open("ab") as stream:
                stream.write(files[path])
    finally:
        for part in staged.values():
            part.unlink(missing_ok=True)


def replace_files(folder: Path, files: Mapping[str, bytes], gone: Sequence[str] = (), last: str = "") -> None:
    """Replace files of a folder, by their paths below it, and remove those that are `gone`: all of it or nothing.

    What changes is written to a folder of its own, which is renamed when it is complete; then its files take their
    places, `last` after all others. A process that is killed before the rename has changed nothing; what one that is
    killed after it has not done is done by `recover`. Files with the same bytes are left.
    """
    changed = {
        name: data
        for name, data in files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != data
    }
    gone = [name for name in gone if (folder / name).is_file()]
    if not changed and not gone:
        return
    staged = folder / _STAGED.format(os.getpid())
    shutil.rmtree(staged, ignore_errors=True)  # of a killed process that had our number
    try:
        for name, data in {**changed, _PLAN: json.dumps({"gone": gone, "last": last}).encode()}.items():
            if (folder / name).is_dir():
                raise IsADirectoryError(EISDIR, "it is a folder", str(folder / name))
            for root in (folder, staged):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / name).write_bytes(data)
        staged.replace(folder / _READY)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    recover(folder)


def recover(folder: Path) -> bool:
    """Finish what a killed `replace_files` had made ready, and tell whether there was any; remove what it had not."""
    for staged in folder.glob(_STAGED.format("*")):
        process = staged.suffix.removeprefix(".")
        if process.isdecimal() and not _is_running(int(process)):
            shutil.rmtree(staged, ignore_errors=True)
    ready = folder / _READY
    if not ready.is_dir():
        return False
    if (ready / _PLAN).is_file():
        plan = json.loads((ready / _PLAN).read_bytes())
        names = {path.relative_to(ready).as_posix() for path in ready.rglob("*") if path.is_file()} - {_PLAN}
        for name in plan["gone"]:
            (folder / name).unlink(missing_ok=True)
        for name in sorted(names, key=lambda name: (name == plan["last"], name)):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (ready / name).replace(folder / name)
    shutil.rmtree(ready)
    return True


def unfinished(folder: Path) -> list[Path]:
    """What a killed `replace_files` has left in a folder."""
    return [path for path in (*folder.glob(_STAGED.format("*")), folder / _READY) if path.exists()]


def json_lines(records: Iterable[msgspec.Struct | Mapping[str, Any]]) -> bytes:
    """The bytes of a file of records: JSONL, each line ended by one line feed."""
    return b"".join(msgspec.json.encode(record) + b"\n" for record in records)


def write_records(path: Path, records: Iterable[msgspec.Struct | Mapping[str, Any]]) -> None:
    """Write a file of records, in the order given, the whole of it or nothing; without any it is empty."""
    write_whole(path, json_lines(records))


def is_stream(path: Path) -> bool:
    """Tell what is written to, and not replaced: devices, pipes, sockets, and whatever /dev and /proc name."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not S_ISDIR(mode) and (not S_ISREG(mode) or path.absolute().parts[1:2] in (("dev",), ("proc",)))


def remove_parts(folder: Path) -> None:
    """Remove what writers that were killed left in a folder, at any depth. What a living process writes stays."""
    _remove_dead(folder.rglob(".*.part"))


def _remove_dead(parts: Iterable[Path]) -> None:
    for part in parts:
        name = _PART.fullmatch(part.name)
        if name is not None and not part.is_symlink() and part.is_file() and not _is_running(int(name.group(2))):
            part.unlink(missing_ok=True)


def _target(part: Path) -> Path | None:
    name = _PART.fullmatch(part.name)
    return None if name is None else part.with_name(name.group(1))


def _is_running(process: int) -> bool:
    if process == os.getpid() or os.name == "nt":  # in containers one after the other has a number; signal 0 kills
        return False
    with suppress(ProcessLookupError, OverflowError):
        with suppress(PermissionError):
            os.kill(process, 0)
        return True
    return False
