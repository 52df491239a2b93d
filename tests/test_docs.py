"""Every khabar command in the documentation runs as it stands there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import khabar
from khabar.corpus.release import read_release
from khabar.records import Document

ROOT = Path(__file__).parents[1]
PAGES = [
    "README.md",
    "docs/systems.md",
    "docs/maintainers.md",
    "docs/releases.md",
    "docs/annotators.md",
    "docs/own-stories.md",
    "docs/rounds.md",
    "docs/leaderboard.md",
    "docs/site.md",
    "docs/ci.md",
    "docs/formats.md",
    "docs/harnesses.md",
    "docs/baselines.md",
    "docs/stress.md",
    "docs/contrast.md",
    "docs/figures.md",
    "docs/errata.md",
    "docs/from-1.x.md",
]
ON_BOARDS = {"rules", "empty", "language-model"}
"""The systems on the boards of the present corpus that commands meet: scoring all of them takes minutes."""
INSTALLS = re.compile(r"venv|\.ci/run")
"""Blocks that make an environment are what CI and the packaging test do themselves."""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("seeds", "annotations", "corpus", "schemas", "examples", "eval"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for submission in (tmp_path / "eval" / "submissions").glob(f"*/{read_release(ROOT / 'corpus').version}"):
        if submission.parent.name not in ON_BOARDS:
            shutil.rmtree(submission)
    (tmp_path / "bin").mkdir()
    for name, target in (("khabar", "-m khabar"), ("python", "")):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {target} "$@"\n')
        program.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    "page", [page if page == "README.md" else pytest.param(page, marks=pytest.mark.slow) for page in PAGES]
)
def test_commands_of(page: str, checkout: Path, request: pytest.FixtureRequest) -> None:
    for block in blocks(page, "python"):
        if block.startswith("# mine.py"):
            (checkout / "mine.py").write_text(block, "utf-8")
    commands = [block for block in blocks(page, "sh") if not INSTALLS.search(block)]
    assert commands
    cache = checkout / "cache"
    if any("khabar corpus fetch" in block for block in commands):
        shutil.copytree(request.getfixturevalue("cache_with_articles"), cache)
    for block in commands:
        run_commands(block, checkout)


def run_commands(block: str, checkout: Path) -> None:
    done = subprocess.run(
        ["bash", "-euc", block],
        capture_output=True,
        text=True,
        cwd=checkout,
        env={
            "PATH": f"{checkout / 'bin'}:/usr/bin:/bin",
            "HF_HUB_OFFLINE": "1",
            "HOME": str(checkout),
            "KHABAR_CACHE": str(checkout / "cache"),
            "PYTHONPATH": str(Path(khabar.__file__).parents[1]),
        },
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout[-1000:]}\n{done.stderr[-2000:]}"


def test_the_dense_records_are_right_in_full() -> None:
    """Each item of docs/systems.md is a true positive on the released corpus, and what it says beside that is right."""
    text = (ROOT / "docs" / "systems.md").read_text("utf-8")
    section = text[text.index("### A dense record") : text.index("### Validate and score")]
    records = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", section, re.DOTALL | re.MULTILINE)]
    documents: dict[str, dict[str, object]] = {each.doc_id: {"doc_id": each.doc_id} for each in khabar.load()}
    disputes = [record for record in records if "story" in record]
    for record in records:
        if "doc_id" in record:
            documents[record["doc_id"]].update(record)
    score = khabar.score([*documents.values(), *disputes])
    found = {
        layer: sum(len(record.get(layer, ())) for record in records) for layer in ("entities", "numbers", "quotes")
    }
    for layer, items in {**found, "conflicts": len(disputes)}.items():
        counts = score[layer]["precision"].counts
        right = {name: count for name, count in counts.items() if name.endswith((".tp", ".fp"))}
        assert sorted(right.values()) == [0, items], (layer, counts)
        assert items
    assert score["quotes"]["cue.precision"].value == score["quotes"]["type.accuracy"].value == 1
    assert score["quotes"]["chain.edge_f1"].value == 1
    assert score["conflicts"]["typed.precision"].value == 1


def test_what_a_function_is_given_has_these_attributes() -> None:
    text = (ROOT / "docs" / "systems.md").read_text("utf-8")
    told = text[text.index("A document is a record with the attributes") : text.index("a row of the dataset's config")]
    assert tuple(re.findall(r"`(\w+)`", told)) == Document.__struct_fields__


@pytest.mark.parametrize("page", ["docs/systems.md", "docs/stress.md"])
def test_python_of(page: str, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    namespace: dict[str, object] = {}
    monkeypatch.chdir(checkout)
    for block in blocks(page, "python"):
        exec(compile(block, page, "exec"), namespace)


def test_the_edits_page_from_top_to_bottom(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its blocks of Python and its commands build on each other."""
    namespace: dict[str, object] = {}
    monkeypatch.chdir(checkout)
    text = (ROOT / "docs" / "edits.md").read_text("utf-8")
    for language, block in re.findall(r"^```(sh|python)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if language == "python":
            exec(compile(block, "docs/edits.md", "exec"), namespace)
        else:
            run_commands(block, checkout)
