"""`spacy:PATH` with a pipeline trained here and now, and what all local models have in common."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training import Example

from khabar.reading.incidents import InputError
from khabar.records import Document
from khabar.systems.journal import Journal
from khabar.systems.models import LabelledSpan, LocalModel, ModelLabels, pieces
from khabar.systems.protocol import Options
from khabar.systems.registry import find_system
from khabar.systems.runner import run_system
from tests.cli.conftest import Khabar


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recogniser with labels of OntoNotes, shown one sentence until it knows it, and a ruler of nested spans."""
    random.seed(0)
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("ar")
    nlp.add_pipe("ner")
    text = "قال بوتين إن 12 جندي وصلوا إلى موسكو."
    spans = [(4, 9, "PERSON"), (13, 15, "CARDINAL"), (31, 36, "GPE")]
    shown = [Example.from_dict(nlp.make_doc(text), {"entities": spans})]
    steps = nlp.initialize(lambda: shown)
    for _ in range(40):
        nlp.update(shown, sgd=steps)
    nlp.add_pipe("span_ruler").add_patterns([{"label": "WORK_OF_ART", "pattern": "جندي"}])
    folder = tmp_path_factory.mktemp("spacy") / "pipeline"
    nlp.to_disk(folder)
    return folder


def test_a_spacy_pipeline_is_scored(pipeline: Path, khabar: Khabar, here: Path) -> None:
    answer = khabar(
        "run", f"spacy:{pipeline}", "--gold", "gold.jsonl", "--layers", "entities", "--out", "o.jsonl", "--json"
    )
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["layers"]["entities"]["recall"]["value"] == 1.0  # each document names Putin
    assert "its labels are read as those of 'ontonotes'" in answer.err
    assert "label 'WORK_OF_ART' is left out: works of art have no label here" in answer.err
    assert "label 'CARDINAL' becomes count: no value, unit or modality" in answer.err
    assert "it can never give NORP, OCC, ORG," in answer.err
    said = [json.loads(line) for line in (here / "o.jsonl").read_text("utf-8").splitlines()]
    assert {one["label"] for line in said for one in line["entities"]} <= {"PERS", "GPE"}
    assert {one["kind"] for line in said for one in line.get("numbers", ())} <= {"count"}


def test_a_pipeline_without_entities_is_none(tmp_path: Path, khabar: Khabar) -> None:
    nlp = spacy.blank("ar")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "cuts")
    answer = khabar("run", f"spacy:{tmp_path / 'cuts'}", "--gold", "gold.jsonl")
    assert answer.code == 2
    assert "error[file-unreadable] spacy cannot load it" in answer.err
    assert "it has sentencizer" in answer.err


@pytest.mark.parametrize(("path", "incident"), [("nowhere", "file-missing"), (".", "file-unreadable")])
def test_a_folder_that_is_no_model(path: str, incident: str, khabar: Khabar) -> None:
    answer = khabar("run", f"spacy:{path}", "--gold", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert f"error[{incident}]" in answer.err


@pytest.mark.parametrize("prefix", ["transformers", "spacy", "gliner"])
def test_a_missing_library_is_named(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, prefix, None)
    with pytest.raises(InputError) as caught:
        find_system(f"{prefix}:folder", None)  # type: ignore[arg-type]
    [incident] = caught.value.incidents
    assert (incident.id, incident.fix) == ("extra-missing", f"pip install 'khabar[{prefix}]'")


class Scripted(LocalModel):
    """A model that is code of this test; its library is one that is here."""

    library = "spacy"
    asked: list[str]

    def _load(self, folder: Path) -> Iterable[str]:
        self.asked = []
        return ["PER", "LOC", "MISC"]

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        self.asked.append(text)
        if " 11 " in text:
            raise IndexError("index out of range in self")
        return [
            LabelledSpan(3, 10, "PER"),
            LabelledSpan(3, 10, "PER"),
            LabelledSpan(0, 3, "MISC"),
            LabelledSpan(9, 10, "LOC"),
        ]


def test_a_document_it_fails_on_is_an_empty_answer(tmp_path: Path, story: list[Document]) -> None:
    model = Scripted(str(tmp_path), Options())
    said, _ = run_system(model, story)
    found = [[(one.start, one.end, one.label) for one in each.entities] for each in said]
    assert found == [[(4, 9, "PERS")], [], [(4, 9, "PERS")], [(4, 9, "PERS")]]  # space is cut off, MISC left out
    assert [(each.where, each.what) for each in model.failures] == [("b", "IndexError: index out of range in self")]


def test_answers_are_kept_while_the_folder_stays_as_it_is(tmp_path: Path, story: list[Document]) -> None:
    folder, out = tmp_path / "model", tmp_path / "out.jsonl"
    folder.mkdir()
    (folder / "weights").write_bytes(b"1")

    def asked() -> int:
        model = Scripted(str(folder), Options(journal=Journal.beside(out)))
        run_system(model, story)
        return len(model.asked)

    assert [asked(), asked()] == [4, 1]  # what failed is asked again
    (folder / "weights").write_bytes(b"2")
    assert asked() == 4


def test_labels_that_mean_nothing_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        ModelLabels(["LABEL_0", "LABEL_1"])
    assert caught.value.incidents[0].id == "label-unknown"


@pytest.mark.parametrize(("labels", "scheme", "never"), [
    (["PER", "ORG", "LOC", "MISC"], "conll", "NORP, OCC, LOC, FAC"),
    (["PERS", "ORG", "LOC", "MISC"], "anercorp", "NORP, OCC, LOC, FAC"),
    (["PERS", "OCC", "NORP", "CURR", "UNIT"], "wojood", "ORG, GPE"),
])  # fmt: skip
def test_schemes_are_told_by_their_labels(labels: list[str], scheme: str, never: str) -> None:
    lines = ModelLabels(labels).report()
    assert lines[0] == f"its labels are read as those of {scheme!r}"
    assert never in lines[-1]


def test_long_lines_are_cut_between_tokens() -> None:
    text = "واحد اثنان ثلاثة\n\nأربعة."
    found: list[Any] = list(pieces(text, 2))
    assert found == [(0, "واحد اثنان"), (11, "ثلاثة"), (18, "أربعة.")]
    assert all(text[start : start + len(piece)] == piece for start, piece in found)
