"""compare: what others score with what a baseline scores, pair by pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar import api
from khabar.cli.console import TABLE_WIDTH, console, note, print_json, say, table, told_apart, warn
from khabar.cli.options import AsJson, Gold, Labels, Layers, Quiet, Split, chosen_labels, chosen_layers
from khabar.cli.tables import chosen_form, difference_cells, latex_name, latex_table
from khabar.reading.incidents import Incidents
from khabar.scoring.result import decimal
from khabar.text.terminal import harmless

if TYPE_CHECKING:
    from khabar.scoring.compare import Difference


def compare(
    files: Annotated[
        list[Path],
        typer.Argument(help="Predictions (JSONL or Parquet): the baseline, then others.", metavar="A B [C…]"),
    ],
    gold: Gold = None,
    split: Split = "test",
    layers: Layers = None,
    labels: Labels = None,
    as_json: AsJson = False,
    latex: Annotated[bool, typer.Option("--latex", help="Print the differences as a LaTeX table (booktabs).")] = False,
    quiet: Quiet = False,
    fail_if_worse: Annotated[
        bool,
        typer.Option(
            "--fail-if-worse", help="Exit 1 if on any layer the interval of b − a lies wholly below 0 (b is worse)."
        ),
    ] = False,
) -> None:
    """Compare predictions with those of a baseline, which comes first.

    Each layer shows b − a, its 95% interval and the p of a paired test, and says whether b is better or worse.
    """
    if len(files) < 2:
        raise typer.BadParameter("name at least two files: the baseline, and what is compared with it")
    form = chosen_form(as_json, latex, full=False)
    wanted = chosen_layers(layers)
    chosen = chosen_labels(labels, wanted)
    incidents = Incidents()
    baseline, *names = told_apart(files)
    others = dict(zip(names, files[1:], strict=True))
    compared = api.compare_several(
        files[0], others, gold=gold, split=split, layers=wanted, labels=chosen, incidents=incidents
    )
    warn(incidents)
    if form == "latex":
        say("\n".join(latex_of(compared, baseline)))
    elif form == "short":
        comparison_tables(compared, baseline)
    elif len(names) == 1:
        print_json({layer: difference.to_dict() for layer, difference in compared[names[0]].items()})
    else:
        print_json(
            {
                name: {layer: difference.to_dict_of_several() for layer, difference in differences.items()}
                for name, differences in compared.items()
            }
        )
    if fail_if_worse and _tell_worse(compared, baseline):
        raise typer.Exit(1)


def _tell_worse(compared: Mapping[str, Mapping[str, Difference]], baseline: str) -> bool:
    """Say on stderr what is worse than the baseline, and what looks so but has no interval; tell if anything is."""
    worse = False
    for name, differences in compared.items():
        for layer, difference in differences.items():
            if difference.b_is_worse:
                worse = True
                message = f"worse than {baseline} on {layer}, b − a in [{difference.low:+.4f}, {difference.high:+.4f}]"
            elif difference.low is None and (difference.difference is None or difference.difference < 0):
                message = f"not judged on {layer}, it has no interval"
            else:
                continue
            say(f"{name}: {message} (--fail-if-worse)", err=True)
    return worse


def comparison_tables(compared: Mapping[str, Mapping[str, Difference]], baseline: str) -> None:
    """Print comparisons with a baseline, by the name of what is compared with it."""
    terminal = console(TABLE_WIDTH)
    several = len(compared) > 1
    figures = ("a", "b", "b − a", "95% interval", "Holm p" if several else "p", "detectable")
    for name, differences in compared.items():
        title = f"a = {harmless(baseline)} (the baseline), b = {harmless(name)}"
        shown = table(title, "layer", *figures, "b is", right=figures, no_wrap=True, dense=True)
        for layer, difference in differences.items():
            shown.add_row(layer, *_cells(difference))
        terminal.print(shown)
    note(
        terminal,
        "not shown: chance may explain the difference; there may be one all the same",
        "detectable: the smallest difference this corpus could show",
    )
    if several:
        note(terminal, f"Holm p: corrected on each layer for {len(compared)} comparisons with a")


def latex_of(compared: Mapping[str, Mapping[str, Difference]], baseline: str) -> Iterator[str]:
    """Give comparisons with a baseline as a LaTeX table (booktabs), a row for each system and layer."""
    yield f"% a = {harmless(baseline)} (the baseline)"
    rows = []
    for name, differences in compared.items():
        for layer, difference in differences.items():
            change = "--" if difference.difference is None else f"${difference.difference:+.3f}$"
            if difference.low is not None:
                change += rf" {{\scriptsize [${difference.low:+.3f}$, ${difference.high:+.3f}$]}}"
            figures = (decimal(value).replace("–", "--") for value in (difference.a, difference.b))
            p = decimal(difference.p, ".4f").replace("–", "--")
            rows.append([latex_name(name), layer, *figures, change, p])
    head = ["system (b)", "layer", "a", "b", "$b - a$", "$p$ (Holm)" if len(compared) > 1 else "$p$"]
    yield from latex_table("llcccc", head, rows)


def _cells(difference: Difference) -> list[str]:
    return [
        decimal(difference.a),
        decimal(difference.b),
        *difference_cells(difference.difference, difference.low, difference.high),
        decimal(difference.p, ".4f"),
        decimal(difference.smallest_detectable),
        difference.conclusion or "–",
    ]
