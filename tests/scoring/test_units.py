"""A pair counts where its gold row starts, in all its columns: no resample gives more credit than there is."""

from __future__ import annotations

from typing import Any

import pytest

from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import reference
from khabar.scoring.scorer import score

TEXT = "قال إن الحرب\n2024 لم تنته بعد"
BREAK = TEXT.index("\n")
DATE = {"kind": "date", "edtf": "2024"}


@pytest.mark.parametrize(
    ("layer", "figure", "row", "said"),
    [
        (
            "quotes",
            "soft.f1",
            {"content": [{"start": 0, "end": len(TEXT)}]},
            {"content": [{"start": BREAK + 1, "end": len(TEXT)}]},
        ),
        (
            "numbers",
            "dates.interval_credit",
            {"start": BREAK + 1, "end": BREAK + 5} | DATE,
            {"start": BREAK, "end": BREAK + 5} | DATE,
        ),
    ],
)
def test_a_pair_across_paragraphs_is_one_pair(layer: Any, figure: str, row: Any, said: Any) -> None:
    gold = given_predictions([{"doc_id": "d", "text": TEXT, layer: [row]}], Incidents())
    found = score(reference(*split(gold)), *split(given_predictions([{"doc_id": "d", layer: [said]}], Incidents())))
    value, interval = found.layers[layer][figure].value, found.layers[layer][figure].interval
    # Where the paragraph of the gold row is not drawn there is nothing to judge, and that is a quarter of all draws.
    assert value is not None
    assert interval is None
