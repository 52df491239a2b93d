"""Figures made anew on draws of whole stories: a story drawn twice stands there as two stories."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.reading.reference import Reference
from khabar.records import Annotations, PredictedEntity
from khabar.scoring import coreference as coref
from khabar.scoring.bootstrap import FEWEST_STORIES, redraw, story_frame
from khabar.scoring.coreference import Coreference, coreference
from khabar.scoring.layers.conflicts import Ranked, Ranking, average_precision
from khabar.scoring.layers.quotes import Utterances, pairs_of
from khabar.text.grounding import GroundedDocument

METRICS: dict[str, Callable[..., coref.Ratio]] = {
    "lea": coref.lea,
    "b_cubed": coref.b_cubed,
    "ceaf_e": coref.ceaf_e,
    "muc": coref.muc,
}
STORIES = 4

Mention = tuple[int, int, str | None, str | None]
"""Story, offset, gold's cluster, the system's; None for a side that does not have the mention."""


def mentions(chance: random.Random) -> list[Mention]:
    """Mentions of two random clusterings."""
    found: list[Mention] = [(0, 0, "0", "0")]
    for at in range(1, chance.randint(2, 14)):
        gold, ours = (str(chance.randrange(3)) if chance.random() < 0.8 else None for _ in range(2))
        found.append((chance.randrange(STORIES), at, gold, ours))
    return found


def compared(found: list[Mention], stories: range = range(STORIES)) -> Coreference:
    """The scorer's comparison of the mentions of some stories, a document each."""

    def document(story: int, side: int) -> Annotations:
        entities = [
            PredictedEntity(
                start=each[1],
                end=each[1] + 1,
                label="PERS",
                entity_id=each[side],
                phenomena=("spelling_variant",) if each[1] % 3 == 0 else (),
            )
            for each in found
            if each[0] == story and each[side] is not None
        ]
        return Annotations(doc_id=f"d{story}", story=f"s{story}", entities=tuple(entities))

    gold = Reference.build([document(story, 2) for story in stories])
    predicted = {f"d{story}": GroundedDocument(document(story, 3)).entities for story in stories}
    return coreference(gold, predicted)


def optional(value: float) -> float | None:
    return None if np.isnan(value) else value


@pytest.mark.parametrize("seed", range(40))
def test_coreference(seed: int) -> None:
    chance = random.Random(seed)
    found = mentions(chance)
    draws = [[1] * STORIES, *([chance.randint(0, 3) for _ in range(STORIES)] for _ in range(5))]
    made = compared(found)
    drawn = made.resample(np.array(draws, np.uint8))
    for at, times in enumerate(draws):
        copies = [((story, copy), *rest) for story, *rest in found for copy in range(times[story])]
        gold = {(story, at): f"{story} {key}" for story, at, key, _ in copies if key is not None}
        ours = {(story, at): f"{story} {key}" for story, at, _, key in copies if key is not None}
        for name, metric in METRICS.items():
            sides = coref.clusters_of(gold), coref.clusters_of(ours)
            expected = coref.harmonic(metric(*sides), metric(*reversed(sides)))
            assert optional(drawn[f"identity.{name}.f1"][at]) == (
                None if expected is None else pytest.approx(float(expected))
            ), f"{name}, drawn {times}"
            if at == 0:
                assert made.values()[f"identity.{name}.f1"].value == (None if expected is None else float(expected))
        links = [(p, q) for p in gold if p[1] % 3 == 0 for q in gold if q != p and gold[q] == gold[p]]
        kept = [(p, q) for p, q in links if p in ours and ours.get(q) == ours[p]]
        recall = pytest.approx(len(kept) / len(links)) if links else None
        assert optional(drawn["identity.variants.recall"][at]) == recall


@pytest.mark.parametrize("seed", range(20))
def test_coreference_adds_over_parts(seed: int) -> None:
    """To the bit, wherever stories are cut apart."""
    found = mentions(random.Random(seed))
    cut = seed % STORIES
    parts = [compared([each for each in found if each[0] in some], some) for some in (range(cut, STORIES), range(cut))]
    whole, joined = compared(found), Coreference.merge(parts)
    assert joined.values() == whole.values()
    times = np.array([[1, 2, 0, 1], [0, 0, 4, 0]], np.uint8)
    for name, values in whole.resample(times).items():
        np.testing.assert_array_equal(joined.resample(times)[name], values)


