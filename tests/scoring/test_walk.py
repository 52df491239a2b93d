"""The walk: through which modules a mention passes on its way to a figure, traced in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TEXT = "قال سالم في كورسك"
GOLD = {"doc_id": "d", "story": "s", "text": TEXT, "entities": [{"start": 4, "end": 8, "label": "PERS"}]}
TRACED = """
import json, sys
from pathlib import Path
import khabar

package, modules, importing = str(Path(khabar.__file__).parent), set(), 0

def trace(frame, event, argument):
    global importing
    if event not in ("call", "return") or not frame.f_code.co_filename.startswith(package):
        return
    if frame.f_code.co_name == "<module>":  # what runs when a module is imported is no part of the walk
        importing += 1 if event == "call" else -1
    elif not importing:
        modules.add(frame.f_code.co_filename)

def walk(function, *arguments, **options):
    modules.clear()
    sys.setprofile(trace)
    score = function(*arguments, **options)
    sys.setprofile(None)
    assert score.headline["entities"] == 1
    return sorted(Path(file).relative_to(package).with_suffix("").as_posix() for file in modules)

predictions, gold = sys.argv[1:]
from_file = walk(khabar.score, predictions, gold=gold, layers=["entities"], resamples=10)

from khabar.corpus.gold import load_gold
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import read_predictions
from khabar.scoring.scorer import score

records = read_predictions(predictions, Incidents())
reference = load_gold(gold)[0]
from_record = walk(score, reference, records.documents, layers=["entities"], resamples=10)
print(json.dumps([from_file, from_record]))
"""


@pytest.mark.parametrize("place", [{"start": 4, "end": 8}, {"text": "سالم"}], ids=["offsets", "string"])
def test_a_mention_passes_few_modules(place: dict[str, Any], tmp_path: Path) -> None:
    """docs/maintainers.md gives these numbers, and says what is counted."""
    lines = {"gold": GOLD, "predictions": {"doc_id": "d", "entities": [{**place, "label": "PERS"}]}}
    for name, line in lines.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    files = [tmp_path / f"{name}.jsonl" for name in ("predictions", "gold")]
    traced = subprocess.run([sys.executable, "-c", TRACED, *map(str, files)], capture_output=True, check=True)
    from_file, from_record = json.loads(traced.stdout)
    assert len(from_record) <= 15, from_record
    assert len(from_file) <= 30, from_file
    others = ("numbers", "quotes", "conflicts", "contrast_pairs", "edges", "coreference", "speakers")
    assert not [module for module in from_file if module.startswith("scoring/") and module.endswith(others)]
