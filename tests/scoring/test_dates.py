"""Dates as the scorer reads them: any string is taken, nothing is printed, and what is too long is no date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.text.dates import LONGEST_DATE, date_key, days_of, is_date, takes_parser

PART = st.sampled_from(
    ["2024", "2024-06", "2024-06-31", "XXXX-23", "198X", "2024-21", "2024?", "..", "", "Y17E7", "bad"]
)


@given(st.one_of(PART, st.builds("{}/{}".format, PART, PART), st.text(max_size=12)))
def test_any_string_is_read(edtf: str) -> None:
    extent = days_of(edtf)
    assert isinstance(is_date(edtf), bool)
    assert date_key(edtf) == date_key(f" {edtf} ")
    hash(date_key(edtf))
    assert extent is None or extent[0] <= extent[1]


@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_a_plain_interval_is_its_days(one: date, other: date, left: int, right: int) -> None:
    """It takes no parser (3 ms each, minutes for a file of nothing else), and equals what the parser says of it."""
    first, last = sorted((one, other))
    start, end = first.isoformat()[:left], last.isoformat()[:right]
    exact = f"{start}/{end}"
    parsed = f"[{exact}]"  # a set is parsed
    assert is_date(exact)
    extent = days_of(exact)
    assert extent is not None
    assert extent[0] <= first.toordinal()
    assert last.toordinal() <= extent[1]
    days = [date.fromordinal(day).isoformat() for day in extent]
    assert date_key(exact) == date_key("/".join(days))
    assert date_key(exact) != date_key(parsed)


@pytest.mark.parametrize("edtf", ["../", "/..", "2024/..", "../2024?", "//"])
def test_nothing_is_printed(edtf: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to the scores."""
    is_date(edtf)
    date_key(edtf)
    days_of(edtf)
    assert capsys.readouterr() == ("", "")


def test_a_date_of_many_parts_is_none() -> None:
    edtf = "[" + ",".join(str(year) for year in range(1000, 1000 + LONGEST_DATE)) + "]"
    assert (is_date(edtf), date_key(edtf), days_of(edtf)) == (False, edtf, None)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2024-06", "2024-06-01/2024-06-30"),
        ("2024-06", "2024-06/2024-06"),
        ("2024", "2024-01/2024-12"),
        ("2024", "2024-XX"),
        ("198X", "1980/1989"),
        ("198X/1989", "1980/1989"),
        ("2024-03/2024-21", "2024-03/2024-05"),
        ("2024-06/2024-06-XX", "2024-06"),
        ("2024-06?/2024-06", "2024-06-01?/2024-06-30"),
        ("{2024,198X}", "{198X, 2024}"),
        ("2024-23", "2024-09/2024-11"),
        ("2024-06~", "2024-06-01~/2024-06-30~"),
        ("2024/..", "2024-01-01/.."),
        ("[2024,2025]", "[2025,2024]"),
        ("{2024,2025-01}", "{2025-01, 2024}"),
        ("2024-06-30", " 2024-06-30 "),
    ],
)
def test_the_same_date(left: str, right: str) -> None:
    assert date_key(left) == date_key(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2024-06", "2024-06~"),
        ("2024-06?", "2024-06~"),
        ("2024-06-01~/2024-06-30", "2024-06"),
        ("2024/..", "2024/"),
        ("2024/..", "../2024"),
        ("2024/2025", "[2024,2025]"),
        ("[2024,2025]", "{2024,2025}"),
        ("2024", "[2024]"),
        ("XXXX-04-24", "XXXX-04-25"),
        ("XXXX-04-24", "0000-04-24/9999-04-24"),
        ("2024-XX-15", "2024-01-15/2024-12-15"),
        ("Y170000", "Y180000"),
        ("2024-?06", "2024-06"),
    ],
)
def test_another_date(left: str, right: str) -> None:
    assert date_key(left) != date_key(right)
    assert date_key(left) == date_key(left)


@pytest.mark.parametrize("edtf", ["2024/", "/2024", "2024/..", "XXXX", "XXXX-04", "XXXX-04-24", "2025/2024"])
def test_what_has_no_bounded_days_shares_none(edtf: str) -> None:
    """The parser gives an unknown end ten years, and an unknown year all there are."""
    assert is_date(edtf)
    assert days_of(edtf) is None


@pytest.mark.parametrize("edtf", ["2025-04-28T10:00:00", "2025-04-28T10:00:00Z", "2025-04-28T23:59:59+03:00"])
def test_a_clock_time_is_not_compared(edtf: str) -> None:
    assert date_key(edtf) == date_key("2025-04-28")
    assert days_of(edtf) == days_of("2025-04-28")


@pytest.mark.parametrize("edtf", ["2023-02-29", "2023-02-29~", "2023-02-29/2024", "XXXX-13", "2024-13", "24 June 2024"])
def test_no_date(edtf: str) -> None:
    assert not is_date(edtf)
    assert date_key(edtf) == edtf
    assert days_of(edtf) is None


@pytest.mark.parametrize(
    ("edtf", "first", "last"),
    [
        ("2024~", "2024-01-01", "2024-12-31"),
        ("0999", "0999-01-01", "0999-12-31"),
        ("198X?", "1980-01-01", "1989-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("2024-02%", "2024-02-01", "2024-02-29"),
        ("2024-XX", "2024-01-01", "2024-12-31"),
        ("2023-02-XX~", "2023-02-01", "2023-02-28"),
        ("2024-24", "2024-12-01", "2024-12-31"),
        ("198X~/1999-06", "1980-01-01", "1999-06-30"),
        ("2024-06-24?/2024-22", "2024-06-24", "2024-08-31"),
        ("[2025-02,198X]", "1980-01-01", "2025-02-28"),
        ("{2024-06-24~, 2023}", "2023-01-01", "2024-06-24"),
    ],
)
def test_the_common_forms_take_no_parser(edtf: str, first: str, last: str) -> None:
    """The days are those that the parser gives where it takes the form; it takes a thousand times as long."""
    assert not takes_parser(edtf)
    assert is_date(edtf)
    assert days_of(edtf) == (date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())
