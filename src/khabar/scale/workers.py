"""Workers: where the work on parts is done. One process, all cores of a machine, or a dask.distributed cluster."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from khabar.reading.incidents import InputError, said_by
from khabar.version import __version__

ResultT = TypeVar("ResultT")
Work = Callable[..., ResultT]
"""A pure function of what it is given, which has to travel."""
WorkItems = Iterable[tuple[int, tuple[Any, ...]]]
"""The number of each part, and what the work on it is given."""
Results = Iterator[tuple[int, ResultT]]


class Workers(Protocol):
    """Something that works on parts."""

    def run(self, work: Work[ResultT], tasks: WorkItems) -> Results[ResultT]:
        """Do some work on every part. Yields the number of a part and its result as soon as there is one."""


class ThisProcess:
    """This process."""

    def run(self, work: Work[ResultT], tasks: WorkItems) -> Results[ResultT]:
        """Work on one part after the other."""
        for part, given in tasks:
            yield part, work(*given)


class Cores:
    """Processes of this machine."""

    def __init__(self, pool: ProcessPoolExecutor, processes: int) -> None:
        self._pool, self._processes = pool, processes

    def run(self, work: Work[ResultT], tasks: WorkItems) -> Results[ResultT]:
        """Work on as many parts at a time as there are processes; one more waits its turn."""
        try:
            yield from _in_flight(tasks, lambda given: self._pool.submit(work, *given), self._processes + 1)
        except BrokenProcessPool:
            message = "a process at work was ended from outside, as happens when memory runs out"
            fix = "free memory, name stories so that parts are smaller, or use --cluster"
            raise InputError.of("workers-unusable", message, fix=fix) from None


def _in_flight(tasks: WorkItems, submit: Callable[[tuple[Any, ...]], Future[ResultT]], most: int) -> Results[ResultT]:
    running: dict[Future[ResultT], int] = {}
    todo = iter(tasks)
    more = True
    while more or running:
        while more and len(running) < most:
            entry = next(todo, None)
            if entry is None:
                more = False
            else:
                running[submit(entry[1])] = entry[0]
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            yield running.pop(future), future.result()


@contextmanager
def cores(processes: int | None = None) -> Iterator[Workers]:
    """Start processes, by default one a core that this process may use. Start them before memory is filled."""
    from multiprocessing import get_context

    number = processes or len(
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    if number == 1:
        yield ThisProcess()
        return
    # A fork shares what is loaded already, and asks nothing of the script that calls khabar.
    context = get_context("fork") if sys.platform == "linux" else get_context()
    with ProcessPoolExecutor(number, mp_context=context) as pool:
        pool.submit(os.getpid).result()
        try:
            yield Cores(pool, number)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class Cluster:
    """Workers of a dask.distributed scheduler. Each task carries its part, so that any worker can do it again."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, work: Work[ResultT], tasks: WorkItems) -> Results[ResultT]:
        """Work on two parts at a time for every thread of the cluster."""
        import distributed

        todo = iter(tasks)
        most = max(2, 2 * sum(self._client.nthreads().values()))
        numbers: dict[str, int] = {}
        waiting: deque[Any] = deque()

        def submit() -> None:
            entry = next(todo, None)
            if entry is not None:
                future = self._client.submit(work, *entry[1], pure=False)
                numbers[future.key] = entry[0]
                waiting.append(future)

        for _ in range(most):
            submit()
        done: Any = distributed.as_completed(waiting)  # type: ignore[no-untyped-call]
        waiting.clear()
        try:
            for future in done:
                result = future.result()
                yield numbers.pop(future.key), result
                submit()
                while waiting:
                    done.add(waiting.popleft())
        except distributed.KilledWorker:
            message = "several workers ended while they worked on the same part"
            raise InputError.of("workers-unusable", message) from None


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """Connect to a scheduler (`tcp://host:8786`). Raises InputError if there is none, or none with workers that fit."""
    import dask
    from distributed import Client

    try:
        client: Any = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        message = f"no scheduler answers at {address!r} ({said_by(error)[:120]})"
        raise InputError.of("workers-unusable", message) from None
    with client, client.as_current(), dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):
        try:
            client.wait_for_workers(1, timeout=10)
        except TimeoutError:
            raise InputError.of("workers-unusable", f"the scheduler at {address} has no worker") from None
        versions = client.run(_version, on_error="return")
        others = sorted({str(version) for version in versions.values() if version != __version__})
        if others:
            message = f"workers have another khabar than {__version__}: {', '.join(others)[:120]}"
            raise InputError.of("workers-unusable", message)
        yield Cluster(client)


def _version() -> str:
    return __version__
