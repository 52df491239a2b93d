"""`khabar stress`: a table or one JSON object, a report kept, and no transformation that there is not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import run


def test_report(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    options = ("--gold", built / "corpus", "--only", "digits,hamza+tatweel,order")
    answer = run("stress", "oracle", *options, "--json", "--out", out, cwd=tmp_path)
    assert (answer.code, answer.err) == (0, "")
    report = json.loads(answer.out)
    assert json.loads(out.read_text("utf-8")) == report
    assert list(tmp_path.iterdir()) == [out]
    assert list(report) == ["transformations", "seed", "signature"]
    assert list(report["transformations"]) == ["digits", "hamza+tatweel", "order"]
    for outcome in report["transformations"].values():
        assert list(outcome) == ["edits", "layers"]
        for layer in ("entities", "numbers", "quotes", "conflicts"):
            figures = outcome["layers"][layer]
            assert list(figures) == ["original", "transformed", "lost", "low", "high", "consistency"]
            assert (figures["original"], figures["lost"], figures["consistency"]) == (1, 0, 1)
    table = run("stress", "oracle", *options, cwd=tmp_path)
    assert table.code == 0
    assert "hamza+tatweel" in table.out
    assert "1.000" in table.out


def test_a_misspelt_key_is_warned_of(built: Path, tmp_path: Path) -> None:
    """Of a layer whose key is not read the headline is 0, on either text."""
    (tmp_path / "mine.py").write_text('def system(document):\n    return {"entity": [{"text": "x", "label": "GPE"}]}\n')
    options = ("--gold", built / "corpus", "--only", "hamza,digits")
    answer = run("stress", "mine:system", *options, cwd=tmp_path)
    assert answer.code == 0
    warned = [line for line in answer.err.splitlines() if "warning[key-unknown]" in line]
    assert warned
    assert all("unknown key 'entity'. Fix: write entities, or remove it." in line for line in warned)
    assert len(set(warned)) == len(warned)  # whatever the number of transformations


def test_what_cannot_be_done_is_refused(built: Path, tmp_path: Path) -> None:
    answer = run("stress", "oracle", "--gold", built / "corpus", "--only", "italics", cwd=tmp_path)
    assert answer.code == 2
    assert "no transformation 'italics'; there is: hamza" in answer.err
    answer = run("stress", "oracle", "--gold", built / "corpus", "--split", "moon", cwd=tmp_path)
    assert answer.code == 2
    assert "no split 'moon'" in answer.err
    answer = run("stress", "oracle", "--gold", "nowhere", cwd=tmp_path)
    assert answer.code == 2
