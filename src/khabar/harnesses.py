"""For evaluation harnesses: the benchmark as questions to a language model, and the score of what it answered.

A question is one layer of one document, or the disputes of a story; its words are those of `khabar run openai:MODEL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import khabar
from khabar.records.labels import LAYERS

if TYPE_CHECKING:
    from khabar.records import Annotations, Dispute, Prediction
    from khabar.scoring.result import Score
    from khabar.systems.endpoint.prompts import Question


@cache
def questions() -> dict[str, Question]:
    """All questions of the released corpus' test split, by key."""
    from khabar.systems.endpoint.prompts import Question

    documents = khabar.load()
    asked = [Question(layer, (document,)) for layer in LAYERS[:3] for document in documents]
    for story in sorted({document.story for document in documents}):
        asked.append(Question("conflicts", tuple(document for document in documents if document.story == story)))
    return {question.key: question for question in asked}


def predictions(answers: Mapping[str, str]) -> list[Prediction]:
    """Read answers, by the key of their question, as predictions. What cannot be read says nothing."""
    from khabar.systems.endpoint.answers import read_answer
    from khabar.systems.endpoint.identity import joined, with_joined_names

    stories: dict[str, list[str]] = {}
    parts: dict[str, list[Annotations]] = {document.doc_id: [] for document in khabar.load()}
    disputes: list[Dispute] = []
    for key, content in answers.items():
        question = questions()[key]
        answer = read_answer(content, question.asked, question.documents)
        disputes += answer.disputes
        for record in answer.annotations:
            parts[record.doc_id].append(record)
    for document in khabar.load():
        stories.setdefault(document.story, []).append(document.doc_id)
    annotations = [
        record
        for doc_ids in stories.values()
        for record in with_joined_names([joined(doc_id, parts[doc_id]) for doc_id in doc_ids])
    ]
    return [*annotations, *disputes]


def score(answers: Mapping[str, str]) -> Score:
    """Score answers, by the key of their question: what `khabar score` says of their predictions."""
    return khabar.score(predictions(answers))
