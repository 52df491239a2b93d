"""Passes and gold of stories whose articles are not here: rows without surfaces that fit the articles once these are fetched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from khabar.corpus.textless import with_surfaces
from khabar.reading.incidents import Incidents
from khabar.reading.row_checks import check
from khabar.reading.rows import read_rows
from khabar.records import Registered
from khabar.seeds import ntrex

ROOT = Path(__file__).parents[2]
COPIES = ROOT.parent / "shared" / "ntrex"
ANNOTATIONS = ROOT / "annotations"
PASSES = [ANNOTATIONS / "rounds" / split / f"{name}.jsonl" for split in ("dev", "news") for name in "ab"]
GOLD = sorted(path for split in ("dev", "news") for path in (ANNOTATIONS / "gold" / split).glob("*.jsonl"))


@pytest.mark.parametrize("path", [*PASSES, *GOLD], ids=lambda path: str(path.relative_to(ANNOTATIONS)))
def test_no_row_holds_a_surface(path: Path) -> None:
    incidents = Incidents()
    rows = [located.row for located in read_rows(path, incidents)]
    assert rows
    assert not list(incidents)
    assert {span.text for row in rows for _, span in row.spans()} <= {""}


@pytest.mark.skipif(not COPIES.is_dir(), reason="no copy of the articles here: that the rows fit them is not checked")
@pytest.mark.parametrize("path", [*PASSES, *GOLD], ids=lambda path: str(path.relative_to(ANNOTATIONS)))
def test_rows_fit_the_articles(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filled with their surfaces, they pass the checks of gold."""
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path))
    ntrex.fetch(str(COPIES))
    texts = ntrex.articles()
    incidents = Incidents()
    located = [replace(item, row=with_surfaces(item.row, texts)) for item in read_rows(path, incidents)]
    stories = {
        doc_id: story
        for line in (COPIES / "stories.tsv").read_text("utf-8").splitlines()[1:]
        for story, _, documents in [line.split("\t")]
        for doc_id in documents.split()
    }
    incidents.extend(check(located, {doc_id: texts[doc_id] for doc_id in stories}, stories))
    assert not incidents.errors


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_gold_says_when_each_article_was_published(path: Path) -> None:
    published = json.loads((path.parent / f"published-{path.stem}.json").read_text("utf-8"))
    rows = [located.row for located in read_rows(path, Incidents())]
    assert published.keys() == {row.doc_id for row in rows if getattr(row, "doc_id", None) is not None}
    assert all(said["published"].startswith("2018-") and said["evidence"] for said in published.values())
    assert {row.story for row in rows if isinstance(row, Registered)} == {path.stem}


def test_what_guidelines_2_change_in_the_seeds_is_listed() -> None:
    """Each row that differs from the released gold has a line that says by which ruling."""
    folder = ANNOTATIONS / "gold" / "test"
    before, after = (
        {(str(row.layer), row.key): row for row in (located.row for located in read_rows(path, Incidents()))}
        for path in (ANNOTATIONS / "gold" / "kursk.jsonl", folder / "kursk.jsonl")
    )
    changed = {
        key.rpartition("/")[2]
        for key_of in (before, after)
        for (layer, key) in key_of
        if before.get((layer, key)) != after.get((layer, key))
    }
    rulings = [json.loads(line) for line in (folder / "rulings.jsonl").read_text("utf-8").splitlines()]
    assert all(ruling["ruling"] and ruling["reason"] for ruling in rulings)
    assert changed <= {str(ruling["key"]).rpartition("/")[2] for ruling in rulings} | {
        str(ruling["old"]) for ruling in rulings
    }
