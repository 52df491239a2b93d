"""Identity across articles says what the CoNLL reference scorer, the LEA scorer and scorch say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from scorch import scores as scorch

from khabar.scoring import coreference as identity

CASES = json.loads((Path(__file__).parent / "coreference.json").read_text("utf-8"))["cases"]
METRICS: dict[str, Callable[..., identity.Ratio]] = {
    "muc": identity.muc,
    "b_cubed": identity.b_cubed,
    "ceaf_e": identity.ceaf_e,
    "lea": identity.lea,
}
Clusters = list[frozenset[str]]


def share(pair: identity.Ratio) -> Fraction | None:
    return pair[0] / pair[1] if pair[1] else None


def exact(number: str | None) -> Fraction | None:
    return None if number is None else Fraction(number)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_reference_scorer(case: dict[str, Any]) -> None:
    """Recall and precision as exact fractions; 0/0 is undefined here where the scripts print 0."""
    key, response = ([frozenset(cluster) for cluster in case[side]] for side in ("key", "response"))
    for name, metric in METRICS.items():
        if name in case:
            recall, precision = map(exact, case[name])
            assert share(metric(key, response)) == recall, f"{name} recall"
            assert share(metric(response, key)) == precision, f"{name} precision"
            assert identity.harmonic(metric(key, response), metric(response, key)) == f1(recall, precision), (
                f"{name} F1"
            )


def f1(recall: Fraction | None, precision: Fraction | None) -> Fraction | None:
    if recall is None and precision is None:
        return None
    r, p = recall or Fraction(0), precision or Fraction(0)
    return 2 * p * r / (p + r) if p + r else Fraction(0)


def clustering(chance: random.Random, mentions: Sequence[str]) -> Clusters:
    """Some of the mentions, partitioned at random."""
    kept = chance.sample(mentions, chance.randint(1, len(mentions)))
    keys = chance.randint(1, len(kept))
    return identity.clusters_of({mention: str(chance.randrange(keys)) for mention in kept})


@pytest.mark.parametrize("seed", range(20))
def test_scorch(seed: int) -> None:
    """On random partitions of overlapping sets of mentions (scorch 0.2.0). It has no LEA."""
    chance = random.Random(seed)
    for _ in range(50):
        mentions = [str(at) for at in range(chance.randint(1, 14))]
        key, response = clustering(chance, mentions), clustering(chance, mentions)
        for name, theirs in (("muc", scorch.muc), ("b_cubed", scorch.b_cubed), ("ceaf_e", scorch.ceaf_e)):
            if name == "ceaf_e" and not frozenset().union(*key) & frozenset().union(*response):
                continue  # scorch fails where nothing is shared: it divides by NumPy's -0.0
            ours = identity.harmonic(METRICS[name](key, response), METRICS[name](response, key))
            expected = theirs([set(each) for each in key], [set(each) for each in response])[2]
            assert float(ours or 0) == pytest.approx(expected, abs=1e-9), f"{name} of {key} and {response}"
