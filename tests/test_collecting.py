"""The collector of cycles is kept quiet while records are read and counted, and then left as it was."""

from __future__ import annotations

import gc

import pytest

import khabar
from khabar import collecting
from khabar.errors import InputError


def test_the_collector_is_left_as_it_was() -> None:
    before = gc.get_threshold()

    @collecting.seldom()
    def threshold() -> int:
        return gc.get_threshold()[0]

    assert threshold() == collecting.OBJECTS
    assert gc.get_threshold() == before


def test_scoring_leaves_it_as_it_was_even_when_it_refuses() -> None:
    before = gc.get_threshold()
    khabar.score([{"doc_id": "000_4b9530c7bad84f71"}, {"story": "kursk", "sides": []}], layers=["conflicts"])
    with pytest.raises(InputError):
        khabar.score([{"doc_id": "nowhere"}], layers=["conflicts"])
    assert gc.get_threshold() == before
