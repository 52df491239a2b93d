"""The number that digits write: certain, or nothing."""

from __future__ import annotations

import pytest

from khabar.text.values import written_number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("14000", "14000"),
        ("١٤", "14"),
        ("14 ألف", "14000"),
        ("١٤ ألفًا", "14000"),
        ("3\u00a0آلاف", "3000"),
        ("2.5 مليار", "2500000000"),
        ("٢٫٥", "2.5"),
        ("12٬000", "12000"),
        ("1,234,567", "1234567"),
    ],
)
def test_digits_say_their_number(words: str, number: str) -> None:
    assert written_number(words) == number


@pytest.mark.parametrize("words", ["2,500", "2.500", "14 جندي", "أربعة", "ألف", "58٪", "1 إلى 4", "1.23456 ألف", ""])
def test_what_may_be_read_otherwise_says_nothing(words: str) -> None:
    assert written_number(words) is None
