"""Metric cases are data: each file in cases/ gives gold, predictions and the figures they must make.

A case: {"name", "about", "gold": [lines], "predictions": [lines], "layers"?: [...],
"expect": {"headline"?: {...}, "figures"?: {layer: {figure: value}}, "counts"?: {layer: {column: n}},
"set_aside"?: {layer: n}, "ungrounded"?: {layer: n}, "refused"?: [incident ids]}}
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

import khabar
from khabar.reading.incidents import InputError

FOLDER = Path(__file__).parent / "cases"
CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text("utf-8"))]
IDS = [f"{stem}: {case['name']}" for stem, case in CASES]


def _score(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    gold, predictions = folder / "gold.jsonl", folder / "predictions.jsonl"
    gold.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in case["gold"]), "utf-8")
    predictions.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in case["predictions"]), "utf-8"
    )
    layers = case.get("layers", ["entities", "numbers", "quotes", "conflicts"])
    return khabar.score(predictions, gold=gold, layers=layers, resamples=50).to_dict()


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=IDS)
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    expect = case["expect"]
    if "refused" in expect:
        with pytest.raises(InputError) as caught:
            _score(case, tmp_path)
        assert {incident.id for incident in caught.value.incidents if incident.level == "error"} == set(
            expect["refused"]
        )
        return
    result = _score(case, tmp_path)
    for layer, value in expect.get("headline", {}).items():
        assert result["headline"][layer] == (None if value is None else pytest.approx(value, abs=1e-6)), layer
    for layer, figures in expect.get("figures", {}).items():
        for name, value in figures.items():
            found = result["layers"][layer][name]["value"]
            assert found == (None if value is None else pytest.approx(value, abs=1e-6)), f"{layer} {name}"
    for layer, columns in expect.get("counts", {}).items():
        all_counts = {k: v for figure in result["layers"][layer].values() for k, v in figure["counts"].items()}
        assert {column: all_counts[column] for column in columns} == columns
    for key in ("set_aside", "ungrounded"):
        for layer, count in expect.get(key, {}).items():
            assert result[key][layer] == count, f"{key} {layer}"


@pytest.mark.parametrize("case", [c for _, c in CASES if "refused" not in c["expect"]], ids=[
    name for name, (_, c) in zip(IDS, CASES, strict=True) if "refused" not in c["expect"]
])  # fmt: skip
def test_order_does_not_matter(case: dict[str, Any], tmp_path: Path) -> None:
    """Shuffling documents, gold rows and predictions gives the same bytes."""
    shuffler = random.Random(7)

    def shuffled(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        lines = json.loads(json.dumps(lines))
        for line in lines:
            for layer in ("entities", "numbers", "quotes"):
                shuffler.shuffle(line.get(layer, []))
        shuffler.shuffle(lines)
        return lines

    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    moved = {**case, "gold": shuffled(case["gold"]), "predictions": shuffled(case["predictions"])}
    assert json.dumps(_score(case, one)) == json.dumps(_score(moved, two))
