"""The page for annotators in Arabic says what the one in English says, block for block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.annotations.test_guidelines_arabic import LINK, blocks, differences

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH = (DOCS / "annotators.md").read_text("utf-8")
ARABIC = (DOCS / "annotators.ar.md").read_text("utf-8")


def links(page: str) -> set[str]:
    return set(LINK.findall(re.sub(r"annotators(\.ar)?\.md", "annotators", page)))


def test_it_says_the_same_block_for_block() -> None:
    """Headings, paragraphs, items and commands; keys, numbers and links in each."""
    assert len(blocks(ENGLISH)) > 8
    assert not differences(ENGLISH, ARABIC)
    assert links(ENGLISH) == links(ARABIC)


@pytest.mark.parametrize("what", ["khabar show 004", "`decisions.jsonl`", "sheet-quotes.html"])
def test_what_only_one_has_is_told(what: str) -> None:
    assert what in ARABIC
    without = ARABIC.replace(what, "", 1)
    assert differences(ENGLISH, without) or links(ENGLISH) != links(without)
