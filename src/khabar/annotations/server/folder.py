"""A data folder: Label Studio's database and files, who may log in, and whether it is being served now."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from khabar.reading.incidents import Incident, InputError

if TYPE_CHECKING:
    from filelock import BaseFileLock

DATA = Path(".label-studio")
"""The data folder when none is named."""

Secret = TypeVar("Secret", bound=msgspec.Struct)


class Login(msgspec.Struct, frozen=True):
    """The first user, as a person logs in."""

    email: str
    password: str

    def __repr__(self) -> str:
        return f"Login(email={self.email!r})"


class Access(msgspec.Struct, frozen=True):
    """The token for programs, a JWT refresh token without a practical end, and where the server is once it answers."""

    token: str
    url: str | None = None

    def __repr__(self) -> str:
        return f"Access(url={self.url!r})"


def login_file(data: Path) -> Path:
    """Where a data folder keeps its Login."""
    return data / "login.json"


def access_file(data: Path) -> Path:
    """Where a data folder keeps its Access."""
    return data / "access.json"


def read_secret(path: Path, kind: type[Secret]) -> Secret | None:
    """Read a file of `write_secret`; None if there is none. Raises InputError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        fix = "restore it, or serve another folder"
        raise InputError([Incident("json-broken", str(error), str(path), fix=fix)]) from None


def write_secret(path: Path, secret: msgspec.Struct) -> None:
    """Write a file that its owner alone can read, from its first byte on, and whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(secret)) + b"\n")
    beside.replace(path)


def lock_of(data: Path) -> BaseFileLock:
    """The lock that whoever serves the folder holds."""
    from filelock import FileLock

    return FileLock(data / "serving.lock")


def is_served(data: Path) -> bool:
    """Whether a server of ours works on the folder now."""
    from filelock import Timeout

    if not (data / "serving.lock").exists():
        return False
    lock = lock_of(data)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    lock.release()
    return False
