"""What people see, kept as files: golden/*.txt.

To refresh them after a deliberate change: `UPDATE_GOLDEN=1 python -m pytest tests/cli/test_golden.py`, then read the
diff. The version of khabar stands there as VERSION.
"""

from __future__ import annotations

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
    assert max(map(len, answer.out.splitlines()[:-1])) <= 80
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
