"""What a model answers in the harnesses: the rules baseline's predictions, written as a model would write them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from khabar import harnesses
from tests import released
from tests.cli.conftest import run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answers:
    """Answers by the key of their question, and what `khabar score --json` says of the same predictions as a file."""

    by_key: dict[str, str]
    scored: dict[str, Any]


def counts(scored: dict[str, Any]) -> dict[str, Any]:
    """The counts behind every figure."""
    return {
        layer: {name: figure["counts"] for name, figure in figures.items()}
        for layer, figures in scored["layers"].items()
    }


def scored_as_file(answers: dict[str, str], folder: Path) -> dict[str, Any]:
    """Write what answers say as a file of predictions, and let the command line score it."""
    file = folder / "answered.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in harnesses.predictions(answers)))
    answer = run("score", file, "--json", cwd=folder)
    assert answer.code == 0, answer.err
    scored: dict[str, Any] = json.loads(answer.out)
    return scored


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    os.environ["HF_HUB_OFFLINE"] = "1"
    folder = tmp_path_factory.mktemp("answers")
    documents = released.documents()
    annotations, disputes = released.predicted("rules")
    lines = [msgspec.to_builtins(record) for record in (*annotations, *disputes)]
    (folder / "rules.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    by_key = {
        f"{layer}/{line['doc_id']}": f"Here it is:\n```json\n{json.dumps({layer: line.get(layer, [])})}\n```"
        for line in lines
        if "doc_id" in line
        for layer in ("entities", "numbers", "quotes")
    }
    theirs = [{key: value for key, value in line.items() if key != "story"} for line in lines if "sides" in line]
    by_key[f"conflicts/{documents[0].story}"] = json.dumps({"disputes": theirs})
    answer = run("score", folder / "rules.jsonl", "--json", cwd=folder)
    assert answer.code == 0, answer.err
    return Answers(by_key, json.loads(answer.out))
