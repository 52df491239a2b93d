"""The order of the embedded systems on the released corpus, where it is known whatever the corpus: a scorer that
breaks is noticed. Real systems, real gold, real scorer; no figure is pinned."""

from __future__ import annotations

from itertools import pairwise

import pytest

from khabar.systems.registry import EMBEDDED
from tests.released import scored

LAYERS = ("entities", "numbers", "quotes", "conflicts")
MADE_FOR = {
    "digits": "numbers",
    "digits-multipliers": "numbers",
    "dateparser": "numbers",
    "quote-marks": "quotes",
    "denial-cue": "conflicts",
}
"""Baseline → the one layer it speaks of."""


def headline(system: str, layer: str) -> float:
    value = scored(system).headline[layer]
    assert value is not None
    return value


def figure(system: str, name: str) -> float:
    value = scored(system).layers["numbers"][name].value
    assert value is not None
    return value


def test_numbers() -> None:
    values = [headline(system, "numbers") for system in ("oracle", "rules", "digits-multipliers", "digits", "empty")]
    oracle, rules, multipliers, digits, empty = values
    assert 1 == oracle > rules > multipliers >= digits > empty == 0, values


@pytest.mark.parametrize("aspect", ["detection.f1", "value.f1", "dates.resolved.f1"])
def test_aspects_of_numbers(aspect: str) -> None:
    values = [figure(system, aspect) for system in ("oracle", "rules", "digits-multipliers", "digits")]
    assert all(better >= worse for better, worse in pairwise(values)), values
    assert values[0] == 1
    assert figure("rules", aspect) > figure("digits", aspect) > 0


def test_what_knows_nothing_of_names_falls_into_more_traps() -> None:
    rates = [figure(system, "traps.false_alarm_rate") for system in ("oracle", "rules", "digits")]
    assert 0 == rates[0] <= rates[1] < rates[2], rates


def test_digits_lose_multipliers_and_say_so() -> None:
    lost = [figure(system, "errors.lost_multiplier") for system in ("digits-multipliers", "digits")]
    assert lost[0] <= lost[1], lost


def test_dates_alone_have_no_other_numbers() -> None:
    found = scored("dateparser").layers["numbers"]
    assert found["dates.resolved.f1"].value
    for kind in ("count", "percent", "money", "ordinal", "duration"):
        assert not found[f"kind.{kind}.recall"].value


@pytest.mark.parametrize(("better", "worse", "layer"), [
    ("oracle", "rules", "entities"),
    ("oracle", "rules", "quotes"),
    ("rules", "quote-marks", "quotes"),
    ("quote-marks", "empty", "quotes"),
    ("oracle", "rules", "conflicts"),
    ("oracle", "denial-cue", "conflicts"),
    ("oracle", "value-mismatch", "conflicts"),
])  # fmt: skip
def test_layer(better: str, worse: str, layer: str) -> None:
    assert headline(better, layer) > headline(worse, layer)


def test_naive_value_mismatch_is_worth_nothing() -> None:
    assert headline("value-mismatch", "conflicts") <= 0.05


@pytest.mark.parametrize("system", sorted(MADE_FOR))
def test_a_baseline_of_one_layer_scores_nothing_elsewhere(system: str) -> None:
    elsewhere = {layer: headline(system, layer) for layer in LAYERS if layer != MADE_FOR[system]}
    assert set(elsewhere.values()) == {0.0}, elsewhere


def test_every_embedded_system_is_between_empty_and_oracle() -> None:
    for system in set(EMBEDDED) - {"tagger"}:  # it learns from this gold, and from articles that are elsewhere
        for layer in LAYERS:
            assert headline("empty", layer) <= headline(system, layer) <= headline("oracle", layer), (system, layer)
