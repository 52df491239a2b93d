"""Files written whole or not at all, and the digest that tells them apart."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from stat import S_ISDIR, S_ISREG

_PART = re.compile(r"\..+\.(\d+)\.part", re.DOTALL)
"""What a file is written as before it is renamed, with the process that writes it."""


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, then rename, so that nobody ever sees half a file. Makes the folder if needed."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files beside their targets, then rename them all. What is there with the same bytes is left.

    A device, a pipe or a terminal is never replaced: it is written to.
    """
    beside: dict[Path, Path] = {}
    through = [path for path in files if is_stream(path)]
    try:
        for path, data in files.items():
            if path in through or (path.is_file() and path.read_bytes() == data):
                continue
            if path.is_dir():
                raise IsADirectoryError(EISDIR, "it is a folder", str(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            beside[path].write_bytes(data)
        for path, part in beside.items():
            part.replace(path)
        for path in through:
            with path.open("ab") as stream:
                stream.write(files[path])
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines, each ended by one line feed."""
    write_whole(path, b"".join(line + b"\n" for line in lines))


def is_stream(path: Path) -> bool:
    """Tell what is written to, and not replaced: devices, pipes, sockets, and whatever /dev and /proc name."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not S_ISDIR(mode) and (not S_ISREG(mode) or path.absolute().parts[1:2] in (("dev",), ("proc",)))


def remove_parts(folder: Path) -> None:
    """Remove what writers that were killed left in a folder, at any depth. What a living process writes stays."""
    for part in folder.rglob(".*.part"):
        name = _PART.fullmatch(part.name)
        if name is not None and not part.is_symlink() and part.is_file() and not _is_running(int(name.group(1))):
            part.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if os.name == "nt":  # signal 0 would end it there
        return process == os.getpid()
    with suppress(ProcessLookupError, OverflowError):
        with suppress(PermissionError):
            os.kill(process, 0)
        return True
    return False
