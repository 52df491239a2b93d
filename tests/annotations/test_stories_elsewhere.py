"""Passes and gold of the stories whose articles are elsewhere, and what changed after the passes of all stories."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from khabar.corpus.withheld import with_surfaces
from khabar.reading.incidents import Incidents
from khabar.reading.rows import check, read_rows
from khabar.records import Registered, Row
from khabar.seeds import ntrex
from khabar.seeds.store import read_manifest

ROOT = Path(__file__).parents[2]
ANNOTATIONS = ROOT / "annotations"
MANIFEST = [seed for seed in read_manifest(ROOT / "seeds") if seed.source]
STORIES = sorted({seed.story for seed in MANIFEST})
PASSES = [ANNOTATIONS / "rounds" / split / f"{name}.jsonl" for split in ("dev", "news") for name in "ab"]
GOLD = [ANNOTATIONS / "gold" / f"{story}.jsonl" for story in STORIES]


def rows_of(path: Path) -> list[Row]:
    incidents = Incidents()
    rows = [located.row for located in read_rows(path, incidents)]
    assert not list(incidents)
    return rows


@pytest.mark.parametrize("path", [*PASSES, *GOLD], ids=lambda path: str(path.relative_to(ANNOTATIONS)))
def test_no_row_holds_a_surface(path: Path) -> None:
    rows = rows_of(path)
    assert rows
    assert {span.text for row in rows for _, span in row.spans()} <= {""}


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize("path", [*PASSES, *GOLD], ids=lambda path: str(path.relative_to(ANNOTATIONS)))
def test_rows_fit_the_articles(path: Path) -> None:
    """Filled with their surfaces, they pass the checks of gold."""
    texts = ntrex.articles()
    incidents = Incidents()
    located = [replace(item, row=with_surfaces(item.row, texts)) for item in read_rows(path, incidents)]
    stories = {seed.doc_id: seed.story for seed in MANIFEST}
    incidents.extend(check(located, {doc_id: texts[doc_id] for doc_id in stories}, stories))
    assert not incidents.errors


def test_thirteen_stories_of_two_splits() -> None:
    splits = {seed.story: seed.split for seed in MANIFEST}
    assert (len(MANIFEST), sorted(splits.values())) == (48, ["dev"] * 3 + ["news"] * 10)
    for seed in MANIFEST:
        assert seed.title is None
        assert seed.outlet
        assert (seed.published or "").startswith("2018-")
        assert seed.published_evidence


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_is_of_one_story_and_all_its_articles(path: Path) -> None:
    rows = rows_of(path)
    articles = {seed.doc_id for seed in MANIFEST if seed.story == path.stem}
    assert articles == {row.doc_id for row in rows if hasattr(row, "doc_id")}
    assert {row.story for row in rows if isinstance(row, Registered)} == {path.stem}


def test_each_change_of_the_seeds_gold_by_guidelines_2_is_what_gold_says_now() -> None:
    """A row that went is not there, a column is as the ruling has it, and each says by which ruling and why."""
    gold = {
        (row.layer, row.key.removeprefix("kursk/") if isinstance(row, Registered) else row.key): row
        for row in rows_of(ANNOTATIONS / "gold" / "kursk.jsonl")
    }
    path = ANNOTATIONS / "rounds" / "first" / "corrections" / "rulings.jsonl"
    rulings: list[dict[str, Any]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for ruling in rulings:
        assert ruling["ruling"]
        assert ruling["reason"]
        row, column = gold.get((ruling["layer"], ruling["key"])), ruling["column"]
        if column == "row":
            assert row is None
            continue
        names = ("start", "end", "text") if column == "span" else (column,)
        said = json.loads(msgspec.json.encode({name: getattr(row, name) for name in names}))
        assert said == (ruling["new"] if column == "span" else {column: ruling["new"]}), ruling["key"]
