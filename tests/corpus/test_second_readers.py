"""Contrast sets as somebody else reads them: second readers saw a variant and the guidelines, and nothing of the edits.

Their disputes are scored like any system's. What they did not confirm was dropped before the release.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from khabar.corpus.release import released_corpus
from khabar.edits import read_changes
from khabar.records import Flip
from khabar.records.repository import CHANGES

ROOT = Path(__file__).parents[2]
STATEMENT = (ROOT / "annotations" / "gold" / "statement.md").read_text("utf-8")
STATED = {
    split: (int(right), int(pairs))
    for right, pairs, split in re.findall(r"(\d+) of (\d+)(?: pairs)? of `(contrast\w*)`", STATEMENT)
}
"""Split → the pairs that second readers have right, and all, as the card says."""


@pytest.fixture
def second_readers(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return import_module("second_readers")


def test_every_variant_was_read_again_and_is_kept_once(second_readers: Any) -> None:
    assert [each.name for each in second_readers.PASSES.parent.iterdir() if each.is_dir()] == ["passes"]
    stories = {change.story for change in read_changes(released_corpus() / CHANGES) if isinstance(change, Flip)}
    assert {path.stem for path in second_readers.PASSES.glob("*.jsonl")} == {f"{s}.{v}" for s in stories for v in "ab"}


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize("split", ["contrast", "contrast_dev", "contrast_news"])
def test_second_readers_agree(second_readers: Any, split: str) -> None:
    """Both members of most pairs are answered right, as the card says; no dispute is seen where there is none."""
    _, figures = second_readers.confirmed(released_corpus(), split)
    right, pairs = STATED[split]
    assert figures["contrast.pair_f"].counts == {"contrast.right": right, "contrast.pairs": pairs}
    assert right / pairs >= 0.85
    assert figures["contrast.called_where_not"].value == 0


@pytest.mark.usefixtures("fetched")
def test_the_card_has_the_rank_correlation_of_the_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are now: a system that joins them joins it."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    contrast = import_module("contrast")
    found = contrast.correlations(contrast.compared(released_corpus(), ROOT / "eval"))
    assert contrast.with_part(STATEMENT, contrast.card_part(found)) == STATEMENT, "python benchmarks/contrast.py --card"


def test_systems_in_one_order_correlate_and_ties_share_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    spearman = import_module("contrast").spearman
    one = np.array([[0.0], [0.2], [0.5]])
    assert spearman(one, one * 2 + 1)[0] == pytest.approx(1)
    assert spearman(one, -one)[0] == pytest.approx(-1)
    assert spearman(one, np.array([[0.0], [0.0], [0.5]]))[0] == pytest.approx(0.866, abs=1e-3)
    assert np.isnan(spearman(one, one * 0)[0])
