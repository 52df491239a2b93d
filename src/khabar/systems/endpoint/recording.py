"""Recordings: what a model answered to each question of a run, so that the run can be read and scored again.

A line of a recording is one answer. It holds neither article nor prompt, but a digest that tells whether the prompt has
changed since; what a model copied from an article is in its answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.systems.endpoint.client import Reply, Unanswered
from khabar.systems.endpoint.language_model import LanguageModel
from khabar.systems.endpoint.prompts import Question
from khabar.systems.protocol import Language, Options


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
