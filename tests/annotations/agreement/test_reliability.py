"""Krippendorff's alpha against values worked out by hand."""

from __future__ import annotations

import pytest

from khabar.annotations.agreement.figures import Reliability, reliability


def test_by_hand() -> None:
    """Values 1 1 2 2 against 1 2 2 2: one of four items differs, so observed disagreement is 2/8; of the eight
    values three are 1 and five are 2, so expected is 2·3·5/(8·7) = 15/28; alpha = 1 − (1/4)/(15/28) = 8/15."""
    found = reliability([1, 1, 2, 2], [1, 2, 2, 2])
    assert (found.n, found.agreed, found.share) == (4, 3, 0.75)
    assert found.alpha == pytest.approx(8 / 15)


def test_worse_than_chance_is_negative() -> None:
    """x y against y x: observed 1, expected 2·2·2/(4·3) = 2/3, alpha = −1/2."""
    assert reliability(["x", "y"], ["y", "x"]).alpha == pytest.approx(-0.5)


def test_null_is_a_value() -> None:
    assert reliability([None, "a", "a"], [None, "a", "a"]).alpha == 1
    assert reliability([None, "a"], ["a", "a"]).agreed == 1


def test_undefined() -> None:
    """Without items, or where all values are one, there is no alpha."""
    assert reliability([], []) == Reliability(0, 0, None, None)
    assert reliability(["a", "a"], ["a", "a"]) == Reliability(2, 2, 1.0, None)


def test_what_is_no_category_has_a_share_only() -> None:
    assert reliability(["x", "y"], ["x", "z"], categories=False) == Reliability(2, 1, 0.5, None)
