"""The Python interface as somebody meets it at a prompt or in a notebook."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import khabar
from khabar.scoring.result import Score

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def score() -> Score:
    return khabar.run("empty", gold=ROOT / "corpus")


def test_a_score_is_a_line_a_mapping_and_a_table(score: Score) -> None:
    assert repr(score).startswith("<Score entities 0.000 [0.000, 0.000], numbers 0.000 [0.000, 0.000], ")
    assert str(score.signature) in repr(score)
    assert score["entities"]["f1"].value == float(score["entities"]["f1"]) == 0
    assert str(score["entities"]["precision"]) == "–"
    assert math.isnan(float(score["entities"]["precision"]))
    frame = score.to_frame()
    assert list(frame.columns) == ["layer", "figure", "value", "low", "high"]
    assert len(frame) == sum(map(len, score.layers.values()))
    assert frame.set_index(["layer", "figure"]).loc[("entities", "f1"), "value"] == 0
    assert "<th>quotes</th><td>0.000 [0.000, 0.000]</td>" in score._repr_html_()


def test_layers_that_were_left_out_are_not_in_the_line() -> None:
    score = khabar.run("empty", gold=ROOT / "corpus", layers=["numbers"])
    assert "entities" not in repr(score).split(";")[0]
    assert "overall" not in repr(score).split(";")[0]
    with pytest.raises(KeyError):
        score["entities"]


def test_a_difference_is_a_line() -> None:
    lines = [{"doc_id": document.doc_id} for document in khabar.load(ROOT / "corpus")]
    compared = khabar.compare(lines, lines, gold=ROOT / "corpus")
    assert str(compared["entities"]) == "+0.000 [+0.000, +0.000], p = 1.0000, not shown"
    assert repr(compared).splitlines()[0] == f"entities   {compared['entities']}"
    assert "<th>entities</th><td>0.000</td><td>0.000</td>" in compared._repr_html_()


def test_gold_is_a_dataset_wherever_khabar_is_installed() -> None:
    """The released corpus without its path, as `load_dataset` gives it."""
    quotes = khabar.dataset("quotes", split="test")
    assert quotes.column_names[:2] == ["id", "doc_id"]
    assert khabar.dataset().num_rows == len(khabar.load())


@pytest.mark.parametrize(
    ("config", "split", "says"), [("quote", "test", "no config 'quote'"), ("quotes", "tests", "no split 'tests'")]
)
def test_what_is_no_dataset(config: str, split: str, says: str) -> None:
    with pytest.raises(khabar.InputError, match=says):
        khabar.dataset(config, split=split, source=ROOT / "corpus")


def test_what_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(khabar.InputError, match="not a khabar corpus"):
        khabar.dataset(source=tmp_path)
