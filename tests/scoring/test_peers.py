"""On ground where the well-known scorers are right, khabar says what they say, to the count.

seqeval 1.2.2 is right on flat disjoint spans in strict mode with scheme IOB2. nervaluate 1.2.1 is right where, besides,
no prediction overlaps two gold spans nor two predictions one, and document 0 is not empty; it takes ends as inclusive
and wants predictions in the order of the text. Where they are wrong, docs/differences.md shows it.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.evaluator import Evaluator
from seqeval.metrics import classification_report, f1_score
from seqeval.scheme import IOB2

from khabar.reading.incidents import Incidents, errors
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import Reference
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.counts import SamplingFrame
from khabar.scoring.layers.entities import FlatTags
from khabar.scoring.result import Score
from khabar.scoring.scorer import score

Span = tuple[int, int, str]
"""Start, end (half-open) and label."""
Corpus = list[list[Span]]
"""The spans of each sentence."""

CORPORA, SENTENCES = 40, 100
SCHEMES = {"strict": "strict", "exact": "exact", "partial": "partial", "ent_type": "type"}
"""nervaluate's name of each SemEval-2013 scheme, and khabar's."""
OUTCOMES = {"correct": "cor", "incorrect": "inc", "partial": "par", "missed": "mis", "spurious": "spu"}


def sentence(chance: random.Random, labels: list[str]) -> tuple[list[Span], list[Span], int]:
    """Gold and predicted spans of a sentence, and its length.

    Each stretch of the sentence holds a gold span, a prediction, both or neither, so that no span meets two others.
    """
    gold: list[Span] = []
    said: list[Span] = []
    at = 0
    for _ in range(chance.randint(0, 6)):
        width = chance.randint(1, 6)
        start, end = sorted(chance.sample(range(at, at + width + 1), 2))
        label = chance.choice(labels)
        what = chance.random()
        if what < 0.8:
            gold.append((start, end, label))
        if what >= 0.8 or chance.random() < 0.8:
            if chance.random() < 0.5:
                start, end = sorted(chance.sample(range(at, at + width + 1), 2))
            said.append((start, end, label if chance.random() < 0.7 else chance.choice(labels)))
        at += width + chance.randint(0, 2)
    return gold, said, at + 1


def corpora(seed: int) -> tuple[Corpus, Corpus, list[int]]:
    """A random corpus whose first sentence holds a gold span and a prediction."""
    chance = random.Random(seed)
    labels = chance.sample(ENTITY_LABELS, chance.randint(1, 5))
    found = [([(0, 1, labels[0])], [(0, 1, labels[0])], 2)]
    found += [sentence(chance, labels) for _ in range(SENTENCES)]
    gold, said, lengths = (list(part) for part in zip(*found, strict=True))
    return gold, said, lengths


def ours(gold: Corpus, said: Corpus) -> Score:
    """Score as `khabar score --layers entities` does, with one line a sentence."""

    def lines(corpus: Corpus) -> list[dict[str, Any]]:
        return [
            {"doc_id": f"{at:05}", "entities": [{"start": s, "end": e, "label": label} for s, e, label in spans]}
            for at, spans in enumerate(corpus)
        ]

    incidents = Incidents()
    right, guessed = (split(given_predictions(lines(corpus), incidents)) for corpus in (gold, said))
    assert not errors(incidents)
    return score(Reference.build(*right), *guessed, layers=["entities"], resamples=2)


def tags(corpus: Corpus, lengths: list[int]) -> list[list[str]]:
    """IOB2 tags: one token a code point."""
    found = [["O"] * length for length in lengths]
    for row, spans in zip(found, corpus, strict=True):
        for start, end, label in spans:
            row[start:end] = [f"B-{label}"] + [f"I-{label}"] * (end - start - 1)
    return found


def inclusive(corpus: Corpus) -> list[list[dict[str, Any]]]:
    """nervaluate's dictionaries, in the order of the text."""
    return [[{"label": label, "start": s, "end": e - 1} for s, e, label in sorted(spans)] for spans in corpus]


