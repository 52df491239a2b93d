"""What annotators begin with: a row that would come back otherwise from its page is refused, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from khabar.annotations.label_studio.start import start_of_file
from khabar.reading.files import write_records
from khabar.reading.incidents import InputError
from khabar.records import Quote, Reading
from tests.annotations.story import ONE, a_pass, span
from tests.annotations.test_practice import ARTICLES

FIRST, LAST = (Reading(content=(span(ONE, words),)) for words in ("600 جندي", "في كورسك"))
SPEAKER = Reading(speaker="kremlin")


def written(folder: Path, *alternatives: Reading) -> Path:
    """A pass with a quote that can be read in these ways too."""
    path = folder / "pass.jsonl"
    rows = a_pass()
    turn = next(turn for turn, row in enumerate(rows) if isinstance(row, Quote))
    rows[turn] = replace(rows[turn], alternatives=alternatives)
    write_records(path, rows)
    return path


def test_alternatives_in_the_order_of_the_page_come_back_as_they_are(tmp_path: Path) -> None:
    """Another speaker of the same words, then other words as the text has them."""
    path = written(tmp_path, SPEAKER, FIRST, LAST)
    [quote, *_] = (row for row in start_of_file(path, ARTICLES, finished=True).rows if isinstance(row, Quote))
    assert quote.alternatives == (SPEAKER, FIRST, LAST)


@pytest.mark.parametrize(
    ("alternatives", "order"),
    [((LAST, FIRST), "600 جندي; في كورسك"), ((FIRST, SPEAKER), "kremlin; 600 جندي")],
)
def test_alternatives_in_another_order_are_refused_with_that_of_the_page(
    tmp_path: Path, alternatives: tuple[Reading, ...], order: str
) -> None:
    path = written(tmp_path, *alternatives)
    with pytest.raises(InputError) as refused:
        start_of_file(path, ARTICLES, finished=True)
    [incident] = refused.value.incidents
    assert (incident.id, incident.doc_id) == ("row-unsayable", ONE)
    assert incident.line is not None
    assert incident.message == "alternatives come back from the page in another order"
    assert incident.fix == f"write them in the order of the page: {order}"
