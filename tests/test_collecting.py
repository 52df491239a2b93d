"""The collector of cycles is kept quiet while records are read and counted, and then left as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import khabar
from khabar import collecting
from khabar.reading.incidents import InputError


@pytest.fixture(params=[True, False])
def enabled(request: pytest.FixtureRequest) -> Iterator[bool]:
    before = gc.isenabled()
    gc.enable() if request.param else gc.disable()
    yield request.param
    gc.enable() if before else gc.disable()


def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    assert collecting.paused()(gc.isenabled)() is False
    assert gc.isenabled() is enabled


def test_scoring_leaves_it_as_it_was_even_when_it_refuses(enabled: bool) -> None:
    khabar.score([{"story": "kursk", "sides": []}], layers=["conflicts"])
    assert gc.isenabled() is enabled
    with pytest.raises(InputError):
        khabar.score([{"doc_id": "nowhere"}], layers=["conflicts"])
    assert gc.isenabled() is enabled
