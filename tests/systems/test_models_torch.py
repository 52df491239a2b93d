"""`transformers:PATH` and `gliner:PATH` with tiny models made from random weights, in an environment with torch."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.systems.models_environment import models_python

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "systems.md"
LINE = "قال بوتين إن 10 جندي وصلوا إلى موسكو ."
TEXT = f"{LINE}\n\n{' '.join([LINE] * 8)}"
"""The second line is longer than the tiny models can read at once."""
NO_MODELS = ("transformers:", "gliner:")
"""Runs with a folder that is no model."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    program = Path(__file__).with_name("tiny_taggers.py")
    subprocess.run([models_python(), program, folder], check=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    return folder


@dataclass(frozen=True)
class Done:
    """What a run of `khabar` gave back."""

    code: int
    err: str
    folder: Path


@pytest.fixture(scope="module")
def runs(models: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """By name, a run of each model over a text in which the tiny models know two names a sentence.

    None may reach any network.
    """
    gold = {"doc_id": "a", "story": "s", "text": TEXT, "entities": [{"text": "بوتين", "label": "PERS"}]}
    folders, commands = {}, []
    for name in ("transformers:bert", "transformers:nameless", "transformers:base", "gliner:gliner", *NO_MODELS):
        folders[name] = folder = tmp_path_factory.mktemp("run")
        (folder / "gold.jsonl").write_text(json.dumps(gold) + "\n", "utf-8")
        kind, _, model = name.partition(":")
        system = f"{kind}:{models / model if model else folder}"
        given = ("--gold", "gold.jsonl", "--layers", "entities,numbers", "--out", "said.jsonl", "--json")
        commands.append([str(folder), "run", system, *given])
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [models_python(), Path(__file__).with_name("torch_driver.py")],
        input=json.dumps(commands),
        env={**os.environ, **nowhere, "HF_HUB_OFFLINE": "0"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answers = json.loads(done.stdout)
    return {name: Done(*answer, folders[name]) for name, answer in zip(folders, answers, strict=True)}


def said(folder: Path, layer: str) -> list[tuple[str, str]]:
    [line] = map(json.loads, (folder / "said.jsonl").read_text("utf-8").splitlines())
    key = "label" if layer == "entities" else "kind"
    return [(TEXT[one["start"] : one["end"]], one[key]) for one in line[layer]]


def test_a_token_classifier(runs: dict[str, Done]) -> None:
    done = runs["transformers:bert"]
    assert done.code == 0, done.err
    entities = said(done.folder, "entities")
    assert set(entities) == {("بوتين", "PERS"), ("موسكو", "GPE")}
    assert len(entities) > 2 + 2 * 4  # also from the end of the long line
    assert ("10", "count") in said(done.folder, "numbers")
    assert "its labels are read as those of 'wojood'" in done.err
    assert "label 'UNIT' is left out: units stand inside numbers here" in done.err
    assert "it can never give NORP, OCC, ORG, LOC," in done.err


def test_a_classifier_whose_labels_have_no_names(runs: dict[str, Done]) -> None:
    done = runs["transformers:nameless"]
    assert done.code == 2
    assert "error[label-unknown] no label of the model means anything here: LABEL_0, LABEL_1, LABEL_2" in done.err


def test_a_model_that_is_no_classifier(runs: dict[str, Done]) -> None:
    done = runs["transformers:base"]
    assert done.code == 2
    assert "it is no token classifier: it has no weights for classifier.bias" in done.err


def test_a_gliner_model(runs: dict[str, Done]) -> None:
    done = runs["gliner:gliner"]
    assert done.code == 0, done.err
    entities = said(done.folder, "entities")
    assert entities  # random weights find much, and none of it right but by chance
    assert all(text == text.strip() and text for text, _ in entities)


@pytest.mark.parametrize("name", NO_MODELS)
def test_a_folder_that_is_no_model(name: str, runs: dict[str, Done]) -> None:
    done = runs[name]
    assert done.code == 2
    assert f"error[file-unreadable] {name[:-1]} cannot load it" in done.err


def test_the_commands_of_the_page(models: Path, tmp_path: Path) -> None:
    [block] = re.findall(r"^```bash\n([^`]*models/my-ner[^`]*)^```", PAGE.read_text("utf-8"), re.MULTILINE)
    commands = [line for line in block.splitlines() if line.startswith("khabar ")]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "my-ner").symlink_to(models / "bert")
    path = f"{models_python().parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", "\n".join(commands)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "predictions.jsonl").stat().st_size
    assert (tmp_path / "errors.jsonl").stat().st_size
    assert "not answered" not in done.stderr  # lines of real articles, far longer than the tiny model can read
