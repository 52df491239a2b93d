"""Serve a data folder on 127.0.0.1: one process of Label Studio, started, let in, and stopped."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from filelock import Timeout

from khabar.annotations.server.connection import (
    Access,
    Login,
    access_file,
    lock_of,
    login_file,
    read_secret,
    write_private,
    write_secret,
)
from khabar.annotations.server.environment import LAUNCHER, Environment, environment, settings
from khabar.annotations.server.launch import NOTES
from khabar.progress import Progress
from khabar.reading.incidents import Incident, InputError

HOST = "127.0.0.1"
EMAIL, PASSWORD = "LABEL_STUDIO_USERNAME", "LABEL_STUDIO_PASSWORD"
"""Environment variables for the first user, as Label Studio itself names them."""
PATIENCE = 300
"""Seconds a start may take: migrations of an older database on a slow disk."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs. Its process ends if ours does, however that comes about."""

    url: str
    token: str = field(repr=False)
    login: Login
    data: Path
    process: subprocess.Popen[bytes]

    def wait(self) -> None:
        """Wait until it ends by itself, which it should not. Raises InputError."""
        code = self.process.wait()
        raise InputError([_ended(self.data, f"Label Studio ended by itself (exit code {code})")])


@contextmanager
def serving(data: Path, port: int, progress: Progress, notes: str = "") -> Iterator[Served]:
    """Serve `data` (made if needed) on `port` (0: any free one) until the block is left; its pages show what is at the
    address `notes`. Raises InputError."""
    with reserved(port) as free:
        yield from _serving(data, free, progress, notes)


