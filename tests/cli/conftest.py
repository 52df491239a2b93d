"""The command line as people start it, in a folder of its own, on a tiny gold: in this process, or in one of its own."""

from __future__ import annotations

import gc
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from khabar.cli import main

SHARED = Path(__file__).parents[1] / "incidents" / "shared"
PLAIN = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
"""80 columns and no colour."""


@dataclass(frozen=True)
class Answer:
    """What a command gives back."""

    code: int
    out: str
    err: str


Khabar = Callable[..., Answer]


def run(*args: str | Path, cwd: Path, **environment: str) -> Answer:
    """Run `khabar` in this process, as its entry point does. Whatever was asked, no exception may come out.

    What is set for Python itself (PYTHONPATH) needs a process of its own, and gets one.
    """
    if any(name.startswith("PYTHON") for name in environment):
        return process(*args, cwd=cwd, **environment)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    threshold, modules, path = gc.get_threshold(), set(sys.modules), list(sys.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        for name, value in {**PLAIN, **environment}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["khabar", *map(str, args)])
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        finally:
            gc.set_threshold(*threshold)
            sys.path[:] = path
            for name in set(sys.modules) - modules:  # systems of this folder: the next one has others of their name
                file = getattr(sys.modules[name], "__file__", None)
                if file is not None and Path(file).is_relative_to(cwd):
                    del sys.modules[name]
    for stream in (out, err):
        stream.flush()
    assert code in (0, 1, 2), code
    return Answer(int(str(code)), *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]


def process(*args: str | Path, cwd: Path, **environment: str) -> Answer:
    """Run `khabar` in a process of its own. Whatever was asked, nobody may see a traceback."""
    env = {**os.environ, **PLAIN, **environment}
    command = [sys.executable, "-m", "khabar", *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=600)
    answer = Answer(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in answer.err, answer.err
    assert answer.code in (0, 1, 2), answer
    return answer


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A working folder with gold.jsonl (one document), seeds/ and gold/ (three documents, two splits)."""
    shutil.copytree(SHARED, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def khabar(here: Path) -> Khabar:
    """Run a command in the working folder."""
    return lambda *args, **environment: run(*args, cwd=here, **environment)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder where the tiny corpus is built, and what its oracle says is in oracle.jsonl."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(SHARED, folder, dirs_exist_ok=True)
    answer = run("corpus", "build", "--seeds", "seeds", "--gold", "gold", "--out", "corpus", cwd=folder)
    assert answer.code == 0, answer.err
    answer = run("run", "oracle", "--gold", "corpus", "--out", "oracle.jsonl", "--json", cwd=folder)
    assert answer.code == 0, answer.err
    (folder / "oracle.json").write_text(answer.out, "utf-8")
    return folder
