"""The application: all commands, and what happens to errors."""

from __future__ import annotations

import atexit
import gc
import sys
from io import TextIOWrapper

import typer

from khabar.cli import agreeing, annotate, converting, corpus, leaderboard, rounds, scoring, seeds, showing
from khabar.errors import InputError
from khabar.incidents import Incident

app = typer.Typer(
    name="khabar",
    help="An annotated corpus of Arabic news, and the scorer of whatever extracts facts from it.",
    epilog="Start with: khabar run rules",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
scoring.add_to(app)
showing.add_to(app)
converting.add_to(app)
app.add_typer(corpus.app, name="corpus")
app.add_typer(seeds.app, name="seeds")
app.add_typer(leaderboard.app, name="leaderboard")
rounds.add_to(annotate.app)
agreeing.add_to(annotate.app)
app.add_typer(annotate.app, name="annotate")

EXTRAS = dict.fromkeys(
    ("httpx", "label_studio_sdk", "filelock", "platformdirs", "krippendorff"), "annotate"
) | dict.fromkeys(("dask", "distributed"), "cluster")
"""What commands import and a plain installation may lack, and the extra that brings it."""


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 a threshold or check failed, 2 bad input or usage."""
    _speak_unicode()
    gc.set_threshold(100_000)  # records by the hundred thousand, none in a cycle: seldom look for cycles,
    atexit.register(gc.freeze)  # and not once more at the end
    try:
        app()
    except InputError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in EXTRAS:
            raise
        fix = f"pip install 'khabar[{EXTRAS[package]}]'"
        print(Incident("extra-missing", f"{package} is not installed", fix=fix), file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        name = None if error.filename is None else str(error.filename)  # without a name it is the output that failed
        incident = "file-unwritable" if name is None else "file-unreadable"
        print(Incident(incident, error.strerror or str(error), name), file=sys.stderr)
        raise SystemExit(2) from None


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
        False, "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Take what stands before the command."""
