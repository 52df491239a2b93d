"""Evaluation harnesses as people start them, offline, with their own mock models: the figures are khabar's own."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

import khabar
from khabar import harnesses
from tests.harnesses.conftest import ROOT, Answers, counts, scored_as_file

FOLDER = ROOT / "eval" / "harnesses"
INSPECT = "inspect-ai==0.3.285"
"""In an environment of its own: it asks for an older fsspec and an older rich than ours."""


def test_every_answer_has_a_question(answers: Answers) -> None:
    assert set(answers.by_key) == set(harnesses.questions())


def test_the_score_of_answers_is_that_of_their_file(answers: Answers) -> None:
    assert harnesses.score(answers.by_key).to_dict() == answers.scored


def test_the_counts_of_samples_add_up_to_the_official_figures(answers: Answers) -> None:
    """Right, false and missed of each question; their sums are those of the headline, and F1 is the same to the bit."""
    samples = {key: harnesses.counts(key, content) for key, content in answers.by_key.items()}
    for layer, figures in answers.scored["layers"].items():
        mine = [counts for key, counts in samples.items() if key.startswith(f"{layer}/")]
        assert tuple(map(sum, zip(*mine, strict=True))) == tuple(figures["f1"]["counts"].values())
        assert harnesses.f1(mine) == answers.scored["headline"][layer]
    by_layer = [(key.partition("/")[0], counts) for key, counts in samples.items()]
    assert harnesses.overall(by_layer) == answers.scored["headline"]["overall"]


def test_a_sample_is_worth_what_its_answer_is_worth() -> None:
    """Nothing said: everything is missed, in each sample by itself."""
    samples = {key: harnesses.counts(key, "I cannot help with that.") for key in harnesses.questions()}
    assert all(counts.tp == counts.fp == 0 for counts in samples.values())
    assert harnesses.f1(samples.values()) == 0
    assert math.isnan(harnesses.f1([]))


def test_standard_errors_are_clustered_by_story() -> None:
    """Samples of one story move together: two stories, however many samples each, are two draws."""
    good, bad = harnesses.SampleCounts(9, 1, 0), harnesses.SampleCounts(1, 4, 5)
    assert math.isnan(harnesses.stderr([("s", good), ("s", bad)]))
    two = harnesses.stderr([("s", good), ("t", bad)])
    assert two == pytest.approx(math.sqrt(2 * ((18 - 20 / 30 * 19) ** 2 + (2 - 20 / 30 * 11) ** 2)) / 30)
    assert harnesses.stderr([("s", good), ("s", good), ("t", bad), ("t", bad)]) == pytest.approx(two)
    assert harnesses.stderr([("s", good), ("t", good)]) == 0


def test_garbage_says_nothing() -> None:
    garbage = dict.fromkeys(harnesses.questions(), "I cannot help with that.")
    assert harnesses.score(garbage).to_dict() == khabar.run("empty").to_dict()


def test_adapters_are_short_and_hold_no_metric() -> None:
    for file in FOLDER.rglob("*"):
        if file.suffix in (".py", ".yaml"):
            text = file.read_text("utf-8")
            assert text.count("\n") < 60, file
            assert "khabar" in text
            assert not any(word in text for word in ("precision", "recall", "2 *", "tp +")), file


@pytest.mark.slow
def test_evaluate_module(answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import evaluate

    monkeypatch.setattr(evaluate.config, "HF_MODULES_CACHE", str(tmp_path))
    module = evaluate.load(str(FOLDER / "evaluate" / "khabar"), cache_dir=str(tmp_path))
    lines = [json.dumps(_plain(each)) for each in harnesses.predictions(answers.by_key)]
    assert module.compute(predictions=lines) == answers.scored


def _plain(record: Any) -> Any:
    import msgspec

    return msgspec.to_builtins(record)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["dummy", "scripted"])
def test_lm_eval_task(model: str, answers: Answers, tmp_path: Path) -> None:
    """lm-eval's own dummy model answers «lol» to everything; the scripted one what the rules baseline says."""
    import lm_eval
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    class Scripted(LM):
        def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
            return [answers.by_key[request.doc["key"]] for request in requests]

        def loglikelihood(self, requests: list[Any]) -> list[tuple[float, bool]]:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    found = lm_eval.simple_evaluate(
        model=Scripted() if model == "scripted" else model,
        tasks=["khabar"],
        task_manager=TaskManager(include_path=str(FOLDER / "lm_eval")),
    )
    said = {sample["doc"]["key"]: sample["resps"][0][0] for sample in found["samples"]["khabar"]}
    expected = answers.scored if model == "scripted" else khabar.run("empty").to_dict()
    assert counts(scored_as_file(said, tmp_path)) == counts(expected)
    logged = {sample["doc"]["key"]: sample[sample["doc"]["layer"]] for sample in found["samples"]["khabar"]}
    assert {key: tuple(each) for key, each in logged.items()} == {
        key: tuple(harnesses.counts(key, content)) for key, content in said.items()
    }
    figures = {name.partition(",")[0]: value for name, value in found["results"]["khabar"].items()}
    assert {layer: figures[layer] for layer in expected["headline"]} == expected["headline"]


@pytest.fixture(scope="module")
def inspect_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python with Inspect, and behind it everything of this environment."""
    home = tmp_path_factory.mktemp("inspect") / "venv"
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python*/site-packages"))
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (site / "ours.pth").write_text("\n".join([*ours, str(ROOT / "src")]) + "\n")
    python = home / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", INSPECT]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return python


@pytest.mark.slow
def test_inspect_task(inspect_python: Path, answers: Answers, tmp_path: Path) -> None:
    """Inspect's mockllm/model gives the rules baseline's answers."""
    (tmp_path / "answers.json").write_text(json.dumps(answers.by_key), "utf-8")
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "INSPECT_DISPLAY": "none", "HOME": str(tmp_path)}
    command = [inspect_python, Path(__file__).parent / "inspect_driver.py", FOLDER / "inspect" / "khabar_task.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert {name: found["figures"][name] for name in answers.scored["headline"]} == answers.scored["headline"]
    assert found["counts"] == {key: harnesses.counts(key, said)._asdict() for key, said in answers.by_key.items()}
    assert counts(scored_as_file(found["answers"], tmp_path)) == counts(answers.scored)
