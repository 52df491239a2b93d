"""Answers most of which can match no gold are told on every road, with the fix; a few such are the system's errors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import khabar
from khabar.reading.incidents import Incident, Incidents
from khabar.records.labels import LAYERS, Layer
from khabar.scale import scoring, workers
from tests.cli.conftest import run

TEXT = "قال بوتين أمس إن القوات تقدمت في كورسك. وقال زيلينسكي إن القوات انسحبت من كورسك قبل يومين. ونفى بوتين ذلك."
Line = dict[str, Any]


def span(words: str, nth: int = 1) -> Line:
    start = -1
    for _ in range(nth):
        start = TEXT.index(words, start + 1)
    return {"start": start, "end": start + len(words)}


def said(doc_id: str = "d", **layers: list[Line]) -> Line:
    right = {
        "entities": [span("بوتين") | {"label": "PERS", "entity_id": "e"}],
        "numbers": [span("يومين") | {"kind": "duration", "low": "2", "high": "2", "unit": "d"}],
        "quotes": [{"content": [span("القوات تقدمت في كورسك")], "speaker": {"name": "بوتين"}}],
    }
    return {"doc_id": doc_id, **right, **layers}


def dispute(*sides: list[Line], doc_id: str = "d") -> Line:
    return {"story": "s", "sides": [{"spans": [{"doc_id": doc_id, **place} for place in side]} for side in sides]}


RIGHT = dispute([span("القوات تقدمت")], [span("القوات انسحبت")])


def problems(folder: Path, *lines: Line, layers: Sequence[Layer] = LAYERS) -> list[Incident]:
    gold = folder / "gold.jsonl"
    rows = [{"text": TEXT, "story": "s"} | said(), RIGHT]
    gold.write_text("".join(json.dumps(line) + "\n" for line in rows), "utf-8")
    incidents = Incidents()
    khabar.score(lines, gold=gold, layers=layers, incidents=incidents, resamples=1)
    return [each for each in incidents if each.id in ("prediction-unmatchable", "edges-blank")]


def quote(**keys: Any) -> Line:
    return {"content": [span("القوات تقدمت في كورسك")], **keys}


def number(**keys: Any) -> Line:
    return span("يومين") | keys


def thrice(line: Line) -> list[Line]:
    """Fewer items than three tell nothing."""
    return [{key: value * 3 if isinstance(value, list) else value for key, value in line.items()}]


WRONG = {
    "no kind": (said(numbers=[number(low="2", high="2")]), "3 of 3 numbers have no kind"),
    "no value": (said(numbers=[number(kind="count")]), "3 of 3 numbers have no value"),
    "a date not resolved": (said(numbers=[span("أمس") | {"kind": "date", "edtf_literal": "2024"}]), "3 of 3 dates"),
    "no speaker": (said(quotes=[quote()]), "3 of 3 quotes have no speaker"),
    "a key of nobody": (said(quotes=[quote(speaker="T1")]), "3 of 3 speakers are keys that no entity"),
    "a key of nobody, in an object": (said(quotes=[quote(speaker={"entity_id": "T1"})]), "3 of 3 speakers are keys"),
    "a name of nobody": (said(quotes=[quote(speaker={"name": "Putin"})]), "3 of 3 speakers' names stand neither"),
    "blanks": (said(entities=[{"start": 3, "end": 9, "label": "PERS"}]), "3 of 3 entities begin or end with a blank"),
    "one side": (dispute([span("القوات تقدمت"), span("القوات انسحبت")]), "3 of 3 disputes have fewer than two sides"),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_said_with_a_fix(name: str, tmp_path: Path) -> None:
    wrong, words = WRONG[name]
    [problem] = problems(tmp_path, *(thrice(wrong) if "doc_id" in wrong else [said(), *[wrong] * 3]))
    assert problem.message.startswith(words)
    assert "Fix: " in str(problem)


def test_spans_that_meet_no_claim(tmp_path: Path) -> None:
    text = {"doc_id": "long", "story": "s", "text": "كلمة " * 200}
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        "".join(
            json.dumps(line) + "\n"
            for line in (text, dispute([{"start": 0, "end": 9}], [{"start": 20, "end": 29}], doc_id="long"))
        )
    )
    wide = dispute([{"start": 0, "end": 400}], [{"start": 400, "end": 900}], doc_id="long")
    with pytest.warns(UserWarning, match="4 of 4 spans of disputes are longer than 350 code points"):
        khabar.score([{"doc_id": "long"}, wide, wide], gold=gold)


@pytest.mark.parametrize(
    "speaker", ["e", {"name": "زيلينسكي"}, {"text": "بوتين"}, {"wikidata": "Q7747"}, span("بوتين")]
)
def test_speakers_who_may_be_known(speaker: Any, tmp_path: Path) -> None:
    assert not problems(tmp_path, said(quotes=[quote(speaker=speaker)] * 3), RIGHT)


def test_a_key_of_gold_that_nobody_mentions_is_known(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    line = {"doc_id": "d", "text": TEXT, "quotes": [quote(speaker="anon:narrator")]}
    gold.write_text(json.dumps(line), "utf-8")
    assert khabar.score([line | {"text": None}], gold=gold, layers=["quotes"]).headline["quotes"] == 1


def test_a_few_are_errors_of_the_system(tmp_path: Path) -> None:
    right = quote(speaker={"name": "بوتين"})
    other = {"content": [span("القوات انسحبت")], "speaker": {"name": "زيلينسكي"}}
    assert not problems(tmp_path, said(quotes=[right, other, quote()]))
    assert not problems(tmp_path, said(quotes=[quote(), quote()]))


def test_only_layers_that_are_scored(tmp_path: Path) -> None:
    assert not problems(tmp_path, said(quotes=[quote()] * 3), layers=("entities",))


def test_right_answers_are_not_suspected(tmp_path: Path) -> None:
    assert not problems(tmp_path, said(), RIGHT)
    incidents = Incidents()
    khabar.score(_oracle(tmp_path), incidents=incidents)
    assert not list(incidents)


def _oracle(folder: Path) -> list[Line]:
    run("run", "oracle", "--out", folder / "oracle.jsonl", cwd=folder)
    return [json.loads(line) for line in (folder / "oracle.jsonl").read_text("utf-8").splitlines()]


def test_on_every_road(tmp_path: Path) -> None:
    gold, predictions = tmp_path / "gold.jsonl", tmp_path / "said.jsonl"
    gold.write_text(json.dumps({"text": TEXT, **said()}), "utf-8")
    wrong = said(quotes=[quote()] * 3)
    predictions.write_text(json.dumps(wrong), "utf-8")
    (tmp_path / "module.py").write_text(f"def system(document):\n    return {wrong!r}\n", "utf-8")
    for command in (
        ("score", predictions, "--gold", gold),
        ("validate", predictions, "--gold", gold),
        ("compare", predictions, predictions, "--gold", gold),
        ("run", "module:system", "--gold", gold),
    ):
        answer = run(*command, cwd=tmp_path)
        assert answer.code == 0
        assert "quotes have no speaker" in answer.err + answer.out


def test_in_parts(tmp_path: Path) -> None:
    gold, predictions = tmp_path / "gold.jsonl", tmp_path / "said.jsonl"
    blank = said(quotes=[quote()], entities=[{"start": 3, "end": 9, "label": "PERS"}])
    for path, line in ((gold, {"text": TEXT, **said()}), (predictions, blank)):
        lines = [line | {"doc_id": f"d{number}", "story": f"s{number}"} for number in range(120)]
        lines = lines if path == gold else [{key: each[key] for key in each if key != "story"} for each in lines]
        path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    incidents = Incidents()
    scoring.count_in_parts(
        predictions, gold, ["entities", "quotes"], partial(workers.cores, 1), incidents, part_bytes=6000
    )
    assert sorted((problem.id, problem.message) for problem in incidents) == [
        ("edges-blank", "120 of 120 entities begin or end with a blank"),
        ("prediction-unmatchable", "120 of 120 quotes have no speaker, and none of these is right"),
    ]
