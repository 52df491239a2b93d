"""annotate serve; the other commands of a round join this group from modules of their own."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.output import AsJson, print_json
from khabar.reading.incidents import Incident, InputError

if TYPE_CHECKING:
    from types import FrameType

    from khabar.annotations.server.environment import Tell

app = typer.Typer(help="Annotation rounds in Label Studio.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", help="The data folder of the server.")]


def add_to(whole: typer.Typer) -> None:
    """Add the group to the application."""
    from khabar.cli import agreeing, rounds

    rounds.add_to(app)
    agreeing.add_to(app)
    whole.add_typer(app, name="annotate")


@app.command(epilog="Example: khabar annotate serve --port 8080")
def serve(
    data: Data = Path(".label-studio"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where it listens on 127.0.0.1; 0: any free port.")
    ] = 8080,
    as_json: AsJson = False,
) -> None:
    """Serve Label Studio on this machine until Ctrl-C. The first time makes its environment: 1 GB, some minutes."""
    from khabar.annotations.server.folder import login_file
    from khabar.annotations.server.serving import serving

    with _interruptible(), _writing(), ExitStack() as until_the_end:
        with _telling() as tell:
            served = until_the_end.enter_context(serving(data, port, tell))
        if as_json:
            print_json({"url": served.url, "email": served.login.email, "login": str(login_file(data))})
        else:
            print(f"Label Studio is at {served.url}")
            print(f"Log in as {served.login.email}; the password is in {login_file(data)}.")
            print("Ctrl-C stops it.")
        sys.stdout.flush()
        served.wait()


@contextmanager
def _writing() -> Iterator[None]:
    """Name the file that the disk did not take. Raises InputError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        name = None if error.filename is None else str(error.filename)
        raise InputError([Incident("file-unwritable", error.strerror or str(error), name)]) from None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C, and either as the end that was asked for."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _telling() -> Iterator[Tell]:
    """Show on a terminal what goes on; stay quiet in a pipe."""
    if not sys.stderr.isatty():
        yield lambda words, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:

        def tell(words: str, done: int, total: int | None) -> None:
            if not bar.tasks or bar.tasks[0].description != words:  # the next step has a bar of its own
                for over in bar.task_ids:
                    bar.remove_task(over)
                bar.add_task(words, total=total)
            bar.update(bar.task_ids[0], completed=done)

        yield tell
