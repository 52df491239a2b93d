"""systems: what `khabar run` takes."""

from __future__ import annotations

from dataclasses import asdict

import typer

from khabar.cli.console import console, note, print_json, table
from khabar.cli.options import AsJson
from khabar.text.terminal import harmless


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: khabar systems")(systems)


def systems(as_json: AsJson = False) -> None:
    """List the systems that `khabar run` takes."""
    from khabar.systems.registry import list_systems

    listed = list_systems()
    if as_json:
        print_json([asdict(system) for system in listed])
        return
    shown = table(None, "SYSTEM", "what it is", "extra", dense=True)
    for system in listed:
        extra = "" if system.extra is None else f"{system.extra}{'' if system.is_installed else ' (missing)'}"
        shown.add_row(harmless(system.written), harmless(system.what), extra)
    terminal = console()
    terminal.print(shown)
    note(
        terminal, "an extra is installed by: pip install 'khabar[EXTRA]'; to make a system of your own: docs/systems.md"
    )
