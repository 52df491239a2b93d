"""Waiting for many answers at once, from code that waits for one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import as_completed
from threading import Thread
from typing import Any, TypeVar

Result = TypeVar("Result")


def as_they_come(
    works: Sequence[Coroutine[Any, Any, Result]], jobs: int, at_end: Callable[[], Coroutine[Any, Any, None]]
) -> Iterator[Result]:
    """Run coroutines, at most `jobs` at once, and give their results as they come; what one raises ends all.

    They run in a loop in a thread of its own: in a notebook, this thread has a loop already. `at_end` runs there last.
    """
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    gate = asyncio.Semaphore(jobs)

    async def in_turn(work: Coroutine[Any, Any, Result]) -> Result:
        try:
            async with gate:
                return await work
        finally:
            work.close()  # it may never have had its turn

    futures = [asyncio.run_coroutine_threadsafe(in_turn(work), loop) for work in works]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(at_end), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_all(at_end: Callable[[], Coroutine[Any, Any, None]]) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await at_end()
