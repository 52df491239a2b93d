"""Workers: where the work on parts is done. One process, all cores of a machine, or a dask.distributed cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from khabar.reading.incidents import InputError, said_by
from khabar.version import __version__

WorkItems = Iterable[tuple[int, tuple[Any, ...]]]
"""The number of each part, and what the work on it is given."""
Results = Iterator[tuple[int, Any]]
"""The number of each part and its result, as soon as there is one."""
Workers = Callable[[Callable[..., Any], WorkItems], Results]
"""Does some work, a pure function of what it is given, on every part. Function, items and results have to travel."""


def in_this_process(work: Callable[..., Any], tasks: WorkItems) -> Results:
    """Work on one part after the other."""
    for part, given in tasks:
        yield part, work(*given)


def _on_cores(pool: ProcessPoolExecutor, most: int, work: Callable[..., Any], tasks: WorkItems) -> Results:
    """Work on at most so many parts at a time."""
    running: dict[Future[Any], int] = {}
    todo = iter(tasks)
    try:
        while True:
            for part, given in islice(todo, most - len(running)):
                running[pool.submit(work, *given)] = part
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    except BrokenProcessPool:
        message = "a process at work was ended from outside, as happens when memory runs out"
        fix = "free memory, name stories so that parts are smaller, or use --cluster"
        raise InputError.of("workers-unusable", message, fix=fix) from None


@contextmanager
def cores(processes: int | None = None) -> Iterator[Workers]:
    """Start processes, by default one a core that this process may use. Start them before memory is filled."""
    from multiprocessing import get_context

    number = processes or len(
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    if number == 1:
        yield in_this_process
        return
    # A fork shares what is loaded already, and asks nothing of the script that calls khabar.
    context = get_context("fork") if sys.platform == "linux" else get_context()
    with ProcessPoolExecutor(number, mp_context=context) as pool:
        pool.submit(os.getpid).result()
        try:
            yield partial(_on_cores, pool, number + 1)  # one waits its turn
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _on_cluster(client: Any, work: Callable[..., Any], tasks: WorkItems) -> Results:
    """Work on two parts at a time for every thread of the cluster. Each task carries its part: any worker can do it."""
    import distributed

    todo = iter(tasks)
    most = max(2, 2 * sum(client.nthreads().values()))
    numbers: dict[str, int] = {}

    def submit(tasks: WorkItems) -> list[Any]:
        futures = []
        for part, given in tasks:
            futures.append(client.submit(work, *given, pure=False))
            numbers[futures[-1].key] = part
        return futures

    running: Any = distributed.as_completed(submit(islice(todo, most)))  # type: ignore[no-untyped-call]
    try:
        for future in running:
            result = future.result()
            yield numbers.pop(future.key), result
            running.update(submit(islice(todo, 1)))
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
        yield partial(_on_cluster, client)


def _version() -> str:
    return __version__
