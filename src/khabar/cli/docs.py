"""docs: the pages of the documentation, wherever khabar is installed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from khabar.cli.console import console, paged, print_json, say
from khabar.cli.options import AsJson, wrong_option
from khabar.corpus.release import repository
from khabar.reading.incidents import fix_of

FOLDERS = ("docs", "annotations")
"""Folders of a checkout that hold the pages; a wheel has them all in one folder."""


def names() -> list[str]:
    """What the pages are called."""
    return list(pages())


def docs(
    page: Annotated[
        str | None,
        typer.Argument(help="Which page to show. [default: list them]", metavar="[PAGE]", autocompletion=names),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a page of the documentation; without a name, list them all."""
    by_name = pages()
    if page is not None and page not in by_name:
        raise wrong_option(f"no page is called {page!r}; there is: {', '.join(by_name)}", fix=fix_of(page, by_name))
    if page is None:
        titles = {name: title_of(path) for name, path in by_name.items()}
        if as_json:
            print_json(titles)
        else:
            say("\n".join(f"{name:15} {title}" for name, title in titles.items()))
        return
    text = by_name[page].read_text("utf-8")
    if as_json:
        print_json({"page": page, "markdown": text})
        return
    terminal = console()
    if not terminal.is_terminal:
        say(text.removesuffix("\n"))
        return
    from rich.markdown import Markdown

    with paged(terminal) as shown:
        shown.print(Markdown(text, hyperlinks=False))


def pages() -> dict[str, Path]:
    """Name → file of each page: of the wheel, or of the checkout this package runs from."""
    packaged = Path(str(files("khabar"))) / "_data" / "docs"
    root = repository()
    folders = [packaged] if root is None or packaged.is_dir() else [root / name for name in FOLDERS]
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.md"))}


def title_of(page: Path) -> str:
    """The heading of a page."""
    lines = page.read_text("utf-8").splitlines()
    return next((line.removeprefix("# ") for line in lines if line.startswith("# ")), page.stem)
