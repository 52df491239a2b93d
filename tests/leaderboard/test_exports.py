"""Results for other places, held against those places' own readers and schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

from tests.leaderboard.conftest import Leaderboard

SCHEMA = json.loads((Path(__file__).parent / "peers" / "every_eval_ever-0.3.0.schema.json").read_text("utf-8"))
TASKS = ["test_overall", "test_entities", "test_numbers", "test_quotes", "test_conflicts"]


@pytest.fixture
def exports(board: Leaderboard, tmp_path: Path) -> Path:
    built = board("build", "--exports", tmp_path / "out", "--dataset", "owner/khabar")
    assert built.code == 0, built
    return tmp_path / "out"


def test_eval_results_are_read_by_hugging_face(exports: Path, board: Leaderboard) -> None:
    entries = parse_eval_result_entries(yaml.safe_load((exports / "eval_results" / "rules.yaml").read_text("utf-8")))
    headline = json.loads((board.of_test() / "result.json").read_text("utf-8"))["score"]["headline"]
    assert {entry.task_id: entry.value for entry in entries} == {f"test_{name}": headline[name] for name in headline}
    assert {entry.dataset_id for entry in entries} == {"owner/khabar"}
    assert all("khabar|version:" in (entry.notes or "") for entry in entries)


def test_the_benchmark_names_the_same_tasks(exports: Path, corpus: Path) -> None:
    benchmark = yaml.safe_load((exports / "eval.yaml").read_text("utf-8"))
    assert [task["id"] for task in benchmark["tasks"]] == TASKS
    for task in benchmark["tasks"]:
        assert (corpus / task["config"] / f"{task['split']}.parquet").is_file(), task


def test_undefined_figures_have_no_entry(exports: Path) -> None:
    entries = yaml.safe_load((exports / "eval_results" / "counter.yaml").read_text("utf-8"))
    assert [entry["dataset"]["task_id"] for entry in entries] == ["test_numbers"]


def test_records_of_every_eval_ever(exports: Path) -> None:
    files = sorted((exports / "every_eval_ever" / "data" / "khabar" / "khabar").glob("*/*.json"))
    assert [path.parent.name for path in files] == ["counter", "empty", "rules"]
    uuid4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    for path in files:
        record = json.loads(path.read_text("utf-8"))
        jsonschema.Draft7Validator(SCHEMA).validate(record)
        assert record["schema_version"] == SCHEMA["version"]
        assert uuid4.fullmatch(path.stem)


def test_exports_are_the_same_bytes_every_time(exports: Path, board: Leaderboard, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert board("build", "--exports", again, "--dataset", "owner/khabar").code == 0
    assert {path.relative_to(exports): path.read_bytes() for path in exports.rglob("*.*")} == {
        path.relative_to(again): path.read_bytes() for path in again.rglob("*.*")
    }


@pytest.mark.parametrize("name", ["khabar", "a/b/c", "../x", "owner/", "https://huggingface.co/datasets/o/n"])
def test_names_of_datasets(board: Leaderboard, tmp_path: Path, name: str) -> None:
    assert board("build", "--exports", tmp_path / "out", "--dataset", name).ids == ["option-wrong"]
    assert not (tmp_path / "out").exists()


def test_both_options_or_none(board: Leaderboard, tmp_path: Path) -> None:
    assert board("build", "--exports", tmp_path / "out").code == 2
    assert board("build", "--dataset", "owner/khabar").code == 2
