"""Offsets without surfaces that were counted otherwise are noticed by the words they cut; right ones never are."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import khabar
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.offset_checks import misplaced
from khabar.records import Annotations, PredictedEntity
from khabar.scale import scoring, workers
from tests import released
from tests.cli.conftest import run

TEXT = (
    "\ufeff 😀 قـــال الرئيس فلاديمير بوتين في موسكو أمس\r\n"
    "إنّ الجيش الروسيّ تقدّم في كورسك، ونفى ذلك الرئيس زيلينسكي\u200f في كييف\r\n"
    "آ" + " الناتو بالمئة" * 5 + "\n"
)
NAMES = ("فلاديمير بوتين", "موسكو", "الجيش", "كورسك", "الرئيس زيلينسكي", "كييف")
Count = Callable[[str], int]
COUNTINGS: dict[str, Count] = {
    "UTF-8 bytes": lambda before: len(before.encode()),
    "UTF-16 units": lambda before: len(before.encode("utf-16-le")) // 2,
    "without carriage returns": lambda before: len(before.replace("\r", "")),
    "the NFD-normalised text": lambda before: len(unicodedata.normalize("NFD", before)),
    "without tatweel": lambda before: len(before.replace("\u0640", "")),
    "without diacritics": lambda before: sum(unicodedata.category(c) != "Mn" for c in before),
    "without format characters": lambda before: sum(unicodedata.category(c) != "Cf" for c in before),
}


def predictions(count: Count, text: str = TEXT) -> dict[str, Any]:
    places = [(text.index(name), text.index(name) + len(name)) for name in NAMES]
    entities = [{"start": count(text[:start]), "end": count(text[:end]), "label": "PERS"} for start, end in places]
    return {"doc_id": "d", "entities": entities}


def gold() -> dict[str, Any]:
    return {"text": TEXT, **predictions(len)}


def files(folder: Path, count: Count) -> tuple[Path, Path]:
    paths = folder / "gold.jsonl", folder / "predictions.jsonl"
    for path, line in zip(paths, (gold(), predictions(count)), strict=True):
        path.write_text(json.dumps(line), "utf-8")
    return paths


@pytest.mark.parametrize("name", COUNTINGS)
def test_the_counting_that_cuts_no_word_is_named(name: str, tmp_path: Path) -> None:
    """An error where spans reach beyond the text, else a warning; both say what the offsets count."""
    reference, said = files(tmp_path, COUNTINGS[name])
    answer = run("validate", said, "--gold", reference, "--json", cwd=tmp_path)
    [problem] = [each for each in json.loads(answer.out)["incidents"] if each["id"] == "words-cut"]
    assert f"the offsets seem to count {'' if name.startswith('without') else 'in '}{name}" in problem["fix"]


@pytest.mark.parametrize("count", [len, lambda before: len(before) + 1], ids=["half-open", "from 1"])
def test_shifted_offsets(count: Count, tmp_path: Path) -> None:
    reference, said = files(tmp_path, count)
    assert ("words-cut" in run("validate", said, "--gold", reference, cwd=tmp_path).out) == (count is not len)


@pytest.mark.parametrize("name", ["UTF-8 bytes", "UTF-16 units"])
def test_what_surfaces_show_is_said_first(name: str, tmp_path: Path) -> None:
    """One line says what the offsets of a file count; two of the errors that it explains are shown, and the rest counted."""
    reference, said = files(tmp_path, COUNTINGS[name])
    line = json.loads(said.read_text("utf-8"))
    line["entities"] = [{**entity, "text": surface} for entity, surface in zip(line["entities"], NAMES, strict=True)]
    said.write_text(json.dumps(line), "utf-8")
    for command in ("validate", "score"):
        answer = run(command, said, "--gold", reference, cwd=tmp_path)
        first, *rest = answer.err.splitlines()
        assert f"6 of 6 spans are not where the text has them; counted in {name}, all of these are" in first
        assert sum("error[span-" in shown for shown in rest) <= 4 < len(line["entities"])
        assert any("more of [span-surface]" in shown for shown in rest)


def test_a_layer_that_counts_otherwise_is_found_beside_right_ones() -> None:
    right = [{**entity, "text": name} for entity, name in zip(gold()["entities"], NAMES, strict=True)]
    counted = predictions(COUNTINGS["UTF-8 bytes"])["entities"]
    quotes = [
        {"content": [{"start": each["start"], "end": each["end"], "text": name}]}
        for each, name in zip(counted, NAMES, strict=True)
    ]
    incidents = Incidents()
    record = msgspec.convert({"doc_id": "d", "entities": right * 2, "quotes": quotes}, Annotations)
    misplaced([record], {"d": TEXT}).report(incidents, None)
    [problem] = incidents
    assert "6 of 18 spans are not where the text has them; counted in UTF-8 bytes, all of these are" in problem.message


def test_right_surfaces_speak_for_their_offsets() -> None:
    incidents = Incidents()
    spans = [{**entity, "text": surface} for entity, surface in zip(gold()["entities"], NAMES, strict=True)]
    wrong = [{"start": 0, "end": 3, "text": "غيره", "label": "PERS"}] * 3
    records = [msgspec.convert({"doc_id": "d", "entities": [*spans, *wrong]}, Annotations)]
    misplaced(records, {"d": TEXT}).report(incidents, None)
    assert not list(incidents)


def test_it_is_said_on_every_road(tmp_path: Path) -> None:
    reference, said = files(tmp_path, COUNTINGS["UTF-16 units"])
    (tmp_path / "module.py").write_text(
        f"def system(document):\n    return {predictions(COUNTINGS['UTF-16 units'])!r}\n"
    )
    for command in (
        ("score", said, "--gold", reference),
        ("compare", said, said, "--gold", reference),
        ("run", "module:system", "--gold", reference),
    ):
        answer = run(*command, cwd=tmp_path)
        assert answer.code == 0
        assert "words-cut" in answer.err
    with pytest.warns(UserWarning, match="words-cut"):
        khabar.score([predictions(COUNTINGS["UTF-16 units"])], gold=reference)
    with pytest.raises(InputError, match="counted in UTF-8 bytes, 0 do"):
        khabar.score([predictions(COUNTINGS["UTF-8 bytes"])], gold=reference)


def test_gold_is_looked_at_like_predictions(tmp_path: Path) -> None:
    """Where gold counts something else than code points, nobody's right answer would match it."""
    gold = {"text": TEXT, **predictions(COUNTINGS["UTF-16 units"])}
    paths = tmp_path / "gold.jsonl", tmp_path / "predictions.jsonl"
    for path, line in zip(paths, (gold, predictions(len)), strict=True):
        path.write_text(json.dumps(line), "utf-8")
    answer = run("score", paths[1], "--gold", paths[0], cwd=tmp_path)
    assert answer.code == 0
    assert f"{paths[0]}: warning[words-cut]" in answer.err
    assert "the offsets seem to count in UTF-16 units" in answer.err


