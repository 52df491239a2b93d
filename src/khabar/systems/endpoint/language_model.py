"""A language model as a system: a question a layer and document, and two a story. `openai:MODEL` asks an endpoint.

`openai-recording:FILE` answers from a recording: what a model answered to each question of a run, so that the run can
be read and scored again. A line of a recording is one answer. It holds neither article nor prompt, but a digest that
tells whether the prompt has changed since; what a model copied from an article is in its answer.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from khabar.reading.incidents import Incidents, InputError
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Language, Layer
from khabar.systems.endpoint.answers import ParsedAnswer, joined, names_of, read_answer, with_joined_names
from khabar.systems.endpoint.client import Asker, Pool, Reply, Unanswered
from khabar.systems.endpoint.prompts import Question
from khabar.systems.journal import digest
from khabar.systems.protocol import Failure, Options, SlowSystem, by_story


class _Story:
    """What is said so far of a story's documents."""

    def __init__(self, documents: Sequence[Document], layers: Sequence[Layer]) -> None:
        self.documents = tuple(documents)
        self.questions = [(layer, document) for document in documents for layer in layers if layer != "conflicts"]
        self._waiting = len(self.questions)
        self._parts: dict[str, list[Annotations]] = {document.doc_id: [] for document in documents}

    def add(self, doc_id: str, reading: ParsedAnswer) -> bool:
        """Add the answer for one layer of a document; tell whether it was the last one."""
        self._parts[doc_id] += reading.annotations
        self._waiting -= 1
        return not self._waiting

    def annotations(self) -> list[Annotations]:
        """What answers say of each document."""
        return [joined(doc_id, parts) for doc_id, parts in self._parts.items()]


class LanguageModel(SlowSystem):
    """Puts the questions to a model, and reads its answers, wherever they come from.

    Malformed, refused or missing answers count as empty and are failures; whole items of a broken answer are kept.
    """

    def __init__(self, name: str, options: Options) -> None:
        super().__init__(options)
        self.name = name
        self._disputes: dict[str, tuple[Dispute, ...]] = {}
        self.language = options.prompts
        self.replies: list[tuple[Question, Reply]] = []

    @abstractmethod
    def _answers(self, agenda: deque[Question]) -> Iterator[tuple[Question, Reply | Unanswered]]:
        """Answer all questions of the agenda, in whatever order; it may grow while answers are taken."""

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Give the annotations of a story's documents when all that is asked about them is answered."""
        stories = {story: _Story(group, layers) for story, group in by_story(documents).items()}
        language = self.language
        agenda = deque(
            Question(layer, (document,), language) for story in stories.values() for layer, document in story.questions
        )
        if "conflicts" in layers:
            several = [story.documents for story in stories.values() if len(story.documents) > 1]
            agenda += [Question("conflicts", group, language) for group in several]
        for question, reply in self._answers(agenda):
            reading = self._read(question, reply)
            story = stories[question.documents[0].story]
            if question.asked == "conflicts":
                self._disputes[question.where] = reading.disputes
            elif question.asked == "names":
                yield from with_joined_names(story.annotations(), reading.same)
            elif story.add(question.where, reading):
                names = names_of(story.annotations())
                if len(story.documents) > 1 and len(names) > 1:
                    agenda.append(Question("names", story.documents, language, names))
                else:
                    yield from with_joined_names(story.annotations())
        if not any(layer != "conflicts" for layer in layers):
            yield from (Annotations(doc_id=document.doc_id) for document in documents)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes of a story; one with a single document was not asked for."""
        return list(self._disputes.get(story, ()))

    def report(self) -> list[str]:
        """Say what tokens all answers took, also those of an earlier run, and their cost if the price is known."""
        replies = [reply for _, reply in self.replies]
        given = sum(reply.given or 0 for reply in replies)
        answered = sum(reply.answered or 0 for reply in replies)
        line = f"{self.name}: {len(replies)} answers, {given:,} tokens in, {answered:,} out"
        if unsaid := sum(reply.given is None or reply.answered is None for reply in replies):
            line += f" (not said of {unsaid})"
        if (price := self.options.price) is not None:
            cost = (given * price.given + answered * price.answered) / 1e6
            line += f", cost {cost:.4f} (at {price.given:g}/{price.answered:g} a million)"
        return [line]

    def _read(self, question: Question, reply: Reply | Unanswered) -> ParsedAnswer:
        if isinstance(reply, Unanswered):
            self.failures.append(Failure(question.where, str(reply), question.asked))
            return ParsedAnswer(wrong=str(reply), left_out=None, readable=False)
        self.answered = True
        self.replies.append((question, reply))
        reading = reading_of(question, reply)
        self.incidents.extend(reading.warnings)
        if reading.wrong is not None:
            failure = Failure(
                question.where,
                reading.wrong,
                question.asked,
                answered=True,
                partial=reading.readable,
                left_out=reading.left_out,
            )
            self.failures.append(failure)
        return reading


def reading_of(question: Question, reply: Reply) -> ParsedAnswer:
    """Read a reply; a refusal says nothing."""
    if reply.refusal is not None:
        return ParsedAnswer(wrong=f"refused: {reply.refusal}", left_out=None, readable=False)
    return read_answer(reply.content, question.asked, question.documents)


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
                    stored = self.options.journal.get(self._asked(question), Reply)
                    if stored is None:
                        pool.submit(self._ask(question))
                    else:
                        yield question, stored
                if pool.waiting:
                    question, reply = pool.next()
                    if isinstance(reply, Unanswered):
                        if reply.hopeless and not self.answered:
                            raise InputError.of("endpoint-unusable", f"{self._model}: {reply}")
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


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a `question` (`entities/DOC_ID`, `conflicts/STORY` …), or why there is none (`refusal`).

    `prompt` is the SHA-256 of what was asked, `prompts` its language. Tokens are null where the endpoint did not say.
    """

    question: str
    prompt: str
    prompts: Language
    model: str | None
    time: str | None
    tokens_in: int | None
    tokens_out: int | None
    refusal: str | None
    answer: str

    @property
    def reply(self) -> Reply:
        """As it came from the endpoint."""
        return Reply(self.answer, self.refusal, self.tokens_in, self.tokens_out, self.model, self.time)