@pytest.mark.parametrize("seed", range(30))
def test_average_precision(seed: int) -> None:
    chance = random.Random(seed)
    stories = [f"s{at}" for at in range(STORIES)]
    records = [
        Ranked(chance.choice(stories), chance.choice([0.1, 0.5, 0.5, 0.9, 1.0]), chance.random() < 0.5)
        for _ in range(chance.randint(0, 8))
    ]
    hard = Counter(record.story for record in records if record.right)
    hard.update(chance.choice(stories) for _ in range(chance.randint(0, 3)))  # those missed
    draws = [[1] * STORIES, *([chance.randint(0, 2) for _ in range(STORIES)] for _ in range(5))]
    made = Ranking.of(records, hard, stories)
    drawn = made.resample(np.array(draws, np.uint8))["average_precision"]
    for at, times in enumerate(draws):
        of_story = dict(zip(stories, times, strict=True))
        copies = [(each.confidence, each.right) for each in records for _ in range(of_story[each.story])]
        expected = average_precision(copies, sum(hard[story] * of_story[story] for story in stories))
        assert optional(drawn[at]) == (None if expected is None else pytest.approx(expected))
        if at == 0:
            assert made.values()["average_precision"].value == expected
    parts = [
        Ranking.of([each for each in records if each.story in some], {s: hard[s] for s in some}, some)
        for some in (stories[2:], stories[:2])
    ]
    joined = Ranking.merge(parts)
    assert joined.values() == made.values()
    assert joined.resample(np.array(draws, np.uint8))["average_precision"] == pytest.approx(drawn, nan_ok=True)


@pytest.mark.parametrize("seed", range(30))
def test_utterances(seed: int) -> None:
    chance = random.Random(seed)
    contents = {
        f"s{story}": [
            (chance.choice([None, "a", "b"]), chance.choice([None, "x", "y"])) for _ in range(chance.randint(0, 6))
        ]
        for story in range(STORIES)
    }
    counts = Counter[str]()
    for items in contents.values():
        for one, other in combinations(items, 2):
            ours, theirs = (one[side] is not None and one[side] == other[side] for side in (0, 1))
            counts["tp" if ours and theirs else "fn" if ours else "fp" if theirs else "-"] += 1
    pairs = {story: pairs_of(items) for story, items in contents.items()}
    made = Utterances.of(pairs, ["s0", "s1", "s2", "s3", "silent"], 3)
    figure = made.values()["utterance.pair_f1"]
    assert figure.counts == {f"utterance.{name}": counts[name] for name in ("tp", "fp", "fn")}
    once = made.resample(np.ones((1, STORIES + 1), np.uint8))["utterance.pair_f1"]
    assert optional(once[0]) == figure.value


@given(st.lists(st.dictionaries(st.integers(0, 5), st.integers(-4, 4)), min_size=1), st.integers(0, 3))
def test_sums_of_stories_add_over_parts(parts: list[dict[int, int]], more: int) -> None:
    sums = [Utterances.of({str(k): [n, 1, 0] for k, n in part.items()}, map(str, range(more)), 3) for part in parts]
    joined = Utterances.merge(sums)
    assert list(joined.stories) == sorted({story for part in sums for story in part.stories})
    for story, row in zip(joined.stories, joined.rows.tolist(), strict=True):
        numbers = [part[int(story)] for part in parts if int(story) in part]
        assert row == [sum(numbers), len(numbers), 0]
    assert joined.total == tuple(joined.rows.sum(axis=0))


def test_below_ten_stories_nothing_is_drawn() -> None:
    def utterances(stories: int) -> Utterances:
        return Utterances.of({f"{at}": (1, 0, 0) for at in range(stories)}, (), 3)

    assert story_frame([str(at) for at in range(FEWEST_STORIES - 1)]) is None
    assert redraw(utterances(FEWEST_STORIES - 1)) == {}
    assert redraw(utterances(FEWEST_STORIES), resamples=7)["utterance.pair_f1"].tolist() == [1.0] * 7
