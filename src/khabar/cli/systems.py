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
        shown.add_row(harmless(system.written), harmless(system.what), system.extra or "")
    terminal = console()
    terminal.print(shown)
    missing = dict.fromkeys(system.extra for system in listed if system.extra and not system.is_installed)
    if missing:
        note(terminal, f"not installed: {', '.join(missing)}; pip install 'khabar[{','.join(missing)}]'")
    note(terminal, "to make a system of your own: khabar docs systems")
