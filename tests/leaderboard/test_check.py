"""Checking as a hostile contributor tries it: each is refused with its reason, and nothing of it is run or followed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaderboard.conftest import Leaderboard, khabar

Edit = Callable[[Path, str, str], None]


def test_a_sound_board(board: Leaderboard) -> None:
    assert board.check() == []
    answer = board("check")
    assert (answer.code, answer.err) == (0, "")
    assert "corpus 0.1.0, split test: 3 submission(s), as re-scored" in answer.out
    assert json.loads(board("check", "--json").out)["valid"]


def test_building_again_changes_nothing(board: Leaderboard) -> None:
    before = {path: path.read_bytes() for path in board.root.rglob("*") if path.is_file()}
    assert board("build").code == 0
    assert {path: path.read_bytes() for path in board.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("old", "new", "id"),
    [
        ('"overall": 0.0', '"overall": 0.9', "result-impossible"),
        ('"system": "empty"', '"system": "rules"', "result-other-corpus"),
        ('"headline": {', '"headline": {"speed": 1.0,', "result-impossible"),
        ('"set_aside": {\n      "entities": 0', '"set_aside": {\n      "entities": 4', "result-drift"),
        ("resamples:1000", "resamples:10", "result-drift"),
        ('"canary"', '"note": "x", "canary"', "value-wrong"),
        ('"predictions": "', '"predictions": "0', "result-drift"),
    ],
)
def test_forged_results(board: Leaderboard, edit: Edit, old: str, new: str, id: str) -> None:
    edit(board.of_test("empty") / "result.json", old, new)
    assert set(board.ids) == {id}
    assert board("check").code == 1


@pytest.mark.parametrize(
    ("name", "old", "forged", "id"),
    [
        (
            "result",
            '  "score": {',
            '  "score": {"headline": {"overall": 1.0}, "intervals": {}, "layers": {}, "set_aside": {}, "ungrounded": {}, "signature": ""},',
            "result-drift",
        ),
        ("result", '    "headline": {', '    "headline": {"overall": 1.0},', "result-drift"),
        ("board", '  "systems": [', '  "systems": [],', "board-stale"),
        ("board", '  "corpus": {', '  "note": "overall 1.0",', "board-stale"),
    ],
)
def test_a_value_before_the_true_one(board: Leaderboard, edit: Edit, name: str, old: str, forged: str, id: str) -> None:
    """Readers of JSON differ in which of two equal keys they take; whatever nobody reads is a place to write in."""
    folder = board.of_test() if name == "result" else board.board_file.parent
    edit(folder / f"{name}.json", old, f"{forged}\n{old}")
    assert board.ids == [id]


def test_a_forgery_that_is_sound_in_itself(board: Leaderboard) -> None:
    """The whole result of a better system: possible in itself, and still not what these predictions score."""
    better = (board.of_test("rules") / "result.json").read_text("utf-8")
    (board.of_test("empty") / "result.json").write_text(better.replace('"rules"', '"empty"'), "utf-8")
    assert set(board.ids) == {"result-drift"}


def test_a_result_by_another_version_of_khabar_holds_while_its_figures_do(board: Leaderboard, edit: Edit) -> None:
    import khabar as package

    edit(board.of_test() / "result.json", f"khabar|version:{package.__version__}", "khabar|version:0.0.9")
    assert board.ids == []


def test_changed_predictions(board: Leaderboard) -> None:
    shutil.copy(board.of_test("empty") / "predictions.jsonl", board.of_test("rules") / "predictions.jsonl")
    assert "result-drift" in board.ids


def test_a_swapped_corpus(board: Leaderboard, tmp_path: Path) -> None:
    """Easier gold under the same version number has another hash."""
    gold = tmp_path / "gold"
    shared = Path(__file__).parents[1] / "incidents" / "shared"
    shutil.copytree(shared / "gold", gold)
    rows = (gold / "rows.jsonl").read_text("utf-8").splitlines(keepends=True)
    kept = [row for row in rows if json.loads(row)["layer"] != "numbers"]
    (gold / "rows.jsonl").write_text("".join(kept), "utf-8")
    built = khabar("corpus", "build", "--seeds", shared / "seeds", "--gold", gold, "--out", tmp_path / "corpus")
    assert built.code == 0, built
    assert set(Leaderboard(board.root, tmp_path / "corpus").ids) == {"result-other-corpus"}


def test_symbolic_links_are_not_followed(board: Leaderboard, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "card.toml").write_text("name = 'secret'\n", "utf-8")
    for at, (path, target) in enumerate(
        (
            (board.of_test() / "predictions.jsonl", board.of_test("empty") / "predictions.jsonl"),
            (board.folder("counter") / "card.toml", secret / "card.toml"),
            (board.root / "submissions" / "linked", secret),
            (board.root / "submissions" / "empty" / "0.0.1", secret),
            (board.root / "board" / "0.0.1", Path("/")),
            (board.root / "board" / "0.1.0" / "frozen.json", Path("nowhere")),
        )
    ):
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        assert board.ids.count("path-unsafe") == at + 1, path
    assert "secret" not in " ".join(incident.message for incident in board.check())


def test_a_linked_folder_of_submissions(board: Leaderboard, tmp_path: Path) -> None:
    (board.root / "submissions").rename(tmp_path / "elsewhere")
    (board.root / "submissions").symlink_to(tmp_path / "elsewhere")
    assert "path-unsafe" in board.ids


def test_a_linked_eval_folder(board: Leaderboard) -> None:
    """A proposed eval folder that is a link to the present one would be scored in its place."""
    board.root.rename(board.root.with_name("present"))
    board.root.symlink_to(board.root.with_name("present"))
    assert "path-unsafe" in board.ids


def test_what_is_no_regular_file(board: Leaderboard) -> None:
    path = board.of_test() / "predictions.jsonl"
    path.unlink()
    os.mkfifo(path)
    assert board.ids == ["path-unsafe"]


@pytest.mark.parametrize("name", ["card.toml", "predictions.jsonl", "result.json"])
def test_two_gigabytes_are_refused_unread(board: Leaderboard, name: str) -> None:
    os.truncate(board.folder() / name if name == "card.toml" else board.of_test() / name, 2 << 30)
    [incident] = board.check()
    assert incident.id == "file-too-large"
    assert "2,147,483,648 bytes" in incident.message
    assert "not read" in incident.message


@pytest.mark.parametrize(
    "name", ["run.py", ".hidden", "CARD.TOML", "predictions.jsonl.gz", "\u202etxt.exe", "README.md"]
)
def test_unknown_files(board: Leaderboard, name: str) -> None:
    (board.folder() / name).write_text("import os\n", "utf-8")
    assert board.ids == ["file-unlisted"]


@pytest.mark.parametrize("name", ["Rules", "rules\u200b", "..rules", "rules.", "re\u0301gles", "con"])
def test_names_of_folders(board: Leaderboard, name: str) -> None:
    """A name that is another's but for case, or for what does not show, is none."""
    shutil.copytree(board.folder().parent, board.root / "submissions" / name)
    assert board.ids == ["path-unsafe"]
    assert all(str(incident).isascii() for incident in board.check())