@pytest.mark.parametrize("seed", range(CORPORA))
def test_seqeval(seed: int) -> None:
    """Strict IOB2: micro F1, macro F1, and each label's precision, recall and F1."""
    gold, said, lengths = corpora(seed)
    figures = ours(gold, said).layers["entities"]
    true, guessed = tags(gold, lengths), tags(said, lengths)
    options: dict[str, Any] = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    assert figures["f1"].value == pytest.approx(f1_score(true, guessed, average="micro", **options), abs=1e-12)
    report = classification_report(true, guessed, output_dict=True, **options)
    labels = {label for corpus in (gold, said) for spans in corpus for _, _, label in spans}
    assert labels == set(report) - {"micro avg", "macro avg", "weighted avg"}
    for label in labels:
        for name, theirs in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
            value = figures[f"label.{label}.{name}"].value
            assert (value or 0) == pytest.approx(report[label][theirs], abs=1e-12), f"{label} {name}"
    assert figures["macro_f1"].value == pytest.approx(report["macro avg"]["f1-score"], abs=1e-12)


TAGS = st.lists(st.sampled_from(["O", "B-PERS", "I-PERS", "B-LOC", "I-LOC"]), min_size=4, max_size=4)


@given(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=5))
def test_flat_tags(paragraphs: list[tuple[list[str], list[str]]]) -> None:
    """The figure over tags, ill-formed ones too, is seqeval's to the last bit; undefined where nothing is tagged."""
    gold, said = ([list(tags) for tags in side] for side in zip(*paragraphs, strict=True))
    frame = SamplingFrame({"": range(len(gold))})
    [figure] = FlatTags.of(frame, np.arange(len(gold)), gold, said).values().values()
    is_tagged = any(tag != "O" for tags in gold + said for tag in tags)
    assert figure.value == (f1_score(gold, said, mode="strict", scheme=IOB2, zero_division=0) if is_tagged else None)


@pytest.mark.parametrize("seed", range(CORPORA))
def test_nervaluate(seed: int) -> None:
    """All four schemes: the five counts, precision, recall and F1."""
    gold, said, _ = corpora(seed)
    figures = ours(gold, said).layers["entities"]
    found = Evaluator(inclusive(gold), inclusive(said), tags=list(ENTITY_LABELS), loader="dict").evaluate()["overall"]
    for theirs, scheme in SCHEMES.items():
        figure = figures[f"semeval.{scheme}.f1"]
        for outcome, short in OUTCOMES.items():
            counted = figure.counts[f"semeval.{scheme}.{short}"]
            assert counted == getattr(found[theirs], outcome), f"{scheme} {outcome}"
        for name in ("precision", "recall", "f1"):
            value = figures[f"semeval.{scheme}.{name}"].value
            assert value == pytest.approx(getattr(found[theirs], name), abs=1e-12), f"{scheme} {name}"


@pytest.mark.parametrize("seed", range(CORPORA))
def test_both_peers_agree_with_each_other(seed: int) -> None:
    """The corpora are indeed common ground: seqeval's F1 is nervaluate's strict one."""
    gold, said, lengths = corpora(seed)
    one = f1_score(tags(gold, lengths), tags(said, lengths), mode="strict", scheme=IOB2)
    two = Evaluator(inclusive(gold), inclusive(said), tags=list(ENTITY_LABELS), loader="dict").evaluate()
    assert one == pytest.approx(two["overall"]["strict"].f1, abs=1e-12)


def test_the_corpora_hold_every_outcome() -> None:
    """A differential test is worth what its inputs cover: each outcome of each scheme occurs a hundred times."""
    totals: dict[str, float] = {}
    for seed in range(CORPORA):
        figures = ours(*corpora(seed)[:2]).layers["entities"]
        for scheme in SCHEMES.values():
            for column, number in figures[f"semeval.{scheme}.f1"].counts.items():
                totals[column] = totals.get(column, 0) + number
    never = {"semeval.strict.par", "semeval.exact.par", "semeval.type.par", "semeval.partial.inc"}
    assert {column for column, number in totals.items() if number < 100} == never
