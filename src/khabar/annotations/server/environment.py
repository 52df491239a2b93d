"""Label Studio's own virtual environment: its pins are not khabar's, so it is made once, apart, and kept.

It lies in the user's cache folder, or in the folder that KHABAR_CACHE names, and takes about 1 GB. With it is kept an
empty database with all migrations applied, as applying them takes longer than all the rest of a start. The last thing
written is a stamp: what has none was interrupted and is made anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from khabar.progress import Progress
from khabar.reading.files import cache_folder
from khabar.reading.incidents import Incident, InputError

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
LAUNCHER = Path(__file__).with_name("launch.py")


KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What it needs of ours. DEBUG, PORT, USERNAME and many more common names are settings to it: none of them goes in."""

QUIET = {
    "COLLECT_ANALYTICS": "false",  # telemetry of the server, and Google's tag in the log-in page
    "SENTRY_DSN": "",  # error reports of the server
    "FRONTEND_SENTRY_DSN": "",  # error reports of the page, and the script for them
    "LATEST_VERSION_CHECK": "false",  # asks PyPI at each start
    "FEATURE_FLAGS_OFFLINE": "true",
    "CONVERTER_DOWNLOAD_RESOURCES": "false",  # an export would fetch whatever tasks link to
}
"""Every switch of Label Studio 1.23 against calls outside. What has none (tips from GitHub), the launcher refuses."""

CLOSED = {
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    "DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LOCAL_FILES_SERVING_ENABLED": "false",
    "DEBUG": "false",
    "LOG_LEVEL": "WARNING",
}
"""Others on this machine are not invited either."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder with Label Studio in it."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter that has Label Studio."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def database(self) -> Path:
        """An empty database, all migrations applied."""
        return self.folder / "empty.sqlite3"

    @property
    def stamp(self) -> Path:
        """Written last."""
        return self.folder / "complete"


def environment(progress: Progress) -> Environment:
    """Find Label Studio's environment, or make it. Raises InputError with pip's own words if that fails."""
    candidate = Environment(_place())
    candidate.folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(
        candidate.folder.with_name(candidate.folder.name + ".lock")
    ):  # a second one waits for the first and finds it made
        if not _is_sound(candidate):
            _make(candidate, progress)
    return candidate


def requirement() -> str:
    """The release of Label Studio that the constraints name, as a requirement."""
    return next(line for line in CONSTRAINTS.read_text("utf-8").splitlines() if line.startswith("label-studio=="))


def _place() -> Path:
    made_of = CONSTRAINTS.read_bytes() + f"{sys.implementation.cache_tag}".encode()
    return cache_folder() / f"{requirement().replace('==', '-')}-{sha256(made_of).hexdigest()[:8]}"


def _is_sound(candidate: Environment) -> bool:
    """Whether it was finished, and its Python still starts and finds Label Studio (a system's Python may go away)."""
    if not candidate.stamp.is_file() or not candidate.database.is_file():
        return False
    ask = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ('label_studio', 'django', 'pip'))))"
    try:
        return subprocess.run([candidate.python, "-I", "-c", ask], capture_output=True, timeout=60).returncode == 0
    except subprocess.TimeoutExpired:
        return True  # a busy machine, which is no reason to throw away what others may be running on
    except OSError:
        return False


def _make(target: Environment, progress: Progress) -> None:
    if target.folder.exists():
        shutil.rmtree(target.folder)
    target.folder.mkdir()
    log = target.folder / "making.log"
    progress("making an environment", 0, None)
    _do([sys.executable, "-I", "-m", "venv", target.folder], log, lambda: None)

    packages = sum("==" in line for line in CONSTRAINTS.read_text("utf-8").splitlines())
    named = f"installing {requirement()}"

    def show() -> None:
        fetched = log.read_text("utf-8", "replace").count("\nCollecting ")
        installed = sum(1 for _ in target.folder.glob("[Ll]ib/**/site-packages/*.dist-info"))
        progress(named, min(fetched + installed, 2 * packages), 2 * packages)

    pip: list[str | Path] = [target.python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _do([*pip, "install", "--progress-bar", "off", "-c", CONSTRAINTS, requirement()], log, show)

    progress("preparing an empty database", 0, None)
    scratch = target.folder / "scratch"
    scratch.mkdir()
    _do([target.python, "-I", LAUNCHER, "version"], log, lambda: None, {**os.environ, **settings(scratch)})
    shutil.move(scratch / "label_studio.sqlite3", target.database)
    shutil.rmtree(scratch)
    target.stamp.write_text(f"{requirement()}\n", "utf-8")


def _do(
    command: Sequence[str | Path], log: Path, meanwhile: Callable[[], None], env: Mapping[str, str] | None = None
) -> None:
    """Run one step; what it prints goes to the log. Whoever interrupts us interrupts it. Raises InputError."""
    with log.open("ab") as file:
        file.write(("\n$ " + " ".join(map(str, command)) + "\n").encode())
        file.flush()
        start = file.tell()
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env)
        try:
            while process.poll() is None:
                meanwhile()
                time.sleep(0.3)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise InputError([_failure(log, start)])


def _failure(log: Path, start: int) -> Incident:
    said = [line.strip() for line in log.read_bytes()[start:].decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in said if line.startswith("ERROR: ")] or said[-1:] or ["no reason"]
    if any("ensurepip" in line for line in said):
        fix = "install what your system calls python3-venv, and run it again"
    else:
        fix = f"see that the package index can be reached and 2 GB are free, and run it again (all it said: {log})"
    return Incident("environment-failed", "; ".join(errors[-2:]).rstrip("."), fix=fix)


def settings(data: Path) -> dict[str, str]:
    """The whole environment of a Label Studio that keeps everything in `data`."""
    mine = {**QUIET, **CLOSED, "DJANGO_DB": "sqlite", "BASE_DATA_DIR": str(data.absolute())}
    home = {"HOME": str(data.absolute()), "XDG_CONFIG_HOME": str(data.absolute() / "config")}  # it writes an id there
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **home, **{f"LABEL_STUDIO_{name}": value for name, value in mine.items()}}
