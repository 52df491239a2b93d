"""Places and names that are no plain ones: pipes, closed output, bytes that are no UTF-8, and names with an escape."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Khabar, run

LINE = '{"doc_id": "001_moscow"}\n'
ESCAPE = "e\x1b[31mvil.jsonl"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize(
    "command",
    [
        ["run", "empty", "--gold", "gold.jsonl", "--out"],
        ["run", "empty", "--gold", "gold.jsonl", "--errors"],
        ["convert", "said.jsonl", "--gold", "gold.jsonl", "--to", "predictions"],
    ],
)
def test_commands_replace_no_pipe(khabar: Khabar, here: Path, command: list[str]) -> None:
    pipe, read = here / "pipe", list[bytes]()
    os.mkfifo(pipe)
    (here / "said.jsonl").write_text(LINE, "utf-8")
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    answer = khabar(*command, "pipe")
    assert answer.code == 0, answer.err
    reader.join(10)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert read[0].startswith(b"{")
    assert not list(here.glob("pipe?*"))


def test_errors_and_predictions_may_go_to_one_device(khabar: Khabar) -> None:
    answer = khabar("run", "empty", "--gold", "gold.jsonl", "--out", os.devnull, "--errors", os.devnull)
    assert answer.code == 0, answer.err
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes descriptors")
@pytest.mark.parametrize("command", ["--version", "score said.jsonl --gold gold.jsonl --json"])
def test_closed_output_is_a_failure(here: Path, command: str) -> None:
    (here / "said.jsonl").write_text(LINE, "utf-8")
    shell = f"'{sys.executable}' -m khabar {command}"
    done = subprocess.run(["sh", "-c", f"{shell} >&-"], cwd=here, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr.split(b" ")[0]) == (2, b"error[file-unwritable]")
    done = subprocess.run(["sh", "-c", f"{shell} 2>&-"], cwd=here, stdout=subprocess.PIPE)
    assert done.returncode == 0
    assert done.stdout


def test_names_that_are_no_text(khabar: Khabar, here: Path) -> None:
    """Of a story, which would stand in the manifest, and of a file, which need not."""
    before = sorted((here / "seeds").iterdir())
    (here / "article.txt").write_text("خبر\n", "utf-8")
    for option in ("--story", "--split"):
        answer = khabar("seeds", "add", "article.txt", "--story", "s", option, os.fsdecode(b"a\xff"))
        assert (answer.code, answer.out) == (2, "")
        assert "error[option-wrong]" in answer.err
        assert sorted((here / "seeds").iterdir()) == before
    shutil.copy(here / "article.txt", here / os.fsdecode(b"b\xff.txt"))
    answer = khabar("seeds", "add", os.fsdecode(b"b\xff.txt"), "--story", "s")
    assert (answer.code, answer.out) == (2, "")
    assert sorted((here / "seeds").iterdir()) == before
    (here / os.fsdecode(b"c\xff.jsonl")).write_text(LINE, "utf-8")
    assert khabar("score", os.fsdecode(b"c\xff.jsonl"), "--gold", "gold.jsonl").code == 0


def test_no_name_reaches_the_terminal_raw(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "e\x1b[1m")
    folder = tmp_path / "e\x1b[1m"
    shutil.copy(folder / "oracle.jsonl", folder / ESCAPE)
    corpus = folder / "corpus"
    commands = [
        ["score", ESCAPE, "--gold", corpus],
        ["run", "empty", "--gold", corpus, "--out", folder / "o.jsonl"],
        ["validate", ESCAPE, "--gold", corpus],
        ["compare", ESCAPE, ESCAPE, "--gold", corpus, "--fail-if-worse"],
        ["convert", ESCAPE, folder / "o.conll", "--gold", corpus],
        ["corpus", "check", corpus, "--seeds", "nowhere"],
        ["corpus", "upload", folder / "there", "--corpus", corpus],
        [
            "leaderboard",
            "add",
            "mine",
            "--run",
            "empty",
            "--card",
            "card.toml",
            "--eval",
            folder / "eval",
            "--gold",
            corpus,
        ],
        ["leaderboard", "build", "--eval", folder / "eval", "--gold", corpus],
        ["score", "\x1b[2J", "--gold", corpus],
        ["run", "\x1b[2J", "--gold", corpus],
    ]
    for command in commands:
        answer = run(*command, cwd=folder)
        assert "\x1b" not in answer.out + answer.err, command