def test_gold_that_is_counted_in_parts_is_looked_at_too(tmp_path: Path) -> None:
    gold, said = tmp_path / "gold.jsonl", tmp_path / "predictions.jsonl"
    for path, count in ((gold, COUNTINGS["UTF-16 units"]), (said, len)):
        lines = [{**predictions(count), "doc_id": f"d{at}"} for at in range(120)]
        lines = [{"text": TEXT, **line} for line in lines] if path == gold else lines
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    incidents = Incidents()
    scoring.count_in_parts(said, gold, ["entities"], partial(workers.cores, 1), incidents, part_bytes=6000)
    assert [(problem.id, problem.file) for problem in incidents] == [("words-cut", str(gold))]


def _of_gold() -> Iterator[tuple[str, int, int]]:
    for record in released.gold().annotations:
        for item in (*record.entities, *record.numbers, *(part for quote in record.quotes for part in quote.content)):
            assert item.start is not None
            assert item.end is not None
            yield record.doc_id, item.start, item.end


def _alarms(spans: list[tuple[str, int, int]]) -> list[Incident]:
    incidents = Incidents()
    records = [
        Annotations(doc_id=doc_id, entities=(PredictedEntity(start=start, end=end, label="PERS"),))
        for doc_id, start, end in spans
    ]
    misplaced(records, released.gold().texts).report(incidents, None)
    return list(incidents)


@settings(max_examples=60)
@given(st.data())
def test_gold_is_never_suspected(data: st.DataObject) -> None:
    """Nor any part of it: clitics may be cut off."""
    spans = sorted(_of_gold())
    some = data.draw(st.lists(st.sampled_from(spans), max_size=40)) if data.draw(st.booleans()) else spans
    assert not _alarms(some)
