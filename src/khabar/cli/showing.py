"""show: an article with its layers."""

from __future__ import annotations

from typing import Annotated

import typer

from khabar.cli.output import AsJson, Gold, Layers, Split, chosen_layers, print_json

STYLES = {"entities": "cyan", "numbers": "yellow", "quotes": "green", "conflicts": "magenta"}


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: khabar show 004 --layers quotes")(show)


def show(
    doc: Annotated[str, typer.Argument(help="A doc_id, or the beginning of one.", metavar="DOC")],
    gold: Gold = None,
    split: Split = "test",
    layers: Layers = None,
    as_json: AsJson = False,
) -> None:
    """Show an article in the terminal with its layers marked."""
    from khabar.corpus.read import read_split
    from khabar.corpus.release import released_corpus
    from khabar.errors import InputError
    from khabar.gold import documents
    from khabar.incidents import Incident
    from khabar.rendering import MARKS, paragraphs

    wanted = chosen_layers(layers)
    folder = released_corpus() if gold is None else gold
    if folder.is_file():
        fix = "name a folder built by `khabar corpus build`"
        raise InputError([Incident("option-wrong", "--gold is a file, and a corpus is shown", str(folder), fix=fix)])
    found = [document for document in documents(gold, split) if document.doc_id.startswith(doc)]
    if len(found) != 1:
        known = ", ".join(document.doc_id for document in found or documents(gold, split))
        message = f"{doc!r} fits {len(found)} documents; there is: {known}"
        raise InputError([Incident("document-unknown", message, fix="write enough of one doc_id")])
    document = found[0]
    rows = read_split(folder, split)
    if as_json:
        import msgspec

        mine = {
            config: [row for row in each if getattr(row, "doc_id", None) == document.doc_id]
            for config, each in rows.items()
        }
        print_json(msgspec.to_builtins(mine))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console()
    head = (document.doc_id, document.outlet or "outlet not said", document.published or "date not said")
    console.print(Text("  ".join(head), style="bold"))
    legend = "  ".join(f"{first}{layer}{last}" for layer, (first, last) in MARKS.items() if layer in wanted)
    console.print(Text(legend, style="dim"))
    for paragraph in paragraphs(document, rows, wanted):
        console.print()
        console.print(Text(f"{paragraph.number} {paragraph.zone}", style="dim"))
        console.print(Text(paragraph.text, style="bold" if paragraph.zone in ("title", "heading") else ""))
        for layer, words in paragraph.notes:
            console.print(Text(f"  {words}", style=STYLES[layer]))
