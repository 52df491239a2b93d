"""stress: a system on the corpus and on the same corpus written otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from khabar.cli.console import console, note, print_json, progress, table, warn, writing
from khabar.cli.options import AsJson, CorpusFolder, Layers, Split, chosen_layers
from khabar.cli.run import kept_in, tell_failures
from khabar.cli.tables import difference_cells
from khabar.reading.files import write_whole
from khabar.reading.incidents import Incidents
from khabar.records.labels import LAYERS
from khabar.scoring.result import decimal
from khabar.text.terminal import harmless

if TYPE_CHECKING:
    from khabar.systems.stress import LayerUnderStress, StressReport


def stress(
    system: Annotated[str, typer.Argument(help="A system, as `khabar run` takes it.", metavar="SYSTEM")],
    gold: CorpusFolder = None,
    split: Split = "test",
    layers: Layers = None,
    only: Annotated[
        str | None, typer.Option(help="Transformations, with commas; a+b is one after the other. [default: each]")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is chosen at random.")] = 0,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Also write the report here (JSON). A run that was stopped goes on from there.", dir_okay=False
        ),
    ] = None,
) -> None:
    """Run a system over the corpus written in other ways, and tell what it loses and what it says otherwise."""
    from khabar.edits.stress import TRANSFORMATIONS
    from khabar.systems import stress as stressing
    from khabar.systems.journal import Journal
    from khabar.systems.protocol import SlowSystem

    wanted = chosen_layers(layers) or LAYERS
    names = TRANSFORMATIONS if only is None else tuple(name.strip() for name in only.split(","))
    incidents = Incidents()
    with writing(out or Path()):
        journal = Journal() if out is None else Journal.beside(out)
    with kept_in(journal), progress() as show:
        report = stressing.stress(
            system,
            gold,
            split,
            names,
            layers=wanted,
            seed=seed,
            journal=journal,
            progress=show,
            incidents=incidents,
        )
    if out is not None:
        with writing(out):
            write_whole(out, msgspec.json.format(msgspec.json.encode(report.to_dict())) + b"\n")
        if not isinstance(report.system, SlowSystem):
            journal.remove()
    warn(incidents)
    tell_failures(report.system, journal)
    if as_json:
        print_json(report.to_dict())
    else:
        _print_report(report, system)


def _print_report(report: StressReport, system: str) -> None:
    terminal = console(least_width=100)
    figures = ("original", "then", "lost", "95% interval", "same")
    shown = table(
        f"khabar stress: {harmless(system)}", "transformation", "layer", *figures, right=figures, no_wrap=True
    )
    for name, outcome in report.transformations.items():
        for row, (layer, figure) in enumerate(outcome.layers.items()):
            shown.add_row(harmless(name) if row == 0 else "", layer, *_cells(figure))
        shown.add_section()
    terminal.print(shown)
    idle = [name for name, outcome in report.transformations.items() if not outcome.edits and name != "order"]
    if idle:
        note(terminal, f"nothing to change in these texts: {', '.join(map(harmless, idle))}")
    note(terminal, "same: the answers that are given on both texts, over the mean number given", report.signature)


def _cells(figure: LayerUnderStress) -> list[str]:
    return [
        decimal(figure.original),
        decimal(figure.transformed),
        *difference_cells(figure.lost, figure.low, figure.high),
        decimal(figure.consistency),
    ]
