"""Closed boards: a new version of the corpus closes the old board, which nobody changes any more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.leaderboard.conftest import SHARED, Leaderboard, khabar


@pytest.fixture(scope="session")
def next_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same gold, called 1.0.0."""
    folder = tmp_path_factory.mktemp("next")
    shutil.copytree(SHARED / "gold", folder / "gold")
    (folder / "gold" / "release.json").write_text('{"name": "tiny", "version": "1.0.0", "date": "2026-01-02"}', "utf-8")
    built = khabar(
        "corpus", "build", "--seeds", SHARED / "seeds", "--gold", folder / "gold", "--out", folder / "corpus"
    )
    assert built.code == 0, built
    return folder / "corpus"


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory, made: Path, next_corpus: Path) -> Path:
    """The eval folder after the corpus became 1.0.0, with one system on the new board."""
    root = Path(shutil.copytree(made, tmp_path_factory.mktemp("closed") / "eval"))
    later = Leaderboard(root, next_corpus)
    assert later("check").code == 1, "the old board is not closed yet"
    assert later("add", "rules", "empty").code == 0
    assert later("build").code == 0
    return root


@pytest.fixture
def after(closed: Path, next_corpus: Path, tmp_path: Path) -> Leaderboard:
    return Leaderboard(Path(shutil.copytree(closed, tmp_path / "closed" / "eval")), next_corpus)


def test_boards_never_mix(after: Leaderboard) -> None:
    assert after.ids == []
    new = json.loads((after.root / "board" / "1.0.0" / "test" / "board.json").read_text("utf-8"))
    assert [entry["system"] for entry in new["systems"]] == ["rules", "empty"]
    assert len(after.board["systems"]) == 3  # type: ignore[arg-type]
    frozen = json.loads((after.root / "board" / "0.1.0" / "frozen.json").read_text("utf-8"))
    assert len(frozen["files"]) == 2 + 3 * 3
    assert "closed board 0.1.0: unchanged" in after("check").out


@pytest.mark.parametrize(
    "name",
    [
        "board/0.1.0/README.md",
        "board/0.1.0/test/board.json",
        "submissions/rules/0.1.0/test/result.json",
        "submissions/rules/0.1.0/card.toml",
    ],
)
def test_nothing_of_it_changes(after: Leaderboard, name: str) -> None:
    path = after.root / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert set(after.ids) == {"submission-closed"}
    assert after("build").code == 0
    assert set(after.ids) == {"submission-closed"}, "building again does not close it anew"
    path.unlink()
    assert set(after.ids) == {"submission-closed"}


def test_nothing_is_added_to_it(after: Leaderboard, corpus: Path) -> None:
    board = Leaderboard(after.root, corpus)
    shutil.copytree(after.folder("empty"), after.folder("late"))
    assert set(after.ids) == {"submission-closed"}
    refused = board.add("later", "empty")  # on the corpus of the closed board
    assert refused.ids == ["submission-closed"]
    assert "submission-closed" in board("build").ids


def test_what_never_stood_on_it_is_not_closed_in(board: Leaderboard, next_corpus: Path) -> None:
    """Figures somebody added to a board that was never built with them, and now cannot be scored again."""
    assert board.add("late", "empty").code == 0
    later = Leaderboard(board.root, next_corpus)
    refused = later("build")
    assert [(each.id, each.file) for each in refused.refused] == [("submission-closed", str(board.folder("late")))]
    assert not (board.root / "board" / "0.1.0" / "frozen.json").exists()
    assert later("add", "late", "--run", "empty").code == 0, "its card serves for the present board"
    shutil.rmtree(board.folder("late"))
    assert later("build").code == 0
    assert later.ids == []


def test_without_a_board_nothing_is_closed_in(board: Leaderboard, next_corpus: Path) -> None:
    (board.board_file).write_text("[[[", "utf-8")
    assert Leaderboard(board.root, next_corpus)("build").ids == ["submission-closed"] * 3


def test_hashes_made_to_fit_are_seen_against_the_base(after: Leaderboard, tmp_path: Path) -> None:
    """Whoever changes a closed board together with its hashes is caught by what stood there before."""
    shutil.copytree(after.root, tmp_path / "base")
    (after.root / "board" / "0.1.0" / "README.md").write_text("# I win\n", "utf-8")
    (after.root / "board" / "0.1.0" / "frozen.json").unlink()
    assert after("build").code == 0
    assert after.ids == [], "in itself it is sound"
    assert {each.id for each in after.check(base=tmp_path / "base")} == {"submission-closed"}
    assert after("check", "--base", tmp_path / "base").code == 1


def test_a_board_that_never_was(board: Leaderboard, tmp_path: Path) -> None:
    """A closed board that is invented whole holds together in itself. The base knows of none."""
    shutil.copytree(board.root, tmp_path / "base")
    shutil.copytree(board.root / "board" / "0.1.0", board.root / "board" / "9.0.0")
    assert board("build").code == 0
    assert board.ids == []
    assert {each.id for each in board.check(base=tmp_path / "base")} == {"submission-closed"}


def test_closing_is_no_change(after: Leaderboard, made: Path) -> None:
    """The change that brings the next version closes the old board as it stood."""
    assert after.check(base=made) == []


def test_a_closed_board_does_not_go_away(after: Leaderboard, tmp_path: Path) -> None:
    shutil.copytree(after.root, tmp_path / "base")
    shutil.rmtree(after.root / "board" / "0.1.0")
    for folder in (after.root / "submissions").glob("*/0.1.0"):
        shutil.rmtree(folder)
    assert [each.id for each in after.check(base=tmp_path / "base")] == ["submission-closed"]


def test_a_broken_list_of_hashes(after: Leaderboard) -> None:
    (after.root / "board" / "0.1.0" / "frozen.json").write_text(
        '{"corpus": "0.1.0", "files": {"../../etc": "x"}}', "utf-8"
    )
    assert set(after.ids) == {"submission-closed"}
    (after.root / "board" / "0.1.0" / "frozen.json").write_text("[[[", "utf-8")
    assert after.ids == ["submission-closed"]
