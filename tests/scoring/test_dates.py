"""Dates as the scorer reads them: any string is taken, nothing is printed, and what is too long is no date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.text.values import LONGEST_DATE, _parsed, days_of, is_date, parsed_date

PART = st.sampled_from(
    ["2024", "2024-06", "2024-06-31", "XXXX-23", "198X", "2024-21", "2024?", "..", "", "Y17E7", "bad"]
)


@given(st.one_of(PART, st.builds("{}/{}".format, PART, PART), st.text(max_size=12)))
def test_any_string_is_read(edtf: str) -> None:
    extent = days_of(edtf)
    assert isinstance(is_date(edtf), bool)
    assert parsed_date(parsed_date(edtf)) == parsed_date(edtf)
    assert extent is None or extent[0] <= extent[1]


@pytest.mark.parametrize("edtf", ["../", "/..", "2024/..", "../2024?", "//"])
def test_nothing_is_printed(edtf: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to the scores."""
    _parsed.cache_clear()
    is_date(edtf)
    parsed_date(edtf)
    days_of(edtf)
    assert capsys.readouterr() == ("", "")


def test_a_date_of_many_parts_is_none() -> None:
    edtf = "[" + ",".join(str(year) for year in range(1000, 1000 + LONGEST_DATE)) + "]"
    assert (is_date(edtf), parsed_date(edtf), days_of(edtf)) == (False, edtf, None)
