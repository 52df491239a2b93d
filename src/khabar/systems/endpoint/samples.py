"""A sample: one question with its answer, and its counts, which add up to the official figures."""

from __future__ import annotations

from typing import NamedTuple, cast

from khabar.reading.reference import Reference
from khabar.records.labels import Layer
from khabar.scoring.cases import Cases
from khabar.scoring.layers import judge_of
from khabar.systems.endpoint.answers import read_answer
from khabar.systems.endpoint.identity import joined
from khabar.systems.endpoint.prompts import Question


class Counts(NamedTuple):
    """Predictions of a headline that are right (`tp`) and false (`fp`), and gold rows that are missed (`fn`)."""

    tp: int
    fp: int
    fn: int


def counts_of(question: Question, content: str, reference: Reference) -> Counts:
    """Judge the answer to a question about a layer. What cannot be read says nothing."""
    layer, where = cast(Layer, question.asked), question.where
    answer = read_answer(content, layer, question.documents)
    cases = Cases(reference, [] if layer == "conflicts" else [joined(where, answer.annotations)], answer.disputes)
    if layer == "conflicts":
        case = next((gold, predicted) for gold, predicted in cases.of(layer) if gold.story == where)
    else:
        case = cases.reference.documents[where], cases.predictions[where]
    headline = judge_of(layer, cases).judge(*case).headline
    return Counts(len(headline.pairs), len(headline.false), len(headline.missed))
