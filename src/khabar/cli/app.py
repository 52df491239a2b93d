"""The application: all commands, imported when one of them is asked for, and what happens to errors."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextvars import copy_context
from functools import cache
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_group

from khabar.reading.incidents import Incident, InputError

COMMANDS = {
    "run": ("run", "run rules --json"),
    "systems": ("run", "systems"),
    "score": ("score", "score predictions.jsonl --layers entities,numbers"),
    "validate": ("score", "validate predictions.jsonl"),
    "compare": ("compare", "compare mine.jsonl theirs.jsonl --layers quotes"),
    "stress": ("stress", "stress rules --only hamza,zero-width"),
    "show": ("show", "show 004 --layers quotes"),
    "disputes": ("disputes", "disputes --json"),
    "convert": ("convert", "convert tagged.conll predictions.jsonl --labels wojood"),
    "schema": ("convert", "schema prediction-document"),
    "docs": ("docs", "docs figures"),
    "nominate": ("errata", "nominate eval/submissions/*/2.0.0/test/predictions.jsonl --out q.jsonl --key k.jsonl"),
    "corpus": ("corpus", ""),
    "seeds": ("corpus", ""),
    "leaderboard": ("leaderboard", ""),
    "annotate": ("annotate", ""),
}
"""The commands: the module of each, and an example; the examples of a group are those of its commands."""
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
        return _command(cmd_name) if cmd_name in COMMANDS else None


@cache
def _command(name: str) -> Any:
    """Import a command, or a group of them, and read its options."""
    module, example = COMMANDS[name]
    target = getattr(import_module(f"khabar.cli.{module}"), name)
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    if isinstance(target, typer.Typer):
        holder.add_typer(target, name=name)
    else:
        holder.command(epilog=f"Example: khabar {example}")(target)
    return get_group(holder).commands[name]


app = typer.Typer(
    name="khabar",
    cls=Commands,
    help="An annotated corpus of Arabic news, and the scorer of whatever extracts facts from it.",
    epilog="Start with: khabar run rules",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

EXTRAS = dict.fromkeys(
    ("httpx", "label_studio_sdk", "filelock", "platformdirs", "krippendorff"), "annotate"
) | dict.fromkeys(("dask", "distributed"), "cluster")
"""What commands import and a plain installation may lack, and the extra that brings it."""


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 a threshold or check failed, 2 bad input or usage."""
    if sys.stderr is None:  # closed: what is said there is said to nobody, and not on standard output
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stdout is None:
        _refuse(Incident("file-unwritable", "standard output is closed", fix=f"send it elsewhere, say to {os.devnull}"))
    _speak_unicode()
    gc.set_threshold(100_000)  # what is made stays, mostly: look seldom,
    atexit.register(gc.freeze)  # and not once more at the end
    try:
        _run()
    except InputError as error:
        _refuse(error)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in EXTRAS:
            raise
        fix = f"pip install 'khabar[{EXTRAS[package]}]'"
        _refuse(Incident("extra-missing", f"{package} is not installed", fix=fix))
    except MemoryError:
        _refuse(Incident("memory-short", "there is not enough memory to go on"))
    except BrokenPipeError:  # whoever read us has left (`khabar show 004 | head`): that is no failure
        raise SystemExit(0) from None
    except OSError as error:
        name = None if error.filename is None else str(error.filename)  # without a name it is the output that failed
        incident = "file-unwritable" if name is None else "file-unreadable"
        _refuse(Incident(incident, error.strerror or str(error), name))


def _refuse(problem: object) -> NoReturn:
    print(problem, file=sys.stderr)
    raise SystemExit(2) from None


def _run() -> None:
    """Run the command and bring out all it printed. Raises BrokenPipeError if its reader left while it spoke."""
    try:
        copy_context().run(app)
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # to Typer that is a failure
            raise end.__context__ from None
        raise
    finally:
        _flush()


def _flush() -> None:
    """Write what is still held back. A reader who has left by now changes nothing about how the command ended."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python tries once more when it ends
        if not isinstance(error, BrokenPipeError):
            raise


def _speak_unicode() -> None:
    """Write UTF-8 wherever no terminal says otherwise: Arabic must get through a pipe of any locale."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _print_version(asked: bool) -> None:
    if asked:
        import khabar

        print(khabar.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", "-V", help="Print the version and exit.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Take what stands before the command."""
