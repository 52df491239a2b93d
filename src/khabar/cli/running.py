"""What `khabar run` says of a slow system: what was kept, what failed, what it cost. All on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from khabar.systems.journal import Journal
    from khabar.systems.protocol import SlowSystem, System


@contextmanager
def kept_in(journal: Journal) -> Iterator[None]:
    """Say what was taken up from an earlier run and, if this one does not come to its end, how to go on."""
    from khabar.reading.incidents import InputError

    try:
        yield
    except (KeyboardInterrupt, InputError):
        if journal.path is not None and journal.path.exists():
            typer.echo(f"what was answered is kept in {journal.path}: the same command goes on from there", err=True)
        raise
    if journal.kept:
        typer.echo(f"{journal.kept} answer(s) taken from {journal.path}; remove it to ask for all again", err=True)


def tell_failures(system: System | SlowSystem, journal: Journal) -> None:
    """Say what a slow system failed on and has cost; close the journal, or say what it is still good for."""
    from khabar.systems.failures import table
    from khabar.systems.protocol import SlowSystem

    if not isinstance(system, SlowSystem):
        return
    for line in (*system.report(), *table(system.failures)):
        typer.echo(line, err=True)
    if not system.failures:
        journal.remove()
    elif journal.path is not None and journal.path.exists():
        typer.echo(f"to ask for these alone again, run the same command: the rest is in {journal.path}", err=True)
