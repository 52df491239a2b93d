"""A real dask.distributed scheduler with workers that are processes, one of which is killed half-way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest

from khabar import score
from khabar.reading.incidents import Incidents, InputError
from khabar.records.labels import LAYERS
from khabar.scale import scoring, workers
from khabar.scoring.scorer import measure
from tests.scale.corpora import corpus, write

pytest.importorskip("distributed")


@contextmanager
def program(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in the background, ended with the test."""
    with log.open("wb") as stream, subprocess.Popen(arguments, stdout=stream, stderr=stream) as process:
        try:
            yield process
        finally:
            process.kill()


def said_in(log: Path, pattern: str, within: float = 240) -> str:
    """Wait until a program has written something."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = re.search(pattern, log.read_text("utf-8", "replace"))
        if found:
            return found.group(1)
        time.sleep(0.1)
    raise AssertionError(f"no {pattern!r} in: {log.read_text('utf-8', 'replace')}")


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, Callable[[], subprocess.Popen[bytes]]]]:
    """A scheduler's address, and what starts a worker of one thread."""
    with ExitStack() as stack:
        log = tmp_path / "scheduler.log"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-jupyter"]
        stack.enter_context(program(sys.executable, "-m", "distributed.cli.dask_scheduler", *options, log=log))
        address = said_in(log, r"Scheduler at:\s+(tcp://\S+)")
        number = iter(range(100))

        def worker() -> subprocess.Popen[bytes]:
            worker_log = tmp_path / f"worker{next(number)}.log"
            options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]
            command = [sys.executable, "-m", "distributed.cli.dask_worker", address, *options, "--host", "127.0.0.1"]
            process = stack.enter_context(program(*command, log=worker_log))
            said_in(worker_log, r"(Registered to)")
            return process

        yield address, worker


@pytest.mark.slow
def test_the_same_counts_when_a_worker_is_killed(
    tmp_path: Path, scheduler: tuple[str, Callable[[], subprocess.Popen[bytes]]]
) -> None:
    address, worker = scheduler
    gold, said = corpus(0, documents=600)
    inputs = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    victim = worker()
    worker()
    killed = threading.Event()

    def kill_half_way(doing: str, done: int, total: int | None) -> None:
        if doing == "counting" and total and done * 2 >= total and not killed.is_set():
            os.kill(victim.pid, signal.SIGKILL)
            killed.set()

    place = partial(workers.cluster, address)
    counted = scoring.count_in_parts(*inputs, LAYERS, place, Incidents(), part_bytes=6000, progress=kill_half_way)
    assert killed.is_set()
    assert victim.wait(120) == -signal.SIGKILL
    assert measure(counted).to_json() == score(inputs[0], gold=inputs[1]).to_json()
    assert score(inputs[0], gold=inputs[1], cluster=address).to_json() == measure(counted).to_json()


def test_no_scheduler(tmp_path: Path) -> None:
    gold, said = corpus(0)
    inputs = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    with pytest.raises(InputError, match="workers-unusable"):
        score(inputs[0], gold=inputs[1], cluster="no address at all")


def test_a_cluster_wants_files() -> None:
    with pytest.raises(InputError, match="option-wrong"):
        score([], cluster="tcp://127.0.0.1:1")
