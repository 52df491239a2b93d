"""khabar docs: the pages of the documentation, where there is no checkout too."""

from __future__ import annotations

import json
import re
from pathlib import Path

from khabar.reading.catalog import CATALOG
from tests.cli.conftest import Khabar

ROOT = Path(__file__).parents[2]


def test_it_lists_pages_and_shows_one(khabar: Khabar) -> None:
    listed = json.loads(khabar("docs", "--json").out)
    assert set(listed) == {path.stem for folder in ("docs", "annotations") for path in (ROOT / folder).glob("*.md")}
    assert listed["figures"] == "Is my system good?"
    assert [line.split()[0] for line in khabar("docs").out.splitlines()] == list(listed)
    assert khabar("docs", "figures").out == (ROOT / "docs" / "figures.md").read_text("utf-8")
    assert json.loads(khabar("docs", "figures", "--json").out)["markdown"].startswith("# Is my system good?")


def test_an_unknown_page_is_answered_with_the_nearest(khabar: Khabar) -> None:
    answer = khabar("docs", "figure")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith("Fix: write figures.\n")


def test_messages_name_pages_that_are_there(khabar: Khabar) -> None:
    """Messages lead to a command, as whoever installed khabar has no folder docs/."""
    listed = json.loads(khabar("docs", "--json").out)
    sources = [path.read_text("utf-8") for path in (ROOT / "src" / "khabar" / "cli").glob("*.py")]
    texts = [*(kind.fix for kind in CATALOG.values()), *sources]
    named = {page for text in texts for page in re.findall(r"khabar docs ([a-z][a-z.-]*[a-z])", text)}
    assert {"figures", "systems", "leaderboard", "edits", "scale", "guidelines"} <= named <= set(listed)
    assert not [kind.fix for kind in CATALOG.values() if re.search(r"docs/|\.md", kind.fix)]
