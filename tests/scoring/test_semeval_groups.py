"""SemEval schemes: a group of overlapping mentions is judged alike however large it is taken to be."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from khabar.reading.mentions import Mentions, as_given
from khabar.records import PredictedEntity
from khabar.scoring.layers.entity_columns import outcomes_of_schemes

Rows = list[tuple[int, int, str]]


def mentions(rows: Rows) -> Mentions:
    return as_given([[PredictedEntity(start=start, end=end, label=label) for start, end, label in rows]])  # type: ignore[arg-type]


def counted(gold: Mentions, predicted: Mentions, **sizes: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for outcome in outcomes_of_schemes(gold, predicted, **sizes):
        found[outcome.column] += len(outcome.indices)
    return +found


@pytest.mark.parametrize("seed", range(60))
def test_a_group_counts_the_same_as_a_matrix_and_pair_by_pair(seed: int) -> None:
    chance = random.Random(seed)

    def some() -> Rows:
        rows = {
            (start := chance.randrange(20), start + chance.randint(1, 12), chance.choice(["PERS", "ORG"]))
            for _ in range(16)
        }
        return sorted(rows)

    gold, said = some(), some()
    predicted = [*said, *chance.sample(gold, len(gold) // 2)]
    as_a_matrix = counted(mentions(gold), mentions(predicted))
    assert counted(mentions(gold), mentions(predicted), most_cells=0) == as_a_matrix


def test_a_thousand_mentions_over_one_place_are_judged() -> None:
    """Each overlaps each: a million pairs, of which `type` may choose any with the same label."""
    gold = [(at, 5000 - at, ("PERS", "ORG")[at % 2]) for at in range(1000)]
    predicted = [(at + 1, 5000 - at, "PERS") for at in range(1000)]
    found = counted(mentions(gold), mentions(predicted))
    assert found["semeval.type.cor"] == 500
    assert found["semeval.partial.par"] == 1000
    assert "semeval.strict.mis" not in found


def test_a_long_chain_is_judged_without_a_matrix() -> None:
    """Twenty thousand mentions that each overlap the next few: all of both sides would be 400 million cells."""
    size = 20_000
    gold = [(at, at + 2, "PERS") for at in range(size)]
    predicted = [(at, at + 3, "PERS") for at in range(size)]
    found = counted(mentions(gold), mentions(predicted))
    assert found["semeval.type.cor"] == found["semeval.partial.par"] == size