def answers_of(system: LanguageModel) -> list[Recorded]:
    """All answers a model gave, those that cannot be read and those of an earlier run included, by their questions."""
    return sorted(
        (
            Recorded(
                question=question.key,
                prompt=question.digest,
                prompts=question.language,
                model=reply.model,
                time=reply.time,
                tokens_in=reply.given,
                tokens_out=reply.answered,
                refusal=reply.refusal,
                answer=reply.content,
            )
            for question, reply in system.replies
        ),
        key=lambda each: each.question,
    )


def read_recording(path: Path) -> dict[str, Recorded]:
    """Read a recording: question → answer. Raises InputError with every problem."""
    incidents = Incidents()
    answers: dict[str, Recorded] = {}
    for _, value, report in json_objects(path, incidents):
        record = shaped(value, Recorded, report)
        if record is not None and record.question in answers:
            report("id-repeated", f"{record.question} was answered before")
        elif record is not None:
            answers[record.question] = record
    incidents.refuse()
    return answers


class Recording(LanguageModel):
    """Answers from a recording, as the model gave them; `changed` names the questions that are put otherwise now."""

    def __init__(self, path: str, options: Options) -> None:
        super().__init__(f"openai-recording:{path}", options)
        self._answers_by_question = read_recording(Path(path))
        languages = {each.prompts for each in self._answers_by_question.values()}
        self.language = languages.pop() if len(languages) == 1 else options.prompts
        self.changed: list[str] = []

    def _answers(self, agenda: deque[Question]) -> Iterator[tuple[Question, Reply | Unanswered]]:
        while agenda:
            question = agenda.popleft()
            recorded = self._answers_by_question.get(question.key)
            if recorded is None:
                yield question, Unanswered("not in the recording")
                continue
            if recorded.prompt != question.digest:
                self.changed.append(question.key)
            yield question, recorded.reply

    def report(self) -> list[str]:
        """Say what tokens the answers took, and which prompts have changed since."""
        changed = f"prompts that have changed since: {len(self.changed)} ({', '.join(sorted(self.changed))})"
        return [*super().report(), *([changed] if self.changed else [])]
