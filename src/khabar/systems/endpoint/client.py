"""The client of an endpoint: one question with retries and a time limit, and many questions at once."""

from __future__ import annotations

import asyncio
import os
import queue
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Thread
from types import TracebackType
from typing import Any, Generic, TypeVar

import msgspec

from khabar.progress import LOGGER
from khabar.reading.incidents import InputError, said_by
from khabar.text.terminal import cut

Message = dict[str, str]
ResultT = TypeVar("ResultT")
RETRIES = 5
"""After a 429, a 5xx, a lost connection or a timeout; the SDK waits ever longer, or as long as `Retry-After` says."""
_FORMATS = ("json_schema", "json_object", "text")
"""Kinds of structured output, from the strictest to none; a server that refuses one is asked for the next."""
_STATUSES: ContextVar[list[int]] = ContextVar("statuses")
"""HTTP status codes of the question that is being asked, retries included."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, or why it would not (`refusal`).

    `given` and `answered` are the tokens it read and wrote (None: unsaid), `model` is its own name for itself, and
    `time` when it answered (ISO 8601, UTC).
    """

    content: str
    refusal: str | None = None
    given: int | None = None
    answered: int | None = None
    model: str | None = None
    time: str | None = None


class Unanswered(Exception):  # noqa: N818  # a result, of a kind that ends the asking
    """No reply. `hopeless` if another question would fare no better."""

    def __init__(self, what: str, *, hopeless: bool = False) -> None:
        super().__init__(what)
        self.hopeless = hopeless


class Asker:
    """Asks one model. Key and address of its endpoint come from the environment. Raises InputError without a key."""

    def __init__(self, model: str, time_limit: float) -> None:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError

        self._model = model
        self._time_limit = time_limit
        self._format = 0
        self._temperature: dict[str, float] = {"temperature": 0}
        # A server of one's own asks for no key, but the SDK does.
        key = os.environ.get("OPENAI_API_KEY") or ("none" if os.environ.get("OPENAI_BASE_URL") else None)
        try:
            self._client = AsyncOpenAI(
                api_key=key,
                timeout=time_limit / 2,  # so that one that hangs is asked twice
                max_retries=RETRIES,
                http_client=DefaultAsyncHttpxClient(event_hooks={"response": [_note_status]}),
            )
        except OpenAIError as error:
            raise InputError.of("endpoint-unusable", said_by(error)) from None
        self.address = str(self._client.base_url)

    async def ask(self, messages: list[Message], schema: dict[str, Any]) -> Reply:
        """Ask once. Raises Unanswered."""
        statuses: list[int] = []
        _STATUSES.set(statuses)
        try:
            async with asyncio.timeout(self._time_limit):
                return await self._with_fallbacks(messages, schema)
        except TimeoutError:
            last = f"; the last status was {statuses[-1]}" if statuses else ""
            raise Unanswered(f"no answer in {self._time_limit:g} s{last}") from None

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _with_fallbacks(self, messages: list[Message], schema: dict[str, Any]) -> Reply:
        """Ask with less where a server refuses it: without a temperature, then with ever looser output formats."""
        from openai import BadRequestError, UnprocessableEntityError

        form, temperature = self._format, self._temperature
        while True:
            try:
                reply = await self._once(messages, schema, form, temperature)
            except (BadRequestError, UnprocessableEntityError) as error:
                LOGGER.info("%s refuses (%s): asking with less", self.address, short(error.message))
                if temperature and "temperature" in error.message:
                    temperature = {}
                elif form + 1 < len(_FORMATS):
                    form += 1
                else:
                    raise Unanswered(f"refused with status {error.status_code}: {short(error.message)}") from None
            else:
                self._format, self._temperature = max(form, self._format), temperature
                return reply

    async def _once(
        self, messages: list[Message], schema: dict[str, Any], form: int, temperature: dict[str, float]
    ) -> Reply:
        import openai

        create: Any = self._client.chat.completions.with_raw_response.create
        try:
            raw = await create(model=self._model, messages=messages, **_format(_FORMATS[form], schema), **temperature)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            raise
        except openai.APITimeoutError:
            raise Unanswered(f"no answer in {self._time_limit:g} s") from None
        except openai.APIConnectionError as error:
            cause = f" ({error.__cause__})" if error.__cause__ else ""
            raise Unanswered(f"no connection to {self.address}{cause}", hopeless=True) from None
        except openai.APIStatusError as error:
            what = f"status {error.status_code}: {short(error.message)}"
            raise Unanswered(what, hopeless=error.status_code in (401, 403, 404)) from None
        except openai.OpenAIError as error:
            raise Unanswered(short(str(error))) from None
        return _reply(raw.content)


class _Part(msgspec.Struct):
    text: str = ""


class _Written(msgspec.Struct):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Written | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(msgspec.Struct):
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Usage | None = None


def _reply(body: bytes) -> Reply:
    """Read the body of a completion: servers that speak this protocol do not all speak it well."""
    try:
        completion = msgspec.json.decode(body, type=_Completion)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unanswered(f"no completion in the answer: {short(body.decode(errors='replace'))}") from None
    if not completion.choices or completion.choices[0].message is None:
        raise Unanswered(f"no completion in the answer: {short(body.decode(errors='replace'))}")
    choice, usage = completion.choices[0], completion.usage or _Usage()
    written = choice.message or _Written()
    content = written.content or ""
    text = content if isinstance(content, str) else "".join(part.text for part in content)
    filtered = "the content filter" if choice.finish_reason == "content_filter" else None
    now = datetime.now(UTC).isoformat(timespec="seconds")
    refusal = written.refusal or filtered
    return Reply(text, refusal, usage.prompt_tokens, usage.completion_tokens, completion.model, now)


def _format(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    if kind == "json_schema":
        named = {"name": "annotations", "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    return {"response_format": {"type": kind}} if kind == "json_object" else {}


async def _note_status(response: Any) -> None:
    _STATUSES.get([]).append(response.status_code)


def short(text: str, longest: int = 160) -> str:
    """What somebody else wrote, cut and quoted for a message."""
    return repr(cut(text, longest))


class Pool(Generic[ResultT]):
    """Runs coroutines, at most `jobs` at once, and gives their results as they come. A context manager.

    They run in a loop in a thread of its own: in a notebook, this thread has a loop already. `at_end` runs there last.
    """

    def __init__(self, jobs: int, at_end: Callable[[], Awaitable[None]]) -> None:
        self.waiting = 0
        self._at_end = at_end
        self._done: queue.Queue[Future[ResultT]] = queue.Queue()
        self._gate = asyncio.Semaphore(jobs)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Pool[ResultT]:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def submit(self, work: Coroutine[Any, Any, ResultT]) -> None:
        """Run one more coroutine."""
        self.waiting += 1
        asyncio.run_coroutine_threadsafe(self._in_turn(work), self._loop).add_done_callback(self._done.put)

    def next(self) -> ResultT:
        """Wait for the next result. An exception of a coroutine is raised here."""
        result = self._done.get().result()
        self.waiting -= 1
        return result

    async def _in_turn(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        try:
            async with self._gate:
                return await work
        finally:
            work.close()  # it may never have had its turn

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._at_end()
