"""The board: what its page says, what stands on it, and that it follows from the submissions alone."""

from __future__ import annotations

import json
from pathlib import Path

from tests.leaderboard.conftest import CARD, Leaderboard


def test_figures_are_those_of_the_results(board: Leaderboard) -> None:
    for entry in json.loads(board("build", "--json").out)["systems"]:
        result = json.loads((board.folder(entry["system"]) / "result.json").read_text("utf-8"))
        assert entry["headline"] == result["score"]["headline"]
        assert entry["intervals"] == result["score"]["intervals"]


def test_the_page(board: Leaderboard) -> None:
    page = board.page
    assert page.startswith("<!-- Written by")
    assert "can and cannot show" in page
    assert "2 articles, 2 stories" in page or "2 articles, 1 story" in page
    assert "| 1 " in page
    assert "Paired randomization test" in page
    assert "khabar-canary" in page


def test_who_leaves_layers_out_has_no_overall(board: Leaderboard) -> None:
    columns = {name: column["order"] for name, column in board.board["columns"].items()}  # type: ignore[attr-defined]
    assert "counter" not in columns["overall"]
    assert "counter" in columns["numbers"]
    assert "| – | counter | – |" in board.page


def test_a_layer_at_one_is_flagged(board: Leaderboard) -> None:
    assert board.add("quoter", "oracle", CARD + 'layers = ["quotes"]\n').code == 0
    built = board("build")
    assert "warning[layer-perfect]" in built.err
    assert "1.000 ⚑" in board.page
    assert "quoter: quotes at 1.0" in board.page
    assert board.ids == ["layer-perfect"]
    assert board("check").code == 0, "it is to be looked at, not refused"


def test_names_are_shown_and_do_nothing(board: Leaderboard) -> None:
    assert board.add("mine", "empty", shown="*قارئ* [x] #1 @team").code == 0
    assert board("build").code == 0
    [line, *_] = [line for line in board.page.splitlines() if "قارئ" in line]
    assert "*قارئ*" not in line
    assert "@team" not in line
    assert "\u2068" in line


def test_an_empty_board(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "eval").mkdir()
    board = Leaderboard(tmp_path / "eval", corpus)
    assert board("build").code == 0
    assert board.ids == []
