"""The pictures of README and docs show what is there now; `python -m tests.pictures` takes those that do not."""

from __future__ import annotations

import pytest

from tests.annotations import pictures as annotation
from tests.pictures import FOLDER, LISTING, ROOT, SCORE, listed, score_svg
from tests.site import pictures as site

FIX = "run `python -m tests.pictures`"


def test_the_score_is_drawn_as_it_is() -> None:
    assert SCORE.read_text("utf-8") == score_svg(), FIX


@pytest.mark.slow
@pytest.mark.parametrize("name", site.SHOTS)
def test_pictures_of_the_site_are_not_stale(name: str) -> None:
    assert listed()[name] == site.taken_of(name), FIX


@pytest.mark.parametrize("name", annotation.SHOTS)
def test_pictures_of_annotation_are_not_stale(name: str) -> None:
    assert listed()[name] == annotation.taken_of(name), FIX


def test_every_picture_is_made_here_and_shown_somewhere() -> None:
    pages = "".join(path.read_text("utf-8") for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
    made = {SCORE.name, *listed()}
    assert {path.name for path in FOLDER.iterdir()} - {LISTING.name} == made
    assert [name for name in made if f"images/{name})" not in pages] == []
