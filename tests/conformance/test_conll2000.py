"""The sample of conlleval, the script of CoNLL-2000: its figures, and the four SemEval-2013 schemes on it.

conlleval lets an I- that continues nothing begin a chunk (repair `conlleval`); strict IOB2 gives no chunk (`discard`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from nervaluate.evaluator import Evaluator

from khabar.formats.sentences import Chunk, Repair, TagError, decode
from khabar.reading.reference import Reference
from khabar.records import Annotations, PredictedEntity
from khabar.records.labels import EntityLabel
from khabar.scoring.result import Measured
from khabar.scoring.scorer import score

TYPES: dict[str, EntityLabel] = {"N": "PERS", "V": "ORG", "P": "GPE", "S": "LOC", "D": "FAC", "J": "EVENT"}
"""A chunk type of the sample (NP, VP, PP, SBAR, ADVP, ADJP) and the label that stands for it here."""
Tags = tuple[list[list[str]], list[list[str]]]


@cache
def sample() -> Tags:
    """Tags of gold and of the predictions, by sentence."""
    text = (Path(__file__).parent / "conll2000_sample.txt").read_text("utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]

    def tag(letter: str) -> str:
        return "O" if letter == "o" else f"{'B' if letter.isupper() else 'I'}-{TYPES[letter.upper()]}"

    gold, predicted = ([[tag(pair[side]) for pair in line] for line in lines] for side in (0, 1))
    return gold, predicted


def figures(repair: Repair) -> dict[str, Measured]:
    """Score the sample as `khabar score --layers entities` does, one document a sentence, a token a code point."""

    def said(sentences: list[list[str]], policy: Repair) -> list[Annotations]:
        return [
            Annotations(doc_id=f"{at:02}", entities=tuple(map(entity, decode(tags, policy))))
            for at, tags in enumerate(sentences)
        ]

    gold, predicted = sample()
    return score(Reference.build(said(gold, "none")), said(predicted, repair), layers=["entities"], resamples=2).layers[
        "entities"
    ]


def entity(chunk: Chunk) -> PredictedEntity:
    return PredictedEntity(start=chunk.start, end=chunk.end, label=chunk.label)  # type: ignore[arg-type]


def percent(figure: Measured) -> float:
    assert figure.value is not None
    return round(100 * figure.value, 2)


def test_the_sample_is_the_one() -> None:
    """961 tokens, 459 chunks, 539 found, 84.08% of the tags right."""
    gold, predicted = sample()
    pairs = [pair for ours, theirs in zip(gold, predicted, strict=True) for pair in zip(ours, theirs, strict=True)]
    assert len(pairs) == 961
    assert round(100 * sum(ours == theirs for ours, theirs in pairs) / len(pairs), 2) == 84.08
    assert sum(len(decode(tags)) for tags in gold) == 459
    assert sum(len(decode(tags, "conlleval")) for tags in predicted) == 539


def test_without_a_repair_the_predictions_are_refused() -> None:
    with pytest.raises(TagError) as caught:
        decode(sample()[1][0])
    first = caught.value.faults[0]
    assert (first.at, first.message) == (0, "'I-PERS' at the beginning continues no span of PERS")
    assert first.fix == "write B-PERS, or choose a repair: conlleval or discard"


def test_lenient() -> None:
    found = figures("conlleval")
    assert found["f1"].counts == {"exact.tp": 371, "exact.fp": 168, "exact.fn": 88}
    assert [percent(found[name]) for name in ("precision", "recall", "f1")] == [68.83, 80.83, 74.35]


@pytest.mark.parametrize(
    ("letter", "precision", "recall", "f1"),
    [
        ("J", 0.0, 0.0, 0.0),
        ("D", 45.45, 62.5, 52.63),
        ("N", 64.98, 78.63, 71.16),
        ("P", 83.18, 98.89, 90.36),
        ("S", 66.67, 33.33, 44.44),
        ("V", 69.0, 79.31, 73.8),
    ],
)
def test_lenient_by_type(letter: str, precision: float, recall: float, f1: float) -> None:
    """The lines of conlleval's output."""
    found = figures("conlleval")
    ours = [percent(found[f"label.{TYPES[letter]}.{name}"]) for name in ("precision", "recall", "f1")]
    assert ours == [precision, recall, f1]


def test_strict() -> None:
    found = figures("discard")
    assert [percent(found[name]) for name in ("precision", "recall", "f1")] == [70.77, 70.15, 70.46]


@pytest.mark.parametrize(
    ("scheme", "counts", "f1"),
    [
        ("strict", (371, 85, 0, 3, 83), 74.35),
        ("exact", (381, 75, 0, 3, 83), 76.35),
        ("partial", (381, 0, 75, 3, 83), 83.87),
        ("type", (445, 11, 0, 3, 83), 89.18),
    ],
)
def test_semeval_schemes(scheme: str, counts: tuple[int, ...], f1: float) -> None:
    """Correct, incorrect, partial, missed, spurious of the lenient chunks under optimal assignment."""
    figure = figures("conlleval")[f"semeval.{scheme}.f1"]
    assert (
        tuple(figure.counts[f"semeval.{scheme}.{outcome}"] for outcome in ("cor", "inc", "par", "mis", "spu")) == counts
    )
    assert percent(figure) == f1


def test_the_figures_of_nervaluate() -> None:
    """Its pairs are the first that overlap: on three schemes as many are right, on `type` 12 fewer than could be."""

    def inclusive(sentences: list[list[str]]) -> list[list[dict[str, int | str]]]:
        chunks = [decode(tags, "conlleval") for tags in sentences]
        return [[{"label": c.label, "start": c.start, "end": c.end - 1} for c in each] for each in chunks]

    gold, predicted = map(inclusive, sample())
    found = Evaluator(gold, predicted, tags=list(TYPES.values()), loader="dict").evaluate()["overall"]
    outcomes = ("correct", "incorrect", "partial", "missed", "spurious")
    theirs = {scheme: tuple(getattr(found[scheme], each) for each in outcomes) for scheme in found}
    assert theirs == {
        "strict": (371, 85, 0, 3, 83),
        "exact": (381, 75, 0, 3, 83),
        "partial": (381, 0, 75, 3, 83),
        "ent_type": (433, 23, 0, 3, 83),
    }
