"""seeds add and verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khabar.cli.app import Group
from khabar.cli.console import print_checked, print_json, say, writing
from khabar.cli.options import AsJson, Seeds

app = typer.Typer(cls=Group, help="Take articles in exactly as received, and verify them.", no_args_is_help=True)


def add_to(whole: typer.Typer) -> None:
    """Add the group to the application."""
    whole.add_typer(app, name="seeds")


@app.command(epilog="Example: khabar seeds verify")
def verify(folder: Seeds = Path("seeds"), as_json: AsJson = False) -> None:
    """Find changed, missing and unlisted articles. Those that are elsewhere are verified once they are fetched."""
    from khabar.seeds import at_hand, read_manifest
    from khabar.seeds import verify as verify_seeds

    incidents = verify_seeds(folder)
    if incidents:
        print_checked(incidents, "", as_json)
    manifest = read_manifest(folder)
    verified = len(at_hand(manifest))
    sound = f"{verified} article(s), all as in the manifest"
    if verified < len(manifest):
        sound += f" ({len(manifest) - verified} more are elsewhere: run `khabar corpus fetch`)"
    print_checked((), "" if as_json else sound, as_json)


@app.command(epilog="Example: khabar seeds add article.txt --story floods --split floods")
def add(
    files: Annotated[list[Path], typer.Argument(help="UTF-8 text files, one article each.", metavar="FILE…")],
    story: Annotated[
        str | None, typer.Option("--story", help="Key of the story they report. [default: the one story there is]")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", help="Split they go to. It must be named: what joins a split changes it."),
    ] = None,
    folder: Seeds = Path("seeds"),
    as_json: AsJson = False,
) -> None:
    """Take articles in, byte for byte. Outlet, title and date are then filled in the manifest by hand."""
    from khabar.seeds import MANIFEST, keys_for, read_manifest
    from khabar.seeds import add as add_seeds

    known = read_manifest(folder) if (folder / MANIFEST).exists() else []
    chosen, its_split = keys_for(known, story, split)
    with writing(folder):
        added = add_seeds(folder, files, story=chosen, split=its_split)
    if as_json:
        print_json({"added": [seed.doc_id for seed in added]})
        return
    for seed in added:
        say(f"added {seed.doc_id}")
    if added:
        say(f"Now fill outlet, title and published (with its evidence) in {folder / MANIFEST}.")
    else:
        say("nothing new: all of them are there already")
