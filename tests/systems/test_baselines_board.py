"""One command puts every baseline on the board of the present corpus; Maha's runs in an environment of its own."""

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
from khabar.systems.registry import EMBEDDED
from tests.cli.conftest import run

ROOT = Path(__file__).parents[2]
ON_THE_BOARD = {*EMBEDDED, "mahad"} - {"oracle"}


@pytest.mark.parametrize("system", sorted(ON_THE_BOARD))
def test_each_has_a_card_that_says_where_it_fails(system: str) -> None:
    name = "digits" if system == "digits-multipliers" else system
    card = (ROOT / "eval" / "cards" / f"{name}.md").read_text("utf-8")
    assert "**What" in card
    assert "nown failures" in card
    for place in (ROOT / "eval" / "submissions" / system).iterdir():
        incidents: list[object] = []
        assert read_card(place / "card.toml", incidents) is not None, incidents  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.usefixtures("fetched")
def test_all_of_them_onto_the_board(tmp_path: Path) -> None:
    for name in ("corpus", "eval"):
        shutil.copytree(ROOT / name, tmp_path / name)
    program = tmp_path / "bin" / "khabar"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m khabar "$@"\n')
    program.chmod(0o755)
    done = subprocess.run(
        [tmp_path / "eval" / "baselines.sh"],
        env={**os.environ, "PATH": f"{program.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "not answered" not in done.stderr
    boards = tmp_path / "eval" / "board" / read_release(tmp_path / "corpus").version
    on_boards: set[str] = set()
    for split in ("news", "test", "dev"):
        board = msgspec.json.decode((boards / split / "board.json").read_bytes())
        headline = {each["system"]: each["headline"] for each in board["systems"]}
        assert headline["rules"]["numbers"] > headline["mahad"]["numbers"] > headline["empty"]["numbers"]
        on_boards |= set(headline)
    assert on_boards >= ON_THE_BOARD
    assert run("leaderboard", "check", cwd=tmp_path).code == 0
