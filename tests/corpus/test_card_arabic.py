"""The data card in Arabic says what the card of the release says, block for block, and its tables are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.annotations.test_guidelines_arabic import blocks, differences
from tests.card import ARABIC, ENGLISH, TABLES, in_arabic, tables, written

ROOT = Path(__file__).parents[2]
COMMENT = re.compile(r"^ *<!-- .*? -->\n", re.MULTILINE)
QUOTED = re.compile(r"^> ?", re.MULTILINE)
LINK = re.compile(r"^.*(?:`docs/card\.ar\.md`|\.\./corpus/README\.md).*\n\n", re.MULTILINE)
"""The line of either card that leads to the other."""


def body(page: Path) -> str:
    """A card from its heading on, without remarks and links to the other; quotations are prose."""
    text = page.read_text("utf-8")
    return LINK.sub("", QUOTED.sub("", COMMENT.sub("", text[re.search(r"^# ", text, re.MULTILINE).start() :])))  # type: ignore[union-attr]


def test_it_says_the_same_block_for_block() -> None:
    """Headings, paragraphs, items and rows; the numbers, labels and keys in each."""
    assert len(blocks(body(ENGLISH))) > 150
    assert not differences(body(ENGLISH), body(ARABIC))


@pytest.mark.parametrize("what", ["285", "`published`", "NTREX-128", "| 2927 |"])
def test_a_figure_that_only_one_has_is_told(what: str) -> None:
    assert what in body(ARABIC)
    assert differences(body(ENGLISH), body(ARABIC).replace(what, "", 1))


def test_its_tables_are_those_of_the_release() -> None:
    assert written() == ARABIC.read_text("utf-8"), "run `python -m tests.card`"
    ours, theirs = tables(ARABIC.read_text("utf-8")), tables(ENGLISH.read_text("utf-8"))
    assert len(ours) == len(theirs)
    for number in TABLES.values():
        figures = [re.findall(r"\d[\d.]*", table) for table in (ours[number], theirs[number])]
        assert figures[0] == figures[1]
        assert len(figures[0]) > 10


def test_a_cell_without_a_word_is_noticed() -> None:
    with pytest.raises(KeyError, match="hue"):
        in_arabic("| hue | 0.5 |\n")


def test_each_card_leads_to_the_other() -> None:
    assert "`docs/card.ar.md`" in ENGLISH.read_text("utf-8")
    assert "](../corpus/README.md)" in ARABIC.read_text("utf-8")
    assert "](docs/card.ar.md)" in (ROOT / "README.ar.md").read_text("utf-8")
