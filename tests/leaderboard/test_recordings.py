"""A language model on the board: its answers are kept, and everything is made anew from them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from khabar import api
from khabar.reading.files import sha256
from khabar.systems.endpoint.language_model import Recorded
from khabar.systems.endpoint.prompts import Question
from khabar.systems.registry import find_system
from khabar.systems.runner import run_system
from tests.leaderboard.conftest import CARD, Leaderboard
from tests.leaderboard.test_exports import SCHEMA
from tests.leaderboard.test_splits import copies, news, with_news

__all__ = ["copies", "news", "with_news"]  # fixtures
REQUIRED = {
    "schema_version", "evaluation_id", "model_id", "evaluation_name", "sample_id", "interaction_type", "input", "output",
    "answer_attribution", "evaluation",
}  # fmt: skip
"""What Every Eval Ever asks of a line at instance level, with one turn."""


def recorded(board: Leaderboard, path: Path, system: str, tokens: int | None = 100, split: str = "test") -> Path:
    """Write a recording of what an embedded system says, as a model would have said it."""
    documents = api.load(board.corpus, split=split)
    said, disputes = run_system(find_system(system, board.gold.splits[split]), documents)
    answers: list[tuple[Question, dict[str, Any]]] = [
        (Question(layer, (document,)), {layer: msgspec.to_builtins(getattr(record, layer))})
        for document, record in zip(documents, said, strict=True)
        for layer in ("entities", "numbers", "quotes")
    ]
    theirs = [msgspec.to_builtins(dispute) for dispute in disputes]
    story = Question("conflicts", tuple(documents))
    answers.append(
        (story, {"disputes": [{key: value for key, value in each.items() if key != "story"} for each in theirs]})
    )
    lines = [
        Recorded(
            question=question.key,
            prompt=question.digest,
            prompts="en",
            model="m",
            time="2031-01-01T00:00:00+00:00",
            tokens_in=tokens,
            tokens_out=tokens,
            refusal=None,
            answer=json.dumps(answer),
        )
        for question, answer in answers
    ]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return path


@pytest.fixture
def recordings(board: Leaderboard, tmp_path: Path) -> list[Path]:
    """Two runs: one says what the rules say, the other nothing."""
    return [recorded(board, tmp_path / f"{name}.jsonl", name) for name in ("rules", "empty")]


def added(board: Leaderboard, recordings: list[Path]) -> Path:
    card = board.root.parent / "model.toml"
    card.write_text(CARD.replace("My extractor", "A model") + 'cost = "0.42 USD"\n', "utf-8")
    given = [argument for path in recordings for argument in ("--recording", path)]
    answer = board("add", "model", *given, "--card", card)
    assert answer.code == 0, answer
    assert board("build").code == 0
    return board.of_test("model")


def test_predictions_are_made_from_the_first_recording(board: Leaderboard, recordings: list[Path]) -> None:
    folder = added(board, recordings)
    assert sorted(path.name for path in folder.iterdir()) == [
        "predictions.jsonl", "recording-2.jsonl", "recording.jsonl", "result.json",
    ]  # fmt: skip
    assert (folder / "recording.jsonl").read_bytes() == recordings[0].read_bytes()
    rules, mine = (json.loads((board.of_test(name) / "result.json").read_text("utf-8")) for name in ("rules", "model"))
    assert mine["score"]["headline"] == rules["score"]["headline"]
    assert board.ids == []


def test_runs_lie_apart_and_the_board_says_how_far(board: Leaderboard, recordings: list[Path]) -> None:
    headline = json.loads((added(board, recordings) / "result.json").read_text("utf-8"))["score"]["headline"]
    version = board.gold.version
    made = json.loads((board.root / "board" / version / "test" / "board.json").read_text("utf-8"))
    [entry] = [each for each in made["systems"] if each["system"] == "model"]
    assert entry["runs"] == 2
    assert {column: ends[1] for column, ends in entry["spread"].items()} == {
        column: value for column, value in headline.items() if value is not None
    }
    assert all(ends[0] == 0 for ends in entry["spread"].values())
    page = (board.root / "board" / version / "README.md").read_text("utf-8")
    assert f"A model: 2 runs, of which the first is shown; between them overall 0.000–{headline['overall']:.3f}" in page
    shown = re.sub(
        "<.*?>|[\u2068\u2069]", "", (board.root / "site" / "en" / "systems" / "model.html").read_text("utf-8")
    )
    assert "A model, Seeds: 2 runs, of which the first is shown. Between them:" in shown


def test_predictions_that_the_recording_does_not_give(board: Leaderboard, recordings: list[Path]) -> None:
    """CI sees that they were touched up."""
    folder = added(board, recordings)
    lines = (folder / "recording.jsonl").read_text("utf-8").splitlines()
    kept = [line for line in lines if '"question":"numbers/' not in line]
    (folder / "recording.jsonl").write_text("\n".join(kept) + "\n", "utf-8")
    [drift] = [each for each in board.check() if each.level == "error"]
    assert (drift.id, Path(drift.file or "").name) == ("recording-drift", "predictions.jsonl")
    (folder / "recording.jsonl").write_text("{", "utf-8")
    assert "json-not-object" in board.ids


def test_tokens_and_costs_stand_in_the_card_and_the_exports(
    board: Leaderboard, recordings: list[Path], tmp_path: Path
) -> None:
    folder = added(board, recordings)
    questions = len(recordings[0].read_text("utf-8").splitlines())
    card = (folder.parent / "card.toml").read_text("utf-8")
    assert f"tokens = {{test = [{100 * questions}, {100 * questions}]}}" in card
    assert "recordings" not in card, "they are kept beside the predictions"
    assert board("build", "--exports", tmp_path / "out", "--dataset", "owner/khabar").code == 0
    [file] = (tmp_path / "out" / "every_eval_ever" / "data" / "khabar" / "khabar" / "model").glob("*.json")
    record = json.loads(file.read_text("utf-8"))
    jsonschema.Draft7Validator(SCHEMA).validate(record)
    details = record["model_info"]["additional_details"]
    assert (details["tokens_in"], details["cost"]) == (str(100 * questions), "0.42 USD")
    named = record["detailed_evaluation_results"]
    data = (tmp_path / "out" / "every_eval_ever" / named["file_path"]).read_bytes()
    lines = [json.loads(line) for line in data.splitlines()]
    assert (named["checksum"], named["total_rows"], len(lines)) == (sha256(data), len(lines), questions)
    assert all(set(line) >= REQUIRED for line in lines)
    assert {line["evaluation_id"] for line in lines} == {record["evaluation_id"]}
    assert all(line["token_usage"]["total_tokens"] == 200 for line in lines)
    figures = json.loads((folder / "result.json").read_text("utf-8"))["score"]["layers"]
    for layer, named_figures in figures.items():
        mine = [line["metadata"] for line in lines if line["metadata"]["layer"] == layer]
        sums = [sum(int(each[name]) for each in mine) for name in ("tp", "fp", "fn")]
        assert sums == list(named_figures["f1"]["counts"].values())


def test_answers_about_articles_that_are_elsewhere_are_not_kept(news: Leaderboard, tmp_path: Path) -> None:
    """The card has their SHA-256; a recording that is put beside the predictions is refused."""
    card = tmp_path / "model.toml"
    layers = 'layers = ["entities", "numbers", "quotes"]\n'
    card.write_text(CARD.replace("My extractor", "A model") + layers, "utf-8")
    recording = recorded(news, tmp_path / "news.jsonl", "rules", split="news")
    answer = news("add", "model", "--recording", recording, "--split", "news", "--card", card)
    assert answer.code == 0, answer
    folder = news.folder("model")
    assert f'recordings = {{news = "{sha256(recording.read_bytes())}"}}' in (folder / "card.toml").read_text("utf-8")
    assert sorted(path.name for path in (folder / "news").iterdir()) == ["predictions.jsonl", "result.json"]
    assert news("build").code == 0
    assert [each for each in news.check() if each.level == "error"] == []
    (folder / "news" / "recording.jsonl").write_bytes(recording.read_bytes())
    assert [each.id for each in news.check() if each.level == "error"] == ["text-quoted"]


def test_a_new_card_keeps_what_runs_of_other_splits_came_to(news: Leaderboard, tmp_path: Path) -> None:
    """Their predictions stay, and so do their tokens and the SHA-256 of their answers."""
    card = tmp_path / "model.toml"
    layers = 'layers = ["entities", "numbers", "quotes"]\n'
    card.write_text(CARD.replace("My extractor", "A model") + layers, "utf-8")
    recordings = {
        split: recorded(news, tmp_path / f"{split}.jsonl", "rules", split=split) for split in ("news", "test")
    }
    for split, recording in recordings.items():
        answer = news("add", "model", "--recording", recording, "--split", split, "--card", card, "--replace")
        assert answer.code == 0, answer
    kept = tomllib.loads((news.folder("model") / "card.toml").read_text("utf-8"))
    assert kept["recordings"] == {"news": sha256(recordings["news"].read_bytes())}
    assert set(kept["tokens"]) == {"news", "test"}


def test_the_same_again_leaves_the_card_as_it_is(board: Leaderboard, tmp_path: Path) -> None:
    """Wherever the card says what runs of other splits came to."""
    card = tmp_path / "mine.toml"
    card.write_text("tokens = {news = [1, 1]}\n" + CARD, "utf-8")
    assert board("add", "mine", "--run", "rules", "--card", card).code == 0
    again = board("add", "mine", "--run", "rules")
    assert again.code == 0, again
    assert (board.folder("mine") / "card.toml").read_bytes() == card.read_bytes()


def test_tokens_that_were_not_said_are_left_out(board: Leaderboard, tmp_path: Path) -> None:
    folder = added(board, [recorded(board, tmp_path / "silent.jsonl", "rules", tokens=None)])
    assert "tokens" not in (folder.parent / "card.toml").read_text("utf-8")


def test_too_many_runs_and_two_ways_at_once(board: Leaderboard, recordings: list[Path]) -> None:
    four = [argument for path in 2 * recordings for argument in ("--recording", path)]
    assert board("add", "model", *four).ids == ["option-wrong"]
    both = board("add", "model", "--run", "rules", "--recording", recordings[0])
    assert (both.code, "choose one" in both.err) == (2, True)