@pytest.mark.parametrize("version", ["v1", "00.1.0", "0.1", "latest", "0.1.0 "])
def test_names_of_versions(board: Leaderboard, version: str) -> None:
    shutil.copytree(board.folder(), board.folder().with_name(version))
    assert board.ids == ["path-unsafe"]


def test_boards_cannot_be_typed(board: Leaderboard, edit: Edit) -> None:
    folder = board.root / "board" / "0.1.0"
    for name, old, new in (("README.md", "| 1 |", "| 2 |"), ("test/board.json", '"alpha": 0.05', '"alpha": 0.5')):
        edit(folder / name, old, new)
        assert board.ids == ["board-stale"]
        assert board("build").code == 0
        assert board.ids == []
    board.board_file.write_text("[" * 100_000, "utf-8")
    assert board.ids == ["board-stale"]
    (folder / "extra.html").write_text("<script>", "utf-8")
    assert "file-unlisted" in board.ids


def test_a_submission_taken_away_is_missed(board: Leaderboard) -> None:
    shutil.rmtree(board.folder("empty"))
    assert board.ids == ["board-stale"]


def test_gold_smuggled_in_by_hand(board: Leaderboard, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    assert khabar("run", "oracle", "--gold", board.corpus, "--out", gold).code == 0
    shutil.copy(gold, board.of_test() / "predictions.jsonl")
    assert "gold-submitted" in board.ids


def test_no_folder_is_bad_input(board: Leaderboard) -> None:
    assert khabar("leaderboard", "check", "--eval", board.root / "none", "--gold", board.corpus).ids == ["file-missing"]


def test_what_a_killed_writer_left_goes_with_the_next_one(board: Leaderboard) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for command in (("build",), ("add", "rules", "--run", "rules")):
        (board.of_test() / f".result.json.{ended.pid}.part").write_bytes(b"{")
        assert board.ids == ["file-unlisted"]
        assert board(*command).code == 0
        assert board.ids == []
