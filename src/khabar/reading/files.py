"""Files written whole or not at all, and the digest that tells them apart."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from errno import EISDIR
from pathlib import Path


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, then rename, so that nobody ever sees half a file. Makes the folder if needed."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write several files beside their targets, then rename them all. What is there with the same bytes is left."""
    beside: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            if path.is_file() and path.read_bytes() == data:
                continue
            if path.is_dir():
                raise IsADirectoryError(EISDIR, "it is a folder", str(path))
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            beside[path].write_bytes(data)
        for path, part in beside.items():
            part.replace(path)
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines, each ended by one line feed."""
    write_whole(path, b"".join(line + b"\n" for line in lines))
