"""`transformers:PATH` and `gliner:PATH` with tiny models made from random weights, in an environment with torch."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.systems.models_environment import models_python

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("torch")]

PAGE = Path(__file__).parents[2] / "docs" / "systems.md"
LINE = "قال بوتين إن 10 جندي وصلوا إلى موسكو ."
TEXT = f"{LINE}\n\n{' '.join([LINE] * 8)}"
"""The second line is longer than the tiny models can read at once."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    program = Path(__file__).with_name("tiny_taggers.py")
    subprocess.run([models_python(), program, folder], check=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
    return folder


def run(system: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a system over a text in which the tiny models know two names a sentence; it may not reach any network."""
    gold = {"doc_id": "a", "story": "s", "text": TEXT, "entities": [{"text": "بوتين", "label": "PERS"}]}
    (folder / "gold.jsonl").write_text(json.dumps(gold) + "\n", "utf-8")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    command = [models_python(), "-m", "khabar", "run", system, "--gold", "gold.jsonl", "--out", "said.jsonl", "--json"]
    done = subprocess.run(
        [*command, "--layers", "entities,numbers"],
        cwd=folder,
        env={**os.environ, **nowhere, "HF_HUB_OFFLINE": "0"},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def said(folder: Path, layer: str) -> list[tuple[str, str]]:
    [line] = map(json.loads, (folder / "said.jsonl").read_text("utf-8").splitlines())
    key = "label" if layer == "entities" else "kind"
    return [(TEXT[one["start"] : one["end"]], one[key]) for one in line[layer]]


def test_a_token_classifier(models: Path, tmp_path: Path) -> None:
    done = run(f"transformers:{models / 'bert'}", tmp_path)
    assert done.returncode == 0, done.stderr
    entities = said(tmp_path, "entities")
    assert set(entities) == {("بوتين", "PERS"), ("موسكو", "GPE")}
    assert len(entities) > 2 + 2 * 4  # also from the end of the long line
    assert ("10", "count") in said(tmp_path, "numbers")
    assert "its labels are read as those of 'wojood'" in done.stderr
    assert "label 'UNIT' is left out: units stand inside numbers here" in done.stderr
    assert "it can never give NORP, OCC, ORG, LOC," in done.stderr


def test_a_classifier_whose_labels_have_no_names(models: Path, tmp_path: Path) -> None:
    done = run(f"transformers:{models / 'nameless'}", tmp_path)
    assert done.returncode == 2
    assert "error[label-unknown] no label of the model means anything here: LABEL_0, LABEL_1, LABEL_2" in done.stderr


def test_a_model_that_is_no_classifier(models: Path, tmp_path: Path) -> None:
    done = run(f"transformers:{models / 'base'}", tmp_path)
    assert done.returncode == 2
    assert "it is no token classifier: it has no weights for classifier.bias" in done.stderr


def test_a_gliner_model(models: Path, tmp_path: Path) -> None:
    done = run(f"gliner:{models / 'gliner'}", tmp_path)
    assert done.returncode == 0, done.stderr
    entities = said(tmp_path, "entities")
    assert entities  # random weights find much, and none of it right but by chance
    assert all(text == text.strip() and text for text, _ in entities)


@pytest.mark.parametrize("kind", ["transformers", "gliner"])
def test_a_folder_that_is_no_model(kind: str, models: Path, tmp_path: Path) -> None:
    done = run(f"{kind}:{tmp_path}", tmp_path)
    assert done.returncode == 2
    assert f"error[file-unreadable] {kind} cannot load it" in done.stderr


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
