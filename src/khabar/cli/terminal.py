"""The console that tables and articles are printed on."""

from __future__ import annotations

from rich.console import Console


class Terminal(Console):
    """A console whose reader may leave (`khabar show 004 | head`): that is no failure."""

    def on_broken_pipe(self) -> None:
        """Leave it to the application, which ends quietly; Rich would end with 1."""
        raise BrokenPipeError
