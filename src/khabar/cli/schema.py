"""schema: the JSON Schemas of all files that khabar reads and writes."""

from __future__ import annotations

from typing import Annotated

import typer

from khabar.cli.console import print_json, say
from khabar.cli.options import AsJson, wrong_option


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: khabar schema prediction-document")(schema)


def _names() -> list[str]:
    from khabar.schemas import RECORDS

    return list(RECORDS)


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Which schema to print. [default: list their names]", metavar="[NAME]", autocompletion=_names
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of a file that khabar reads or writes; without a name, list them all."""
    from khabar import schemas
    from khabar.text.choices import fix_of

    titles = {known: title for known, (_, title) in schemas.RECORDS.items()}
    if name is not None and name not in titles:
        raise wrong_option(f"no schema is called {name!r}; there is: {', '.join(titles)}", fix=fix_of(name, titles))
    if name is not None:
        print_json(schemas.schema(name))
    elif as_json:
        print_json(titles)
    else:
        say("\n".join(f"{known:20} {title}" for known, title in titles.items()))