def _serving(data: Path, port: int, progress: Progress, notes: str) -> Iterator[Served]:
    """The same, on a port that is ours."""
    login = _login(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = lock_of(data).acquire(timeout=1)
    except Timeout:
        access = read_secret(access_file(data), Access)
        where = f" at {access.url}" if access and access.url else ""
        message = f"--data {data} is being served already{where}"
        raise InputError.of("option-wrong", message, fix="stop that server, or serve another folder") from None
    with lock:
        (data / ".gitignore").write_text("*\n", "utf-8")  # passwords, tokens and other people's texts
        access = read_secret(access_file(data), Access)
        if access is not None:
            write_secret(access_file(data), Access(access.token))  # nobody looks for us where we were last time
        installation = environment(progress)
        progress("starting Label Studio", 0, None)
        if read_secret(login_file(data), Login) is None:
            write_secret(login_file(data), login)
        _keep_secret_key(data)
        process = _start(installation, data, port, login, notes)
        try:
            url = f"http://{HOST}:{port}"
            _wait_until_it_answers(process, data, port)
            fix = f"if its password was changed in the page, write the new one into {login_file(data)}"
            try:
                token = _working_token(url, login, access.token if access else None, fix)
            except httpx.HTTPError as error:
                raise InputError([_ended(data, f"Label Studio gives no token: {error}")]) from None
            write_secret(access_file(data), Access(token, url))
            yield Served(url, token, login, data, process)
        finally:
            _stop(process)


@contextmanager
def reserved(port: int) -> Iterator[int]:
    """The port, if nobody listens there; with 0 any such. Raises InputError.

    Label Studio takes it seconds later. Until then nobody else on this machine is given it, where that can be had: on
    Linux, whoever may share a port that was left (SO_REUSEADDR, as Label Studio's server) may share one that is held.
    """
    with socket.socket() as probe:
        if os.name != "nt":  # elsewhere a port that was left a minute ago looks taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = f"--port {port} of {HOST}: {error.strerror}"
            fix = "choose another, or 0 for any free one"
            raise InputError.of("option-wrong", message, fix=fix) from None
        bound = int(probe.getsockname()[1])
        if sys.platform != "linux":
            probe.close()
        yield bound


def _login(data: Path) -> Login:
    """The folder's first user; of a new folder the one the environment names, else one we make. Raises InputError."""
    email, password = os.environ.get(EMAIL), os.environ.get(PASSWORD)
    login = read_secret(login_file(data), Login)
    if login is None:
        if password is not None and len(password) < 8:
            raise InputError.of("option-wrong", f"{PASSWORD} is too short", fix="take 8 characters or more")
        return Login(email or "annotator@localhost", password or secrets.token_urlsafe(12))
    if (email or login.email, password or login.password) != (login.email, login.password):
        message = f"{EMAIL} or {PASSWORD} is not what {login_file(data)} has"
        raise InputError.of("option-wrong", message, fix="unset them, or serve another folder")
    return login


def _keep_secret_key(data: Path) -> None:
    """Give Label Studio a key to sign with, unless it has one that it can read again.

    What it makes up itself begins with `$` once in fifty times. At the next start it takes that for the name of a
    variable, finds none and makes up another, so that neither tokens nor log-ins outlive the server.
    """
    path = data / ".env"
    if path.exists() and "SECRET_KEY=$" not in path.read_text("utf-8"):
        return
    write_private(path, f"SECRET_KEY={secrets.token_urlsafe(50)}\n".encode())


def _start(installation: Environment, data: Path, port: int, login: Login, notes: str) -> subprocess.Popen[bytes]:
    database = data / "label_studio.sqlite3"
    if not database.exists():
        beside = database.with_suffix(".part")
        shutil.copyfile(installation.database, beside)
        beside.chmod(0o600)
        beside.replace(database)
    # --debug only means here: take this port or none, instead of the next free one
    options = ["--no-browser", "--debug", "--internal-host", HOST, "--port", str(port)]
    private = os.open(_log(data), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(private, "wb") as log:
        return subprocess.Popen(
            [installation.python, "-I", "-u", LAUNCHER, "start", *options],
            cwd=data,
            env={**settings(data), EMAIL: login.email, PASSWORD: login.password, NOTES: notes},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us, and we stop it
            umask=-1 if os.name == "nt" else 0o077,
        )


def _wait_until_it_answers(process: subprocess.Popen[bytes], data: Path, port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise InputError([_ended(data, f"Label Studio does not start (exit code {process.returncode})")])
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://{HOST}:{port}/health", timeout=30, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise InputError([_ended(data, f"Label Studio does not answer within {PATIENCE} seconds")])


def _ended(data: Path, message: str) -> Incident:
    said = [line for line in _log(data).read_text("utf-8", "replace").splitlines() if line.strip()]
    last = f": {said[-1].strip().rstrip('.')}" if said else ""
    return Incident("server-failed", message + last, fix=f"read {_log(data)}")


def _log(data: Path) -> Path:
    return data / "server.log"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _working_token(url: str, login: Login, token: str | None, fix: str) -> str:
    """Return `token` if the server at `url` takes it, else a new token of the user. Raises InputError with `fix`."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        if token is not None:
            tried = http.post("/api/token/refresh/", json={"refresh": token})
            if tried.is_success:
                return token
            if tried.is_server_error:  # a token is not given up because the server stumbles
                tried.raise_for_status()
        _log_in(http, login, fix)
        answer = http.post("/api/token/")
        if answer.status_code == 409:  # one token a user: the earlier one, whose secret half nobody has, makes way
            for earlier in http.get("/api/token/").json():
                http.post("/api/token/blacklist/", json={"refresh": earlier["token"]})
            answer = http.post("/api/token/")
        if answer.status_code != 201:
            message = f"Label Studio gives no token ({answer.status_code})"
            raise InputError.of("server-failed", message, fix=fix)
        return str(answer.json()["token"])


def _log_in(http: httpx.Client, login: Login, fix: str) -> None:
    """Log in as the page does. Raises InputError."""
    http.get("/user/login/")
    form = {"email": login.email, "password": login.password, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
    if http.post("/user/login/", data=form).status_code != 302:
        raise InputError.of("server-failed", f"Label Studio does not let {login.email} in", fix=fix)
    http.headers["X-CSRFToken"] = http.cookies["csrftoken"]
