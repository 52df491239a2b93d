"""One command puts every baseline on the board of a corpus; Maha's runs in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from khabar.corpus.release import read_release
from khabar.leaderboard.card import read_card
from khabar.seeds.store import read_manifest, write_manifest
from khabar.systems.registry import EMBEDDED

ROOT = Path(__file__).parents[2]
ON_THE_BOARD = {*EMBEDDED, "mahad"} - {"oracle"}
VERSION = read_release(ROOT / "corpus").version


@pytest.mark.parametrize("system", sorted(ON_THE_BOARD))
def test_each_has_a_card_that_says_where_it_fails(system: str) -> None:
    name = "digits" if system == "digits-multipliers" else system
    card = (ROOT / "eval" / "cards" / f"{name}.md").read_text("utf-8")
    assert "**What" in card
    assert "nown failures" in card
    for place in (ROOT / "eval" / "submissions" / system).iterdir():
        incidents: list[object] = []
        assert read_card(place / "card.toml", incidents) is not None, incidents  # type: ignore[arg-type]


STORIES = ("kursk", "north_korea", "rosa")
"""One of each split: Maha reads for seconds what others read at once, and ten stories prove no more than one."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with these stories alone, and the submissions of the baselines."""
    for name in ("src", "eval", "seeds", "annotations/gold", "annotations/contrast"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    write_manifest(tmp_path / "seeds", [seed for seed in read_manifest(tmp_path / "seeds") if seed.story in STORIES])
    for path in (tmp_path / "annotations").glob("*/*.jsonl"):
        if path.stem not in STORIES:
            path.unlink()
    for submission in (tmp_path / "eval" / "submissions").glob(f"*/{VERSION}"):
        if submission.parent.name not in ON_THE_BOARD:
            shutil.rmtree(submission)
    program = tmp_path / "bin" / "khabar"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m khabar "$@"\n')
    program.chmod(0o755)
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("fetched")
def test_all_of_them_onto_the_board(checkout: Path) -> None:
    path = f"{checkout / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", "khabar corpus build; eval/baselines.sh; khabar leaderboard check"],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(checkout / "src")},
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "not answered" not in done.stderr
    on_boards: set[str] = set()
    for split in ("news", "test", "dev"):
        board = msgspec.json.decode((checkout / "eval" / "board" / VERSION / split / "board.json").read_bytes())
        assert board["corpus"]["stories"] == 1
        headline = {each["system"]: each["headline"] for each in board["systems"]}
        assert headline["rules"]["numbers"] > headline["mahad"]["numbers"] > headline["empty"]["numbers"]
        on_boards |= set(headline)
    assert on_boards == ON_THE_BOARD
