"""Groups of commands: listed with whole sentences, and imported when one of them is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

COMMANDS = {
    "run": "run", "systems": "systems", "score": "score", "validate": "score", "compare": "compare",
    "stress": "stress", "show": "show", "disputes": "disputes", "convert": "convert", "schema": "schema",
    "nominate": "nominate", "corpus": "corpus", "seeds": "seeds", "leaderboard": "leaderboard", "annotate": "annotate",
}  # fmt: skip
"""The commands, and the module of each."""
_WHOLE = 1000
"""Characters of a summary before it would be cut."""


class Group(TyperGroup):
    """Commands whose summaries are listed whole; Typer would cut them at the end of the line."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the first sentence of each command, wrapped."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in commands.items() if command]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Commands(Group):
    """All commands. A module is imported, and its options are read, when a command of it is asked for."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # their names, for what a typo may mean

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None if there is none."""
        return _of_module(COMMANDS[cmd_name])[cmd_name] if cmd_name in COMMANDS else None


@cache
def _of_module(name: str) -> Mapping[str, Any]:
    group = typer.Typer(add_completion=False, rich_markup_mode=None)
    import_module(f"khabar.cli.{name}").add_to(group)
    return get_group(group).commands
