"""The command line as people start it: a process of its own, in a folder of its own, on a tiny gold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1] / "incidents" / "shared"


@dataclass(frozen=True)
class Answer:
    """What a command gives back."""

    code: int
    out: str
    err: str


Khabar = Callable[..., Answer]


def run(*args: str | Path, cwd: Path, **environment: str) -> Answer:
    """Run `khabar` with 80 columns and no colour. Whatever was asked, nobody may see a traceback."""
    env = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", **environment}
    command = [sys.executable, "-m", "khabar", *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
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
