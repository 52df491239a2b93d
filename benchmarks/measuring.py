"""Runs programs one after another and measures each as a whole: CPU seconds, wall seconds, peak memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

MIB = 1024 * (1 if sys.platform != "darwin" else 1024)
"""What `ru_maxrss` counts a mebibyte as: kibibytes on Linux, bytes on macOS."""


@dataclass(frozen=True)
class Run:
    """One finished process: user and system seconds, wall seconds, peak resident memory in MiB, what it printed."""

    cpu: float
    wall: float
    peak: float
    output: str


def run(command: Sequence[str]) -> Run:
    """Run a program to its end.

    A child's peak includes the memory of the process that forked it, so whoever calls this must stay small: nothing
    is imported or read here that a child measures.
    """
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / MIB, output)


def middle(runs: Sequence[Run]) -> Run:
    """Medians of several runs of one program."""
    return Run(
        median(each.cpu for each in runs),
        median(each.wall for each in runs),
        median(each.peak for each in runs),
        runs[-1].output,
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])]) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def machine(*packages: str) -> str:
    """What the figures are measured on, and how busy it is (load: processes wanting a core, over the last minute)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {_processor()}, load {os.getloadavg()[0]:.1f}; "
        f"{platform.system()} {platform.machine()}, "
        f"{platform.python_implementation()} {platform.python_version()}; {versions}"
    )


def _processor() -> str:
    """The model of the CPU, where the system says it."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown CPU"


COVERAGE = ["covers, %", "wholly below, %", "wholly above, %", "mean width", "without interval"]
"""Heads of the columns of `coverage`."""


def coverage(truth: float, ends: Sequence[tuple[float, float] | None]) -> list[str]:
    """How often intervals hold the truth, with the simulation's own 95% margin; None is a corpus without interval."""
    defined = [each for each in ends if each is not None]
    below = sum(high < truth for _, high in defined)
    above = sum(low > truth for low, _ in defined)
    share = 1 - (below + above) / len(defined)
    return [
        f"{100 * share:.1f} ± {196 * (share * (1 - share) / len(defined)) ** 0.5:.1f}",
        f"{100 * below / len(defined):.1f}",
        f"{100 * above / len(defined):.1f}",
        f"{sum(high - low for low, high in defined) / len(defined):.3f}",
        str(len(ends) - len(defined)),
    ]
