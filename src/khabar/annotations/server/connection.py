"""Where the Label Studio server is and how to be let in: from the environment, else from a data folder being served.

A data folder has Label Studio's database and files, and who may log in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec

from khabar.reading.incidents import Incident, InputError

if TYPE_CHECKING:
    from filelock import BaseFileLock
    from label_studio_sdk import LabelStudio


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
        raise InputError.of("json-broken", str(error), str(path), fix=fix) from None


def write_secret(path: Path, secret: msgspec.Struct) -> None:
    """Write a record as `write_private` writes bytes."""
    write_private(path, msgspec.json.format(msgspec.json.encode(secret)) + b"\n")


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read, from its first byte on, and whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
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


URL = "LABEL_STUDIO_URL"
TOKEN = "LABEL_STUDIO_API_KEY"
_SHOWN = 300
"""Characters shown of what a server says."""
"""Environment variables, the same two that label-studio-sdk reads."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A server (`url`, without a slash at its end) and the token that opens it, which is never shown."""

    url: str
    token: str = field(repr=False)

    def client(self) -> LabelStudio:
        """Label Studio's own client. What its calls raise becomes an InputError inside `asking`."""
        import httpx
        from label_studio_sdk import LabelStudio

        loopback = urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")
        http = httpx.Client(timeout=60, follow_redirects=True, trust_env=not loopback)  # a proxy is no way to oneself
        return LabelStudio(base_url=self.url, api_key=self.token, httpx_client=http)


def connection(data: Path | None = None) -> Connection:
    """Find the server: LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY if set, else the one that serves `data`.

    Raises InputError if only one of the two is set, if the URL is none, or if nothing serves the folder.
    """
    url, token = os.environ.get(URL, "").strip(), os.environ.get(TOKEN, "").strip()
    if url and token:
        return Connection(_checked(url), token)
    if url or token:
        have, lack = (URL, TOKEN) if url else (TOKEN, URL)
        raise InputError.of("server-unknown", f"{have} is set and {lack} is not", fix="set both, or neither")
    folder = DATA if data is None else data
    if not is_served(folder):
        fix = f"run `khabar annotate serve --data {folder}` in another terminal, or set {URL} and {TOKEN}"
        raise InputError.of("server-unknown", f"no Label Studio serves {folder} now", fix=fix)
    access = read_secret(access_file(folder), Access)
    if access is None or access.url is None:
        fix = "wait until it says where it is"
        raise InputError.of("server-unknown", f"the Label Studio of {folder} is still starting", fix=fix)
    return Connection(access.url, access.token)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        fix = "give it as https://host or http://host:port"
        raise InputError.of("server-unknown", f"{URL} {url!r} is not the address of a server", fix=fix)
    return url.rstrip("/")


@contextmanager
def asking(server: Connection) -> Iterator[None]:
    """Turn what goes wrong between us and the server into an incident. Raises InputError."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise InputError([_refusal(server, error.status_code, error.body)]) from None
    except httpx.HTTPError as error:
        message = f"{server.url} does not answer: {str(error) or type(error).__name__}"
        raise InputError.of("server-failed", message) from None


def _refusal(server: Connection, status: int | None, body: object) -> Incident:
    detail = (body.get("validation_errors") or body.get("detail") or body) if isinstance(body, dict) else body
    if status in (401, 403):
        fix = f"give {TOKEN} a personal access token of that server (Account & Settings), as one who may do this"
        return Incident("server-failed", f"{server.url} does not let us in ({status}): {_short(detail)}", fix=fix)
    return Incident("server-failed", f"{server.url} answers {status}: {_short(detail)}")


def _short(detail: object) -> str:
    text = str(detail)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
