"""What commands print: JSON, incidents, tables; and a bar while they work."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from msgspec import Struct

from khabar.progress import Progress, logged
from khabar.reading.files import write_records
from khabar.reading.incidents import Incident, InputError, digest, errors
from khabar.text.terminal import LEFT_TO_RIGHT, harmless, sets_right_to_left

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_MOST_WARNINGS = 20


def say(text: str, *, err: bool = False) -> None:
    """Print lines on stdout, or on stderr; whatever stands in them neither moves the cursor nor turns its line."""
    typer.echo("\n".join(map(harmless, text.split("\n"))), err=err)


def print_json(value: Any) -> None:
    """Print JSON without NaN, Arabic as it is."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


def set_quiet(asked: bool) -> bool:
    """Take what `--quiet` says, for the command that runs."""
    _quiet.set(asked)
    return asked


def is_quiet() -> bool:
    """Whether the command was asked for its result alone (`--quiet`)."""
    return _quiet.get()


def warn(incidents: Iterable[Incident]) -> None:
    """Print warnings to stderr, the first few of many; none where only the result was asked for."""
    if is_quiet():
        return
    lines = list(digest(dict.fromkeys(incidents)))
    for line in lines[:_MOST_WARNINGS]:
        say(line, err=True)
    if len(lines) > _MOST_WARNINGS:
        say(f"… and {len(lines) - _MOST_WARNINGS} more lines of warnings (khabar validate --json lists all)", err=True)


def print_checked(incidents: Iterable[Incident], sound: str, as_json: bool, **more: Any) -> None:
    """Print what a check found: all of it on stderr, or `sound` if there is no error; exit with 1 on an error."""
    incidents = list(incidents)
    failed = errors(incidents)
    if as_json:
        print_json({"valid": not failed, "incidents": [incident.to_dict() for incident in incidents], **more})
    else:
        for line in digest(failed):
            say(line, err=True)
        warn(incident for incident in incidents if incident.level == "warning")
        if not failed:
            say(sound)
    if failed:
        raise typer.Exit(1)


def told_apart(files: Sequence[Path | str]) -> list[str]:
    """Name files by their last parts: as many as tell a file from the others of its name; a repeated one gets a number.

    `a/said.jsonl` and `b/said.jsonl` keep their folders, `a/rules.jsonl` beside them does not.
    """
    parts = [Path(file).parts for file in files]
    names: list[str] = []
    for own in parts:
        others = {other for other in parts if other != own}
        lengths = (n for n in range(1, len(own) + 1) if own[-n:] not in {other[-n:] for other in others})
        name = "/".join(own[-next(lengths, len(own)) :])
        free = (name if number == 1 else f"{name} ({number})" for number in count(1))
        names.append(next(candidate for candidate in free if candidate not in names))
    return names


@contextmanager
def writing(path: Path | None = None) -> Iterator[None]:
    """Turn what goes wrong while a command writes into an incident of `path`, else of the file that failed.

    Raises InputError.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        file = error.filename if path is None else path
        name = None if file is None else str(file)
        raise InputError.of("file-unwritable", error.strerror or str(error), name) from None


def save(path: Path, records: Iterable[Struct]) -> None:
    """Write a file of records. Raises InputError."""
    with writing(path):
        write_records(path, records)


@contextmanager
def progress() -> Iterator[Progress]:
    """Draw a bar on a terminal for what is going on; stay quiet in a pipe."""
    if not sys.stderr.isatty() or is_quiet():
        yield logged
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def show(doing: str, done: int, total: int | None) -> None:
            if not bar.tasks or bar.tasks[0].description != doing:  # the next step has a bar of its own
                for task in bar.task_ids:
                    bar.remove_task(task)
                bar.add_task(doing, total=total)
            bar.update(bar.task_ids[0], completed=done, total=total)

        yield show


TABLE_WIDTH = 80
"""Columns that a table of figures gets, however narrow the terminal is: lines may wrap there, no figure is cut."""


def console(least_width: int = 0, **options: Any) -> Console:
    """The console that tables and articles are printed on, each string as it is: no markup, no colours of its own."""
    from rich.console import Console

    class Terminal(Console):
        """A console whose reader may leave (`khabar show 004 | head`): that is no failure."""

        def on_broken_pipe(self) -> None:
            """Leave it to the application, which ends quietly; Rich would end with 1."""
            raise BrokenPipeError

    terminal = Terminal(markup=False, emoji=False, highlight=False, **options)
    terminal.width = max(terminal.width, least_width)
    return terminal


@contextmanager
def paged(terminal: Console) -> Iterator[Console]:
    """Show what is printed in the reader's pager on a terminal (`PAGER`; `less` stays away from what fits), else as is.

    Where the terminal is known to set Arabic from left to right, that is said above.
    """
    if not sys.stdout.isatty():
        yield terminal
        return
    os.environ.setdefault("LESS", "FRX")
    with terminal.pager(styles=True):
        if sets_right_to_left(os.environ) is False:
            note(terminal, LEFT_TO_RIGHT)
        yield terminal


def table(
    title: str | None = None, *columns: str, right: Iterable[str] = (), dense: bool = False, **options: Any
) -> Table:
    """A table of khabar's look, `dense` without blank lines around it and with narrow gaps.

    `right` names the columns that are aligned right, `options` are of each column.
    """
    from rich import box
    from rich.table import Table

    laid_out = Table(
        box=box.SIMPLE_HEAD,
        title=title,
        title_style="none",
        title_justify="left",
        pad_edge=False,
        show_edge=not dense,
        padding=(0, 1, 0, 0) if dense else (0, 1),
    )
    right = set(right)
    for column in columns:
        laid_out.add_column(column, justify="right" if column in right else "left", **options)
    return laid_out


def note(console: Console, *lines: str) -> None:
    """Print lines under a table, none where only the result was asked for.

    A line wraps on a terminal and is one line in a pipe.
    """
    for line in () if is_quiet() else lines:
        console.print(line, style="dim", soft_wrap=not console.is_terminal)
