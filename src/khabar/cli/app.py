"""The application: all commands, and what happens to errors."""

from __future__ import annotations

import sys

import typer

from khabar.cli import corpus, scoring, seeds, showing
from khabar.errors import InputError

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
app.add_typer(corpus.app, name="corpus")
app.add_typer(seeds.app, name="seeds")


def main() -> None:
    """Run the command line. Exit codes: 0 fine, 1 a threshold or check failed, 2 bad input or usage."""
    try:
        app()
    except InputError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
) -> None:
    if version:
        import khabar

        print(khabar.__version__)
        raise typer.Exit
