"""The pictures of README and docs show what is there now; `python -m tests.pictures` makes them."""

from __future__ import annotations

import json

import pytest

from tests.pictures import FOLDER, LISTING, SCORE, SHOTS, score_svg, taken_of

FIX = "run `python -m tests.pictures`"


def test_the_score_is_drawn_as_it_is() -> None:
    assert SCORE.read_text("utf-8") == score_svg(), FIX


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOTS)
def test_pictures_of_pages_are_not_stale(name: str) -> None:
    assert (FOLDER / name).is_file(), FIX
    assert json.loads(LISTING.read_text("utf-8"))[name] == taken_of(SHOTS[name]), FIX
