"""Drafts: a system's predictions as rows to correct, which nothing takes for gold before somebody has checked each."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, run

EXAMPLES = Path(__file__).parents[2] / "examples"
RELEASE = {"name": "mine", "version": "0.1.0", "date": "2031-04-01"}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Seeds with the two articles of examples/bridge, and an empty folder of gold."""
    files = sorted((EXAMPLES / "bridge" / "articles").glob("*.txt"))
    assert run("seeds", "add", *files, "--story", "bridge", "--split", "bridge", cwd=tmp_path).code == 0
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "release.json").write_text(json.dumps(RELEASE), "utf-8")
    return tmp_path


def draft(folder: Path, *arguments: str, system: str = "rules") -> Answer:
    return run("annotate", "draft", "bridge", "--system", system, "--out", "gold/bridge.jsonl", *arguments, cwd=folder)


def test_a_misspelt_key_is_warned_of(here: Path) -> None:
    """Nothing of that layer is in the drafts."""
    (here / "mine.py").write_text('def system(document):\n    return {"quote": []}\n')
    answer = draft(here, system="mine:system")
    assert answer.code == 0
    assert "warning[key-unknown]" in answer.err
    assert "unknown key 'quote'. Fix: write quotes, or remove it." in answer.err


def build(folder: Path) -> Answer:
    return run("corpus", "build", "--gold", "gold", "--out", "corpus", cwd=folder)


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "gold" / "bridge.jsonl").read_text("utf-8").splitlines()]


def test_every_row_is_marked_and_every_layer_there(here: Path) -> None:
    answer = draft(here, "--json")
    assert (answer.code, answer.err) == (0, "")
    drafts = rows(here)
    assert all(row["draft"] is True for row in drafts)
    counts = Counter(row["layer"] for row in drafts)
    assert json.loads(answer.out)["rows"] == counts
    assert counts.keys() == {"zones", "entities", "numbers", "quotes", "claims", "conflicts", "registry"}


def test_a_number_has_what_its_modality_implies(here: Path) -> None:
    """As gold would write it, so that there is less to correct."""
    draft(here)
    number = next(row for row in rows(here) if row.get("text") == "12 شخصا")
    bounds = {name: number[name] for name in ("low", "high", "low_incl", "high_incl", "modality", "factuality", "role")}
    assert bounds == {
        "low": "12",
        "high": "12",
        "low_incl": True,
        "high_incl": True,
        "modality": "exact",
        "factuality": "asserted",
        "role": "level",
    }


def test_drafts_are_no_gold(here: Path) -> None:
    draft(here)
    answer = build(here)
    assert answer.code == 2
    assert "error[row-draft]" in answer.err
    assert f"{len(rows(here))} row(s)" in answer.err
    assert not (here / "corpus").exists()


def test_one_row_that_is_left_unchecked_is_enough(here: Path) -> None:
    draft(here)
    drafts = rows(here)
    for row in drafts[:-1]:
        del row["draft"]
    (here / "gold" / "bridge.jsonl").write_text("\n".join(map(json.dumps, drafts)) + "\n", "utf-8")
    answer = build(here)
    assert answer.code == 2
    assert f"bridge.jsonl:{len(drafts)}: error[row-draft]" in answer.err


def test_rows_that_are_checked_are_gold(here: Path) -> None:
    """The registry has what they refer to, so that whoever checks them mends what is wrong and nothing else."""
    draft(here)
    checked = [{key: value for key, value in row.items() if key != "draft"} for row in rows(here)]
    (here / "gold" / "bridge.jsonl").write_text("\n".join(map(json.dumps, checked)) + "\n", "utf-8")
    answer = build(here)
    assert answer.code == 0, answer.err


def test_corrections_are_never_overwritten(here: Path) -> None:
    draft(here)
    before = (here / "gold" / "bridge.jsonl").read_bytes()
    answer = draft(here, system="empty")
    assert answer.code == 2
    assert "perhaps with corrections" in answer.err
    assert (here / "gold" / "bridge.jsonl").read_bytes() == before


def test_a_story_that_the_seeds_do_not_have(here: Path) -> None:
    answer = run("annotate", "draft", "dams", "--system", "rules", "--out", "d.jsonl", cwd=here)
    assert answer.code == 2
    assert "there is: bridge. Fix: name one of these, or other seeds with --seeds." in answer.err
    assert not (here / "d.jsonl").exists()


def test_the_template_is_gold_with_a_row_of_each_layer(tmp_path: Path) -> None:
    """And each row has every key that an annotator may give, so that it can be copied."""
    from khabar.records import ANNOTATED

    shutil.copytree(EXAMPLES / "template", tmp_path, dirs_exist_ok=True)
    assert run("seeds", "add", "articles/demo_1.txt", "--story", "demo", "--split", "demo", cwd=tmp_path).code == 0
    answer = build(tmp_path)
    assert (answer.code, answer.err) == (0, "")
    lines = [json.loads(line) for line in (tmp_path / "gold" / "demo.jsonl").read_text("utf-8").splitlines()]
    computed = {"zone", "type"}
    for kind in ANNOTATED:
        layer = kind.__struct_config__.tag
        wanted = set(kind.__struct_fields__) - (computed if layer != "conflicts" else set())
        given = [set(line) - {"layer"} for line in lines if line["layer"] == layer]
        assert given, layer
        assert all(keys == wanted for keys in given), layer
