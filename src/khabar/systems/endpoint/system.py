"""`openai:MODEL`: the language model behind an endpoint."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from khabar.reading.incidents import Incident, InputError
from khabar.systems.endpoint.client import Asker, Pool, Reply, Unanswered
from khabar.systems.endpoint.language_model import LanguageModel, reading_of
from khabar.systems.endpoint.prompts import Question
from khabar.systems.journal import digest
from khabar.systems.protocol import Options


class Endpoint(LanguageModel):
    """Asks a model behind an OpenAI-compatible endpoint (OPENAI_BASE_URL, OPENAI_API_KEY).

    Whole answers go into the journal. Raises InputError if the endpoint takes no question at all.
    """

    def __init__(self, model: str, options: Options) -> None:
        super().__init__(f"openai:{model}", options)
        self._model = model
        self._asker = Asker(model, options.time_limit)

    def _answers(self, agenda: deque[Question]) -> Iterator[tuple[Question, Reply | Unanswered]]:
        """Those an earlier run has answers for come first, then the others as answers come."""
        with Pool[tuple[Question, Reply | Unanswered]](self.options.jobs, self._asker.close) as pool:
            while agenda or pool.waiting:
                while agenda:
                    question = agenda.popleft()
                    kept = self.options.journal.get(self._asked(question), Reply)
                    if kept is None:
                        pool.submit(self._ask(question))
                    else:
                        yield question, kept
                if pool.waiting:
                    question, reply = pool.next()
                    if isinstance(reply, Unanswered):
                        if reply.hopeless and not self.answered:
                            raise InputError([Incident("endpoint-unusable", f"{self._model}: {reply}")])
                    elif reading_of(question, reply).wrong is None:
                        self.options.journal.put(self._asked(question), reply)
                    yield question, reply

    def _asked(self, question: Question) -> str:
        return digest("openai", self._asker.address, self._model, question.digest)

    async def _ask(self, question: Question) -> tuple[Question, Reply | Unanswered]:
        try:
            return question, await self._asker.ask(question.messages, question.schema)
        except Unanswered as why:
            return question, why
