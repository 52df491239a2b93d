"""A process in a group of its own: given lines, and read until it ends, is silent for too long, or floods."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO

from khabar.reading.lines import LONGEST_LINE

MOST_NOISE = 2 * LONGEST_LINE
"""Bytes a process may write without an answer among them: it would fill time, not memory, but to no end."""
_LOOK = 0.3
"""Seconds between two looks whether a silent process still runs."""
_GRACE = 2.0
"""Seconds a process has to end after it was asked to."""
_LAST_LINES = 5


class Process:
    """A running shell command. Iterate over the lines it writes; call `answered` for each that is an answer.

    Iteration ends when the output does, `patience` seconds after the last answer, or after MOST_NOISE bytes without
    one. Leaving the context ends the process and whatever it has started; then `ending` says how it went.
    """

    def __init__(self, command: str, input_lines: Sequence[bytes], patience: float) -> None:
        self._given = input_lines
        self._patience = patience
        self._output: Queue[tuple[int, bytes | None] | None] = Queue(maxsize=2)  # of lines that may be long
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._stopped: str | None = None
        self._over = False
        self._process = subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        works = (self._write_input, self._read_output, self._read_errors)
        self._threads = [
            Thread(target=work, args=(pipe,), daemon=True) for work, pipe in zip(works, pipes, strict=True)
        ]
        self.answered()

    def __enter__(self) -> Process:
        """Begin to talk."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        """End the process with its whole group, however the talk went."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE)
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))  # what it started, and left behind
        self._process.wait()
        self._over = True
        with suppress(Empty):  # a reader that waits for room would wait for ever
            while True:
                self._output.get_nowait()
        for thread in self._threads:
            thread.join(_LOOK)  # longer only if something that got out of the group holds the pipe

    def answered(self) -> None:
        """Start to count time and bytes anew."""
        self._deadline = monotonic() + self._patience
        self._noise = 0

    def __iter__(self) -> Iterator[bytes]:
        """Lines as they come; one that is longer than a record may be comes empty."""
        while True:
            remaining = self._deadline - monotonic()
            if remaining <= 0:
                self._stopped = f"ended after {self._patience:g} s without an answer"
                return
            try:
                written = self._output.get(timeout=min(remaining, _LOOK))
            except Empty:
                if self._process.poll() is not None:
                    return  # it is gone, and what it has started holds the pipe
                continue
            if written is None:
                break
            size, line = written
            self._noise += size
            if self._noise > MOST_NOISE:
                self._stopped = f"ended after {MOST_NOISE >> 20} MiB without an answer"
                return
            if line is not None:  # the rest of one that is too long
                yield line
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, self._deadline - monotonic()))
            return
        self._stopped = f"ended {self._patience:g} s after its last answer, as it did not end itself"

    @property
    def code(self) -> int | None:
        """Its exit code; negative, the signal that killed it."""
        return self._process.returncode

    @property
    def ended_well(self) -> bool:
        """Whether it ended by itself, with exit code 0."""
        return self._stopped is None and self._process.returncode == 0

    @property
    def ending(self) -> str:
        """How it ended, and the last lines of its standard error."""
        code = self._process.returncode
        killed = -code if code < 0 else code - 128  # the latter is how a shell says it of what it ran
        how = self._stopped or (f"killed by signal {killed}" if killed > 0 else f"exit code {code}")
        words = " | ".join(line for line in self._last_lines if line)
        return f"{how}; its last words: {words}" if words else how

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self._process.pid, number)
            else:
                self._process.terminate()

    def _write_input(self, stdin: IO[bytes]) -> None:
        with suppress(OSError, ValueError):  # it need not read all, or anything
            for line in self._given:
                stdin.write(line)
                stdin.flush()
        with suppress(OSError):
            stdin.close()

    def _read_output(self, stdout: IO[bytes]) -> None:
        with stdout:
            whole = True
            while not self._over and (line := stdout.readline(LONGEST_LINE + 1)):
                begins, whole = whole, line.endswith(b"\n") or len(line) <= LONGEST_LINE
                self._output.put((len(line), None if not begins else line if whole else b""))
        self._output.put(None)

    def _read_errors(self, stderr: IO[bytes]) -> None:
        with stderr:
            while line := stderr.readline(4096):
                self._last_lines.append(line.decode(errors="replace").strip()[:300])
