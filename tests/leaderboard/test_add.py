"""Adding a submission: from a run or a file, under a card, comfortably; and what is refused, all at once."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from khabar.reading.files import sha256
from tests.leaderboard.conftest import CARD, Leaderboard, khabar


def test_a_submission_is_card_predictions_and_result(board: Leaderboard) -> None:
    assert sorted(path.name for path in board.folder().iterdir()) == ["card.toml", "test"]
    folder = board.of_test()
    assert sorted(path.name for path in folder.iterdir()) == ["predictions.jsonl", "result.json"]
    result = json.loads((folder / "result.json").read_text("utf-8"))
    scored = json.loads(khabar("score", folder / "predictions.jsonl", "--gold", board.corpus, "--json").out)
    assert result["score"] == scored
    assert result["predictions"] == sha256((folder / "predictions.jsonl").read_bytes())
    assert (result["system"], result["corpus"], result["split"]) == ("rules", "0.1.0", "test")


def test_from_a_file_of_predictions(board: Leaderboard, tmp_path: Path) -> None:
    file, card = tmp_path / "mine.jsonl", tmp_path / "card.toml"
    assert khabar("run", "rules", "--gold", board.corpus, "--out", file).code == 0
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(reversed(lines)), "utf-8")
    card.write_text(CARD, "utf-8")
    added = board("add", "mine", "--from", file, "--card", card, "--json")
    assert added.code == 0, added
    assert (
        board.of_test("mine").joinpath("predictions.jsonl").read_bytes()
        == board.of_test().joinpath("predictions.jsonl").read_bytes()
    ), "the order of lines is nothing a submission has of its own"


def test_the_card_of_the_last_submission_serves_again(board: Leaderboard) -> None:
    """So that after a new version of the corpus one command brings the embedded systems onto its board."""
    for system in ("rules", "empty"):
        board.folder(system).rename(board.folder(system).with_name("0.0.9"))
    answer = board("add", "rules", "empty")
    assert answer.code == 0
    assert "every figure: result.json" in answer.out + answer.err
    assert board.folder().joinpath("card.toml").is_file()
    assert board.of_test("empty").joinpath("result.json").is_file()


def test_all_problems_of_card_and_predictions_at_once(board: Leaderboard, tmp_path: Path) -> None:
    card, file = tmp_path / "card.toml", tmp_path / "mine.jsonl"
    card.write_text('name = "Mine"\nkind = "magic"\nurl = "http://x"\n', "utf-8")
    file.write_text('{"doc_id": "001_moscow", "entities": [{"start": 9, "end": 5, "label": "PERS"}]}\n', "utf-8")
    refused = board("add", "mine", "--from", file, "--card", card)
    missing = {"authors", "licence", "parameters", "trained_on", "test_text_seen", "test_gold_seen", "date"}
    messages = [incident.message for incident in refused.refused]
    assert {message.split("'")[1] for message in messages if message.startswith("no key")} == missing
    assert refused.ids.count("value-wrong") == 2
    assert {"span-empty", "document-missing"} <= set(refused.ids)
    assert not board.folder("mine").exists()


@pytest.mark.parametrize(
    "name",
    ["../up", "/etc/cron", "Mine", "a b", "", ".", "..", "con", "nul.x", "a" * 65, "ru\u202eles", "нет", "a--b", "-a"],
)
def test_names_that_lead_elsewhere(board: Leaderboard, name: str) -> None:
    before = sorted(board.root.parent.rglob("*"))
    refused = board("add", "--run", "empty", "--", name)
    assert refused.ids == ["path-unsafe"]
    assert sorted(board.root.parent.rglob("*")) == before


def test_another_submission_is_replaced_only_when_asked(board: Leaderboard) -> None:
    card = board.folder() / "card.toml"
    assert board.add("rules", "empty").ids == ["submission-exists"]
    assert board("add", "rules", "--run", "rules", "--card", card).code == 0, "the same again is no other"
    assert board("add", "rules", "--run", "empty", "--card", card, "--replace").code == 0


def test_gold_stands_on_no_board(board: Leaderboard) -> None:
    assert board.add("oracle", "empty").ids == ["gold-submitted"]
    assert board.add("mine", "empty", shown="O R A C L E").ids == ["gold-submitted"]
    assert board.add("mine", "empty", shown="0rac1e").ids == ["gold-submitted"]
    assert board.add("mine", "oracle").ids == ["gold-submitted"]


@pytest.mark.parametrize("shown", ["Rules", "R.U.L.E.S", "ｒｕｌｅｓ", "rules ", "ruIes", "ru1es"])
def test_nobody_takes_another_ones_name(board: Leaderboard, shown: str) -> None:
    assert board.add("mine", "empty", shown=shown).ids == ["name-taken"]


def test_gold_without_a_version_has_no_board(board: Leaderboard) -> None:
    refused = khabar("leaderboard", "build", "--eval", board.root, "--gold", SHARED_GOLD)
    assert refused.ids == ["option-wrong"]


@pytest.mark.parametrize(
    "args",
    [
        ["rules", "empty", "--run", "rules"],
        ["mine", "--from", "x.jsonl", "--run", "rules"],
        [],
    ],
)
def test_usage(board: Leaderboard, args: list[str]) -> None:
    assert board("add", *args).code == 2


SHARED_GOLD = Path(__file__).parents[1] / "incidents" / "shared" / "gold.jsonl"


@pytest.fixture
def forgetful(tmp_path: Path) -> str:
    """A program that answers for the first document only."""
    path = tmp_path / "forgetful.py"
    path.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    print(json.dumps({'doc_id': json.loads(line)['doc_id'], 'entities': []}), flush=True)\n"
        "    break\n",
        "utf-8",
    )
    return f"cmd:{sys.executable} {path}"


def test_what_a_run_left_unanswered_is_told_and_kept(board: Leaderboard, forgetful: str, tmp_path: Path) -> None:
    """On standard error as `khabar run` tells it, then in the card, on the board, and in the summary."""
    run = khabar("run", forgetful, "--gold", board.corpus)
    added = board.add("forgetful", forgetful, CARD + "unanswered = {test = 9}  # in an earlier run\n")
    assert added.code == 0, added
    told = [line for line in run.err.splitlines() if line.startswith(("not answered", "  "))]
    assert len(told) > 1
    assert set(told) <= set(added.err.splitlines())
    count = len(told) - 1
    card = board.folder("forgetful") / "card.toml"
    assert tomllib.loads(card.read_text("utf-8"))["unanswered"] == {"test": count}
    assert board("build").code == 0
    assert f"forgetful: {count} question" in board.page
    assert board.check() == []

    assert board("add", "forgetful", "--run", "empty", "--replace").code == 0, "a run that answered all, same card"
    assert card.read_text("utf-8") == CARD.replace("My extractor", "forgetful")


def test_with_a_file_the_card_alone_says_what_was_unanswered(board: Leaderboard, tmp_path: Path) -> None:
    file, card = tmp_path / "mine.jsonl", tmp_path / "card.toml"
    assert khabar("run", "empty", "--gold", board.corpus, "--out", file).code == 0
    card.write_text(CARD + "unanswered = {test = 4}\n", "utf-8")
    assert board("add", "mine", "--from", file, "--card", card).code == 0
    assert board.folder("mine").joinpath("card.toml").read_bytes() == card.read_bytes()
