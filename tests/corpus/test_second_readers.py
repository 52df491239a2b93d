"""Contrast sets as somebody else reads them: second readers saw a variant and the guidelines, and nothing of the edits.

Their disputes are scored like any system's. What they did not confirm was dropped before the release.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import khabar
from khabar.corpus.release import CHANGES, released_corpus
from khabar.edits import read_changes
from khabar.records import Dispute, Flip, Side, StorySpan

ROOT = Path(__file__).parents[2]
PASSES = ROOT / "annotations" / "contrast" / "passes"


def disputes(stories: set[str]) -> Iterator[Dispute]:
    for story in sorted(stories):
        for line in (PASSES / f"{story}.jsonl").read_text("utf-8").splitlines():
            issue = json.loads(line)
            if issue["status"] == "conflict":
                sides = (
                    Side(value=side["value"], spans=tuple(StorySpan(**span) for span in side["spans"]))
                    for side in issue["sides"]
                )
                yield Dispute(story=story, type=issue["type"], confidence=1.0, sides=tuple(sides))


def test_every_variant_was_read_again() -> None:
    stories = {change.story for change in read_changes(released_corpus() / CHANGES) if isinstance(change, Flip)}
    assert {path.stem for path in PASSES.glob("*.jsonl")} == {f"{story}.{v}" for story in stories for v in "ab"}


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize(
    ("split", "right", "pairs"), [("contrast", 18, 21), ("contrast_dev", 9, 9), ("contrast_news", 70, 77)]
)
def test_second_readers_agree(split: str, right: int, pairs: int) -> None:
    """Both members of most pairs are answered right, and no dispute is seen where there is none."""
    stories = {document.story for document in khabar.load(split=split)}
    figures = khabar.score(list(disputes(stories)), split=split).layers["conflicts"]
    assert figures["contrast.pair_f"].counts == {"contrast.right": right, "contrast.pairs": pairs}
    assert figures["contrast.called_where_not"].value == 0
