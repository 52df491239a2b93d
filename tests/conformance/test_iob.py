"""Reading IOB2: repairs by name give what seqscore gives, and what is written comes back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqscore.encoding import get_encoding
from seqscore.scoring import score_label_sequences

from khabar.formats.sentences import Chunk, Repair, TagError, decode, encode

LABELS = ("PERS", "ORG", "GPE")
TAGS = ("O", *(f"{prefix}-{label}" for prefix in "BI" for label in LABELS))


@pytest.mark.parametrize("repair", ["conlleval", "discard"])
@pytest.mark.parametrize("seed", range(10))
def test_seqscore(repair: Repair, seed: int) -> None:
    """Chunks of random tags, and TP, FP and FN of random pairs of them (seqscore 0.9.0, BIO)."""
    chance = random.Random(seed)
    theirs = get_encoding("BIO")
    for _ in range(100):
        length = chance.randint(1, 12)
        gold, said = ([chance.choice(TAGS) for _ in range(length)] for _ in range(2))
        found = []
        for tags in (gold, said):
            mentions = theirs.decode_labels(theirs.repair_labels(tags, repair))
            chunks = decode(tags, repair)
            assert chunks == [Chunk(each.span.start, each.span.end, each.type) for each in mentions], tags
            found.append(set(chunks))
        right, guessed = found
        score, _ = score_label_sequences([said], [gold], "BIO", repair=repair)
        ours = len(right & guessed), len(guessed - right), len(right - guessed)
        assert ours == (score.true_pos, score.false_pos, score.false_neg)


@given(st.lists(st.sampled_from(TAGS), max_size=12))
def test_none_refuses_just_what_a_repair_would_change(tags: list[str]) -> None:
    lenient, strict = decode(tags, "conlleval"), decode(tags, "discard")
    if encode(lenient, len(tags)) == tags:
        assert decode(tags) == lenient == strict
        return
    with pytest.raises(TagError) as caught:
        decode(tags)
    assert encode(strict, len(tags)) != tags
    assert all(tags[fault.at].startswith("I-") for fault in caught.value.faults)


@pytest.mark.parametrize("repair", ["none", "conlleval", "discard"])
@pytest.mark.parametrize("tag", ["", "X", "B", "B-", "I-", "b-PERS", "E-PERS", "o", "PERS", "-PERS"])
def test_what_is_no_tag_is_refused_under_any_repair(tag: str, repair: Repair) -> None:
    with pytest.raises(TagError) as caught:
        decode(["O", tag, "O"], repair)
    assert [fault.at for fault in caught.value.faults] == [1]


def test_labels_may_hold_hyphens() -> None:
    assert decode(["B-A-B", "I-A-B", "B-A"]) == [Chunk(0, 2, "A-B"), Chunk(2, 3, "A")]


def test_there_are_three_repairs() -> None:
    with pytest.raises(ValueError, match="none, conlleval, discard"):
        decode(["O"], "seqeval")  # type: ignore[arg-type]


def test_nested_chunks_are_not_written() -> None:
    with pytest.raises(ValueError, match="not free"):
        encode([Chunk(0, 3, "OCC"), Chunk(1, 2, "GPE")], 3)
