"""For evaluation harnesses: the benchmark as questions to a language model, and what its answers are worth.

A sample is one question: a layer of one document, or the disputes of a story; its words are those of
`khabar run openai:MODEL`. It is worth its counts, which add up to the official figures; the story is its cluster.
That run's question which names are one thing depends on other answers, and no harness asks it: names are joined where
they are equal after folding. No headline depends on it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import khabar
from khabar.records.labels import LAYERS
from khabar.systems.endpoint.answers import SampleCounts, counts_of

if TYPE_CHECKING:
    from khabar.reading.reference import Reference
    from khabar.records import Annotations, Dispute, Prediction
    from khabar.scoring.result import Score
    from khabar.systems.endpoint.prompts import Question


@cache
def questions(split: str = "test") -> dict[str, Question]:
    """All questions of a split of the released corpus, by key (`entities/DOC_ID`, `conflicts/STORY`)."""
    from khabar.systems.endpoint.prompts import Question
    from khabar.systems.protocol import by_story

    documents = khabar.load(split=split)
    asked = [Question(layer, (document,)) for layer in LAYERS[:3] for document in documents]
    asked += [Question("conflicts", tuple(group)) for _, group in sorted(by_story(documents).items())]
    return {question.key: question for question in asked}


def counts(key: str, content: str, split: str = "test") -> SampleCounts:
    """Judge the answer to one question. What cannot be read says nothing."""
    return counts_of(questions(split)[key], content, _gold(split))


def f1(samples: Iterable[SampleCounts]) -> float:
    """F1 of the counts of a layer's samples: the official headline; NaN where it is undefined."""
    tp, fp, fn = [sum(column) for column in zip(*samples, strict=True)] or [0, 0, 0]
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else math.nan


def overall(samples: Iterable[tuple[str, SampleCounts]]) -> float:
    """Mean of the four layers' F1, from each sample's layer and counts; NaN where one is undefined."""
    by_layer: dict[str, list[SampleCounts]] = defaultdict(list)
    for layer, sample in samples:
        by_layer[layer].append(sample)
    return sum(f1(by_layer[layer]) for layer in LAYERS) / len(LAYERS)


def stderr(samples: Iterable[tuple[str, SampleCounts]]) -> float:
    """Standard error of a layer's F1, clustered: from each sample's story and counts; NaN below two stories.

    F1 is a ratio of sums, a / b; by the delta method its variance is that of the stories' a − F1·b, over b².
    """
    stories: dict[str, list[SampleCounts]] = defaultdict(list)
    for story, sample in samples:
        stories[story].append(sample)
    value = f1(sample for same in stories.values() for sample in same)
    if len(stories) < 2 or math.isnan(value):
        return math.nan
    ratios = [(2 * sum(s.tp for s in same), sum(2 * s.tp + s.fp + s.fn for s in same)) for same in stories.values()]
    whole = sum(b for _, b in ratios)
    spread = sum((a - value * b) ** 2 for a, b in ratios)
    return math.sqrt(spread * len(ratios) / (len(ratios) - 1)) / whole


def predictions(answers: Mapping[str, str], split: str = "test") -> list[Prediction]:
    """Read answers, by the key of their question, as predictions. What cannot be read says nothing."""
    from khabar.systems.endpoint.answers import joined, read_answer, with_joined_names

    stories: dict[str, dict[str, list[Annotations]]] = {}
    for document in khabar.load(split=split):
        stories.setdefault(document.story, {})[document.doc_id] = []
    disputes: list[Dispute] = []
    for key, content in answers.items():
        question = questions(split)[key]
        answer = read_answer(content, question.asked, question.documents)
        disputes += answer.disputes
        for record in answer.annotations:
            stories[question.documents[0].story][record.doc_id].append(record)
    annotations = [
        record
        for parts in stories.values()
        for record in with_joined_names([joined(doc_id, items) for doc_id, items in parts.items()])
    ]
    return [*annotations, *disputes]


def score(answers: Mapping[str, str], split: str = "test") -> Score:
    """Score answers, by the key of their question: what `khabar score` says of their predictions."""
    return khabar.score(predictions(answers, split), split=split)


@cache
def _gold(split: str) -> Reference:
    from khabar.api import read_gold
    from khabar.reading.incidents import Incidents

    return read_gold(None, split, Incidents())
