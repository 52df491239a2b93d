"""The board: what its page says, what stands on it, and that it follows from the submissions alone."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from msgspec.structs import replace

from khabar import api
from khabar.leaderboard.add import add
from khabar.leaderboard.board import board_of
from khabar.leaderboard.board_gold import read_board_gold
from khabar.leaderboard.view import view_of
from khabar.reading.incidents import Incidents
from khabar.systems.registry import find_system
from khabar.systems.runner import run_system
from tests.leaderboard.conftest import CARD, Leaderboard


def test_figures_are_those_of_the_results(board: Leaderboard) -> None:
    for entry in json.loads(board("build", "--json").out)["boards"]["test"]["systems"]:
        result = json.loads((board.of_test(entry["system"]) / "result.json").read_text("utf-8"))
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


def test_warnings_on_systems_of_the_board_are_counted(board: Leaderboard, tmp_path: Path) -> None:
    """Who adds a system reads what is said of theirs; `--base` is the folder without it."""
    assert board.add("quoter", "oracle", CARD + 'layers = ["quotes"]\n').code == 0
    assert board("build").code == 0
    shutil.copytree(board.root, tmp_path / "base")
    assert board.add("mine", "oracle", CARD + 'layers = ["numbers"]\n').code == 0
    counted = "warnings on other submissions: quoter 1 (khabar leaderboard check --json lists them)"
    for answer in (board("build"), board("check", "--base", tmp_path / "base")):
        assert answer.code == 0
        assert [line for line in answer.err.splitlines() if "quoter" in line] == [counted]
        assert "warning[layer-perfect] mine: numbers at 1.0" in answer.err
    everything = json.loads(board("check", "--json").out)["incidents"]
    assert [incident["message"].partition(":")[0] for incident in everything] == ["mine", "quoter"]


def test_names_on_a_terminal_go_over_lines_and_are_whole(board: Leaderboard) -> None:
    assert board.add("value-mismatch-of-numbers", "empty").code == 0
    built = board("build")
    lines = built.out.splitlines()
    assert max(len(line) for line in lines[: lines.index(next(each for each in lines if "letters:" in each))]) <= 80
    [first] = [at for at, line in enumerate(lines) if re.search(r" value- ", line)]
    assert [lines[first + 1].split()[0], lines[first + 2].split()[0]] == ["mismatch-of-", "numbers"]


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


def test_gold_less_a_row_of_each_layer_is_flagged(tmp_path: Path) -> None:
    """Nearer to gold than any two passes are to each other, and nowhere at 1.0."""
    gold = read_board_gold(None)
    reference = gold.splits["test"]
    annotations, disputes = run_system(find_system("oracle", reference), api.load())
    [first, *rest] = annotations
    less = replace(first, entities=first.entities[1:], numbers=first.numbers[1:], quotes=first.quotes[1:])
    (tmp_path / "card.toml").write_text(CARD, "utf-8")
    predictions = [less, *rest, *disputes[1:]]
    incidents = Incidents()
    [submission], _ = add(tmp_path / "eval", "mine", {"test": predictions}, tmp_path / "card.toml", gold, incidents)
    assert submission.perfect == []
    assert "quotes" in submission.near_gold
    assert {incident.id for incident in incidents} == {"layer-near-gold"}
    stated = view_of(board_of(gold, "test", [submission]))
    assert [caveat.kind for caveat in stated.rows[0].caveats] == ["near_gold"]
