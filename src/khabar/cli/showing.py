"""show: an article with its layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.output import AsJson, Gold, Layers, Split, chosen_layers, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from khabar.records.errors import Error
    from khabar.rendering import ErrorLine

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
    errors: Annotated[
        Path | None,
        typer.Option("--errors", help="Show the errors of this file (from `khabar score --errors`) under the text."),
    ] = None,
) -> None:
    """Show an article in the terminal with its layers marked."""
    from khabar.corpus.gold import documents
    from khabar.corpus.read import read_split
    from khabar.corpus.release import released_corpus
    from khabar.reading.incidents import Incident, InputError
    from khabar.rendering import MARKS, errors_under, paragraphs

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
    wrong = [] if errors is None else [e for e in _errors_of(errors, document.doc_id) if e.layer in wanted]
    if as_json:
        import msgspec

        mine = {
            config: [row for row in each if getattr(row, "doc_id", None) == document.doc_id]
            for config, each in rows.items()
        }
        print_json(msgspec.to_builtins(mine if errors is None else {**mine, "errors": wrong}))
        return
    from rich.text import Text

    from khabar.cli.terminal import Terminal

    console = Terminal()
    head = (document.doc_id, document.outlet or "outlet not said", document.published or "date not said")
    console.print(Text("  ".join(head), style="bold"))
    legend = "  ".join(f"{first}{layer}{last}" for layer, (first, last) in MARKS.items() if layer in wanted)
    console.print(Text(legend, style="dim"))
    if errors is not None:
        words = f"{len(wrong)} error(s), right to left: gold ← predicted (cause)"
        console.print(Text(words, style="dim"))
    laid_out = paragraphs(document, rows, wanted)
    under = errors_under(document, wrong, laid_out)
    for paragraph in laid_out:
        console.print()
        console.print(Text(f"{paragraph.number} {paragraph.zone}", style="dim"))
        console.print(Text(paragraph.text, style="bold" if paragraph.zone in ("title", "heading") else ""))
        for layer, words in paragraph.notes:
            console.print(Text(f"  {words}", style=STYLES[layer]))
        for line in under.get(paragraph.number, ()):
            console.print(_styled(line), soft_wrap=True)
    if 0 in under:
        console.print(Text("\nnowhere in the text", style="dim"))
        for line in under[0]:
            console.print(_styled(line), soft_wrap=True)


def _styled(line: ErrorLine) -> Text:
    """Colour an error: gold green, predicted red, the cause in the colour of its layer."""
    from rich.text import Text

    text = Text(f"✗ {line}", style="dim")
    at = 0
    for part, style in ((line.gold, "green"), (line.predicted, "red"), (line.cause, f"bold {STYLES[line.layer]}")):
        at = text.plain.index(part, at)
        text.stylize(f"not dim {style}", at, at + len(part))
        at += len(part)
    return text


def _errors_of(path: Path, doc_id: str) -> Sequence[Error]:
    """Read the errors of a document, and of its story where they cite it. Raises InputError."""
    from khabar.reading.error_files import read_errors
    from khabar.reading.incidents import Incident, InputError
    from khabar.reading.incidents import errors as stopping

    incidents: list[Incident] = []
    found = read_errors(path, incidents)
    if stopping(incidents):
        raise InputError(incidents)
    return [e for e in found if doc_id == e.doc_id or any(c.doc_id == doc_id for c in e.context)]
