"""Whoever reads our output may leave at any moment (`khabar show 004 | head -1`), and a full disk is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from khabar.records import Entity
from tests.annotations.story import a_folder, a_pass
from tests.cli.conftest import SHARED, run

BUFFERED, UNBUFFERED = "", "1"
"""Of PYTHONUNBUFFERED: output breaks at the end of the command, or in its midst."""
CORPUS = ("--gold", "corpus")


@pytest.fixture(scope="module")
def place(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, predictions, a submission, and a round (`first`) whose passes differ."""
    folder = tmp_path_factory.mktemp("pipes")
    shutil.copytree(built, folder, dirs_exist_ok=True)
    card = SHARED / "card.toml"
    assert run("leaderboard", "add", "mine", "--run", "rules", "--card", card, *CORPUS, cwd=folder).code == 0
    assert run("leaderboard", "build", *CORPUS, cwd=folder).code == 0
    other = [replace(row, label="FAC") if isinstance(row, Entity) else row for row in a_pass()]
    (folder / "round").mkdir()
    a_folder(folder / "round", a_pass(), other)
    return folder


def _left_alone(args: list[str], cwd: Path, unbuffered: str) -> tuple[int, str]:
    """Exit code and standard error of a command whose reader has gone before it says a word."""
    reads, writes = os.pipe()
    os.close(reads)
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "khabar", *args],
            cwd=cwd,
            env=env,
            stdout=writes,
            stderr=subprocess.PIPE,
            timeout=600,
        )
    finally:
        os.close(writes)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("unbuffered", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", ["--version", "score oracle.jsonl --gold corpus --json"])
def test_a_reader_who_leaves_is_no_failure(place: Path, command: str, unbuffered: str) -> None:
    assert _left_alone(command.split(), place, unbuffered) == (0, "")


@pytest.mark.parametrize(
    "command",
    [
        "score oracle.jsonl --gold corpus",
        "show 001 --gold corpus",
        "leaderboard build --gold corpus",
        "leaderboard check --gold corpus",
        "annotate agreement first --rounds round/rounds --seeds round/seeds",
        "annotate adjudicate first --rounds round/rounds --seeds round/seeds --gold nowhere",
    ],
)
def test_nor_is_one_who_leaves_a_table(place: Path, command: str) -> None:
    assert _left_alone(command.split(), place, BUFFERED) == (0, "")


def test_a_failure_stays_one(place: Path) -> None:
    code, said = _left_alone(["score", "nothing.jsonl", *CORPUS], place, BUFFERED)
    assert code == 2
    assert "error[file-missing]" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
@pytest.mark.parametrize("unbuffered", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", ["--version", "score oracle.jsonl --gold corpus"])
def test_a_full_disk_is_told(place: Path, command: str, unbuffered: str) -> None:
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "khabar", *command.split()], cwd=place, env=env, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("error[file-unwritable] No space left on device.")
