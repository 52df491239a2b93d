"""A language model as a system: one question a layer and document, and one a story for its disputes."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from khabar.reading.incidents import Incident, InputError
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.endpoint.asking import Asker, Reply, Unanswered
from khabar.systems.endpoint.prompts import messages
from khabar.systems.endpoint.reading import Reading, joined, read
from khabar.systems.endpoint.schema import answer_schema
from khabar.systems.endpoint.together import as_they_come
from khabar.systems.failures import Failure
from khabar.systems.journal import digest
from khabar.systems.terms import Terms


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a layer of one document, or the disputes of all documents of a story."""

    layer: Layer
    documents: tuple[Document, ...]

    @property
    def where(self) -> str:
        """The document, or the story."""
        return self.documents[0].story if self.layer == "conflicts" else self.documents[0].doc_id


class Endpoint:
    """Asks a model behind an OpenAI-compatible endpoint (OPENAI_BASE_URL, OPENAI_API_KEY).

    An answer that is garbage, a refusal, or missing is an empty one, and a failure; of a broken one the whole items
    count. Whole answers are kept in the journal. Raises InputError if the endpoint takes no question at all.
    """

    def __init__(self, model: str, terms: Terms) -> None:
        self.answered = False
        self.failures: list[Failure] = []
        self.incidents: list[Incident] = []
        self._model = model
        self._terms = terms
        self._asker = Asker(model, terms.time_limit)
        self._disputes: dict[str, tuple[Dispute, ...]] = {}
        self._replies: list[Reply] = []

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Give each document's annotations when the answers for all its layers are there."""
        of_text = [layer for layer in layers if layer != "conflicts"]
        waiting = {document.doc_id: len(of_text) for document in documents}
        said: dict[str, list[Annotations]] = {document.doc_id: [] for document in documents}
        questions = [Question(layer, (document,)) for document in documents for layer in of_text]
        if "conflicts" in layers:
            stories = {story: tuple(each for each in documents if each.story == story) for story in _stories(documents)}
            questions += [Question("conflicts", theirs) for theirs in stories.values() if len(theirs) > 1]
        if not of_text:
            yield from (Annotations(doc_id=document.doc_id) for document in documents)
        for question, reading in self._readings(questions):
            if question.layer == "conflicts":
                self._disputes[question.where] = reading.disputes
                continue
            said[question.where] += reading.said
            waiting[question.where] -= 1
            if not waiting[question.where]:
                yield joined(question.where, said[question.where])

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes of a story; one with a single document was not asked for."""
        return list(self._disputes.get(story, ()))

    def report(self) -> list[str]:
        """Say what tokens all answers took, also those of an earlier run, and their cost if the price is known."""
        given = sum(reply.given for reply in self._replies)
        answered = sum(reply.answered for reply in self._replies)
        line = f"openai:{self._model}: {len(self._replies)} answers, {given:,} tokens in, {answered:,} out"
        if self._terms.price is not None:
            price = self._terms.price
            cost = (given * price.given + answered * price.answered) / 1e6
            line += f", cost {cost:.4f} (at {price.given:g}/{price.answered:g} a million)"
        return [line]

    def _readings(self, questions: Sequence[Question]) -> Iterator[tuple[Question, Reading]]:
        open_questions: list[Coroutine[Any, Any, tuple[Question, str, Reply | Unanswered]]] = []
        for question in questions:
            asked = digest("openai", self._asker.address, self._model, *_words(question))
            kept = self._terms.journal.get(asked)
            if kept is None:
                open_questions.append(self._ask(question, asked))
            else:
                yield question, self._read(question, msgspec.convert(kept, Reply))
        for question, asked, reply in as_they_come(open_questions, self._terms.jobs, self._asker.close):
            if isinstance(reply, Unanswered):
                if reply.hopeless and not self.answered:
                    raise InputError([Incident("endpoint-unusable", f"{self._model}: {reply}")])
                self.failures.append(Failure(question.where, str(reply), question.layer))
                yield question, Reading()
                continue
            reading = self._read(question, reply)
            if reading.wrong is None:
                self._terms.journal.put(asked, reply)
            yield question, reading

    async def _ask(self, question: Question, asked: str) -> tuple[Question, str, Reply | Unanswered]:
        try:
            return question, asked, await self._asker.ask(*_words(question))
        except Unanswered as why:
            return question, asked, why

    def _read(self, question: Question, reply: Reply) -> Reading:
        self.answered = True
        self._replies.append(reply)
        if reply.refusal is not None:
            reading = Reading(wrong=f"refused: {reply.refusal}")
        else:
            reading = read(reply.content, question.layer, question.documents)
        if reading.wrong is not None:
            self.failures.append(Failure(question.where, reading.wrong, question.layer, answered=True))
        return reading


def _words(question: Question) -> tuple[list[dict[str, str]], dict[str, Any]]:
    return messages(question.layer, question.documents), answer_schema(question.layer)


def _stories(documents: Sequence[Document]) -> list[str]:
    return list(dict.fromkeys(document.story for document in documents))
