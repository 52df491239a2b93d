"""The rules card says truthfully how many of gold's names its gazetteer holds."""

from __future__ import annotations

from pathlib import Path

from khabar.corpus.release import read_release
from khabar.corpus.tables import read_split
from khabar.systems.rules import known_names
from khabar.text.arabic import fold

ROOT = Path(__file__).parents[2]


def test_share_of_gold_names() -> None:
    entities = read_split(ROOT / "corpus", "test")["entities"]
    surfaces = [fold(row.name) for row in entities]
    known = known_names()
    mentions = sum(surface in known for surface in surfaces)
    names = sum(surface in known for surface in set(surfaces))
    card = (ROOT / "eval" / "cards" / "rules.md").read_text("utf-8")
    line = (
        f"Share of gold names its gazetteer holds: {mentions / len(surfaces):.1%} of mentions, "
        f"{names / len(set(surfaces)):.1%} of distinct names (data {read_release(ROOT / 'corpus').version})."
    )
    assert line in " ".join(card.split()), line
