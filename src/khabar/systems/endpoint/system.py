"""A language model as a system: one question a layer and document, and one a story for its disputes."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from typing import Any

from khabar.reading.incidents import Incident, InputError
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.endpoint.answers import LayerAnswer, joined, read_answer
from khabar.systems.endpoint.client import Asker, Reply, Unanswered, as_they_come
from khabar.systems.endpoint.prompts import Question
from khabar.systems.journal import digest
from khabar.systems.protocol import Failure, Options, SlowSystem


class Endpoint(SlowSystem):
    """Asks a model behind an OpenAI-compatible endpoint (OPENAI_BASE_URL, OPENAI_API_KEY).

    Malformed, refused or missing answers count as empty and are logged as failures; complete items of a truncated
    answer are kept. Whole answers go into the journal. Raises InputError if the endpoint takes no question at all.
    """

    def __init__(self, model: str, options: Options) -> None:
        super().__init__(options)
        self._model = model
        self._asker = Asker(model, options.time_limit)
        self._disputes: dict[str, tuple[Dispute, ...]] = {}
        self._replies: list[Reply] = []

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Give each document's annotations when the answers for all its layers are there."""
        of_text = [layer for layer in layers if layer != "conflicts"]
        waiting = {document.doc_id: len(of_text) for document in documents}
        parts: dict[str, list[Annotations]] = {document.doc_id: [] for document in documents}
        questions = [Question(layer, (document,)) for document in documents for layer in of_text]
        if "conflicts" in layers:
            for story in dict.fromkeys(document.story for document in documents):
                group = tuple(document for document in documents if document.story == story)
                questions += [Question("conflicts", group)] if len(group) > 1 else []
        if not of_text:
            yield from (Annotations(doc_id=document.doc_id) for document in documents)
        for question, answer in self._answers(questions):
            if question.layer == "conflicts":
                self._disputes[question.where] = answer.disputes
                continue
            parts[question.where] += answer.annotations
            waiting[question.where] -= 1
            if not waiting[question.where]:
                yield joined(question.where, parts[question.where])

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes of a story; one with a single document was not asked for."""
        return list(self._disputes.get(story, ()))

    def report(self) -> list[str]:
        """Say what tokens all answers took, also those of an earlier run, and their cost if the price is known."""
        given = sum(reply.given for reply in self._replies)
        answered = sum(reply.answered for reply in self._replies)
        line = f"openai:{self._model}: {len(self._replies)} answers, {given:,} tokens in, {answered:,} out"
        if (price := self.options.price) is not None:
            cost = (given * price.given + answered * price.answered) / 1e6
            line += f", cost {cost:.4f} (at {price.given:g}/{price.answered:g} a million)"
        return [line]

    def _answers(self, questions: Sequence[Question]) -> Iterator[tuple[Question, LayerAnswer]]:
        """Answer each question: first those an earlier run has answers for, then the others as answers come."""
        unanswered: list[Coroutine[Any, Any, tuple[Question, str, Reply | Unanswered]]] = []
        for question in questions:
            asked = digest("openai", self._asker.address, self._model, question.messages, question.schema)
            kept = self.options.journal.get(asked, Reply)
            if kept is None:
                unanswered.append(self._ask(question, asked))
            else:
                yield question, self._read(question, kept)
        for question, asked, reply in as_they_come(unanswered, self.options.jobs, self._asker.close):
            if isinstance(reply, Unanswered):
                if reply.hopeless and not self.answered:
                    raise InputError([Incident("endpoint-unusable", f"{self._model}: {reply}")])
                self.failures.append(Failure(question.where, str(reply), question.layer))
                yield question, LayerAnswer()
                continue
            answer = self._read(question, reply)
            if answer.wrong is None:
                self.options.journal.put(asked, reply)
            yield question, answer

    async def _ask(self, question: Question, asked: str) -> tuple[Question, str, Reply | Unanswered]:
        try:
            return question, asked, await self._asker.ask(question.messages, question.schema)
        except Unanswered as why:
            return question, asked, why

    def _read(self, question: Question, reply: Reply) -> LayerAnswer:
        self.answered = True
        self._replies.append(reply)
        if reply.refusal is not None:
            answer = LayerAnswer(wrong=f"refused: {reply.refusal}")
        else:
            answer = read_answer(reply.content, question.layer, question.documents)
        if answer.wrong is not None:
            self.failures.append(Failure(question.where, answer.wrong, question.layer, answered=True))
        return answer
