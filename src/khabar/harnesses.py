"""For evaluation harnesses: the benchmark as questions to a language model, and the score of what it answered.

A question is one layer of one document, or the disputes of a story; its words are those of `khabar run openai:MODEL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import khabar
from khabar.records.labels import LAYERS, Layer

if TYPE_CHECKING:
    from khabar.records import Annotations, Dispute, Document, Prediction
    from khabar.scoring.result import Score


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `key` is LAYER/DOC_ID, for conflicts LAYER/STORY; messages are a chat's: role and content."""

    key: str
    layer: Layer
    documents: tuple[Document, ...]

    @property
    def messages(self) -> list[dict[str, str]]:
        """The rules of the layer, examples with answers, and the article or articles."""
        from khabar.systems.endpoint.prompts import messages

        return messages(self.layer, self.documents)


@cache
def questions() -> dict[str, Question]:
    """All questions of the released corpus' test split, by key."""
    documents = khabar.load()
    found = [Question(f"{layer}/{each.doc_id}", layer, (each,)) for layer in LAYERS[:3] for each in documents]
    for story in sorted({document.story for document in documents}):
        theirs = tuple(document for document in documents if document.story == story)
        found.append(Question(f"conflicts/{story}", "conflicts", theirs))
    return {question.key: question for question in found}


def predictions(answers: Mapping[str, str]) -> list[Prediction]:
    """Read answers, by the key of their question, as predictions. What cannot be read says nothing."""
    from khabar.systems.endpoint.reading import joined, read

    said: dict[str, list[Annotations]] = {document.doc_id: [] for document in khabar.load()}
    disputes: list[Dispute] = []
    for key, answer in answers.items():
        question = questions()[key]
        reading = read(answer, question.layer, question.documents)
        disputes += reading.disputes
        for each in reading.said:
            said[each.doc_id].append(each)
    return [*(joined(doc_id, parts) for doc_id, parts in said.items()), *disputes]


def score(answers: Mapping[str, str]) -> Score:
    """Score answers, by the key of their question: what `khabar score` says of their predictions."""
    return khabar.score(predictions(answers))
