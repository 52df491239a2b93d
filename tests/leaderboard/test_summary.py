"""What a pull request's page says: the table, what changed, by how much; and of a refusal, why."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.leaderboard.conftest import Leaderboard


@pytest.fixture
def base(board: Leaderboard, tmp_path: Path) -> Path:
    shutil.copytree(board.root, tmp_path / "base")
    return tmp_path / "base"


def summarise(board: Leaderboard, base: Path, tmp_path: Path) -> tuple[int, str]:
    out = tmp_path / "summary.md"
    answer = board("check", "--base", base, "--summary", out)
    return answer.code, out.read_text("utf-8")


def test_nothing_changed(board: Leaderboard, base: Path, tmp_path: Path) -> None:
    code, text = summarise(board, base, tmp_path)
    assert code == 0
    assert "No submission." in text
    assert "**Accepted**" in text


def test_a_new_system(board: Leaderboard, base: Path, tmp_path: Path) -> None:
    assert board.add("mine", "rules").code == 0
    assert board("build").code == 0
    code, text = summarise(board, base, tmp_path)
    assert code == 0
    assert "- new: mine" in text
    assert "| **mine** |" in text
    assert "## mine and the present board" in text
    rows = [line for line in text.splitlines() if "(best)" in line]
    assert {row.split("|")[1].strip() for row in rows} == {"entities", "numbers", "quotes", "conflicts", "overall"}
    assert all("+0.000" in row for row in rows), "it says what the best one says"


def test_another_version_of_a_system(board: Leaderboard, base: Path, tmp_path: Path) -> None:
    card = board.folder() / "card.toml"
    assert board("add", "rules", "--run", "empty", "--card", card, "--replace").code == 0
    assert board("build").code == 0
    _, text = summarise(board, base, tmp_path)
    assert "- changed: rules, predictions" in text
    [row] = [line for line in text.splitlines() if "itself before" in line and line.startswith("| entities")]
    assert re.search(r"\| (0\.\d+) \| 0\.000 \| -\1 \|", row)


def test_a_refusal_says_why_and_renders_nothing(board: Leaderboard, base: Path, tmp_path: Path) -> None:
    card = board.folder() / "card.toml"
    card.write_text(card.read_text("utf-8").replace('"rules"', '"<img src=x onerror=alert(1)>"'), "utf-8")
    (board.root / "submissions" / "<script>alert(1)<").mkdir()
    code, text = summarise(board, base, tmp_path)
    assert code == 1
    assert "**Refused.** 2 problems" in text
    assert "card-markup" in text
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    assert not any("html" in each.type for token in tokens for each in (token, *(token.children or ())))


def test_a_summary_is_appended(board: Leaderboard, base: Path, tmp_path: Path) -> None:
    (tmp_path / "summary.md").write_text("before\n", "utf-8")
    assert summarise(board, base, tmp_path)[1].startswith("before\n# Leaderboard")


def test_without_a_base_all_is_new(board: Leaderboard, tmp_path: Path) -> None:
    assert board("check", "--summary", tmp_path / "summary.md").code == 0
    assert "- new: rules" in (tmp_path / "summary.md").read_text("utf-8")
