"""The parser of dates makes cycles of objects. Whoever reads thousands of dates must not keep them all."""

from __future__ import annotations

import tracemalloc
from datetime import date, timedelta

import khabar
from khabar.text.dates import is_date


def test_memory_of_many_intervals_is_given_back() -> None:
    """Each takes a third of a MiB while it is parsed."""
    assert is_date("2024-06/2024-07")  # what the parser makes once stays
    starts = [date(1000, 1, 1) + timedelta(days=days) for days in range(60)]
    dates = [
        {"start": 2 * at, "end": 2 * at + 1, "kind": "date", "edtf": f"{start}/{start + timedelta(days=400)}"}
        for at, start in enumerate(starts)
    ]
    doc_id = khabar.load()[0].doc_id
    tracemalloc.start()
    try:
        khabar.score([{"doc_id": doc_id, "numbers": dates}], layers=["conflicts"], resamples=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 << 20
