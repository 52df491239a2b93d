"""The Python interface as somebody meets it at a prompt or in a notebook."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

import khabar
from khabar.corpus.gold import read_rows
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


def test_documents_come_with_their_gold() -> None:
    """A list of documents, and the rows of each config as `read_rows` gives them."""
    loaded = khabar.load(ROOT / "corpus")
    assert [document.doc_id for document in loaded] == sorted(document.doc_id for document in loaded)
    assert loaded.gold == read_rows(ROOT / "corpus")
    first = next(row for row in loaded.gold["entities"] if row.doc_id == loaded[0].doc_id)
    assert loaded[0].text[first.start : first.end] == first.text
    assert re.fullmatch(r"<LoadedSplit of 5 documents; gold: \d+ entities, .*>", repr(loaded))


def test_gold_in_the_prediction_format_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(json.dumps({"doc_id": "a", "text": "قال بوتين"}) + "\n", "utf-8")
    loaded = khabar.load(tmp_path / "gold.jsonl")
    assert (len(loaded), loaded.gold) == (1, {})


def test_work_is_logged_by_the_standard_module(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", "khabar"):
        khabar.run("empty", gold=ROOT / "corpus", layers=["numbers"])
    said = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "khabar"]
    assert said[:2] == [("INFO", "annotating (0 of 5)"), ("DEBUG", "annotating (1 of 5)")]
    assert ("INFO", "resampling") in said


def test_dir_lists_the_interface() -> None:
    assert dir(khabar) == sorted(khabar.__all__)
    assert all(getattr(khabar, name) is not None for name in dir(khabar))
