"""What people see, kept as files: golden/*.txt.

To refresh them after a deliberate change: `UPDATE_GOLDEN=1 python -m pytest tests/cli/test_golden.py`, then read the
diff. The version of khabar stands there as VERSION.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import khabar as package
from tests.cli.conftest import run
from tests.cli.test_bad_input import MANY

FOLDER = Path(__file__).parent / "golden"


def _assert_golden(name: str, shown: str) -> None:
    lines = shown.replace(f"version:{package.__version__}|", "version:VERSION|").splitlines()
    text = "".join(line.rstrip() + "\n" for line in lines)
    path = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), "see the head of this file for how to refresh it"


def test_run_empty(built: Path) -> None:
    answer = run("run", "empty", "--gold", "corpus", cwd=built)
    assert (answer.code, answer.err) == (0, "")
    assert max(len(line) for line in answer.out.splitlines() if not line.startswith("khabar|")) <= 80
    _assert_golden("run_empty", answer.out)


def test_validate(built: Path, tmp_path: Path) -> None:
    shutil.copy(built / "gold.jsonl", tmp_path)
    (tmp_path / "many.jsonl").write_text("\n".join(MANY) + "\n", "utf-8")
    answer = run("validate", "many.jsonl", "--gold", "gold.jsonl", cwd=tmp_path)
    assert (answer.code, answer.out) == (2, "")
    _assert_golden("validate", answer.err)


def test_corpus_stats(built: Path) -> None:
    answer = run("corpus", "stats", "corpus", cwd=built)
    assert (answer.code, answer.err) == (0, "")
    _assert_golden("corpus_stats", answer.out)


def test_show_errors(built: Path, tmp_path: Path) -> None:
    """An error of each layer under its paragraph; what is nowhere comes last, and cannot move the cursor."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    spans = [{"doc_id": "001_moscow", "start": 60, "end": 94}]
    said = [
        {
            "doc_id": "001_moscow",
            "entities": [
                {"text": "الرئيس فلاديمير بوتين", "label": "PERS"},
                {"text": "كورسك\u202e\x1b[2J", "label": "GPE"},
            ],
            "numbers": [{"text": "١٤ ألف", "kind": "count", "low": "14", "modality": "approx", "unit": "جندي"}],
            "quotes": [{"content": [{"start": 60, "end": 94}], "speaker": {"name": "الكرملين"}}],
        },
        {"doc_id": "002_kyiv"},
        {"story": "kursk", "type": "numeric", "sides": [{"value": "14", "spans": spans}]},
    ]
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(line) + "\n" for line in said), "utf-8")
    assert run("score", "said.jsonl", "--gold", "corpus", "--errors", "errors.jsonl", cwd=tmp_path).code == 0
    answer = run("show", "001", "--gold", "corpus", "--errors", "errors.jsonl", cwd=tmp_path)
    assert (answer.code, answer.err) == (0, "")
    assert not {"\x1b", "\u202e"} & set(answer.out)
    _assert_golden("show_errors", answer.out)
