"""corpus build, check and stats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khabar.cli.output import AsJson, print_json, warn, writing

app = typer.Typer(help="The dataset built from seeds and gold.", no_args_is_help=True)

Seeds = Annotated[Path, typer.Option("--seeds", help="The seeds folder.")]
GoldFolder = Annotated[Path, typer.Option("--gold", help="The folder of gold annotations.")]
Folder = Annotated[Path | None, typer.Argument(help="A built corpus. [default: the released corpus]", metavar="CORPUS")]


@app.command(epilog="Example: khabar corpus build --out corpus")
def build(
    seeds: Seeds = Path("seeds"),
    gold: GoldFolder = Path("annotations/gold"),
    out: Annotated[Path, typer.Option("--out", help="Where the dataset goes.")] = Path("corpus"),
    as_json: AsJson = False,
) -> None:
    """Build the dataset: Parquet for each config, its card and its checksums."""
    from khabar.corpus.build import build as build_corpus
    from khabar.corpus.build import write

    built = build_corpus(seeds, gold)
    with writing(out):
        write(built, out)
    warn(built.warnings)
    rows = {split: {config: len(rows) for config, rows in tables.items()} for split, tables in built.tables.items()}
    if as_json:
        print_json({"out": str(out), "rows": rows})
        return
    for split, configs in rows.items():
        print(f"{split}: " + ", ".join(f"{n} {config}" for config, n in configs.items()))


@app.command(epilog="Example: khabar corpus check")
def check(
    folder: Folder = None,
    seeds: Seeds = Path("seeds"),
    gold: GoldFolder = Path("annotations/gold"),
    as_json: AsJson = False,
) -> None:
    """Verify checksums, counts, first and last rows; with seeds and gold at hand, that they build this corpus."""
    from khabar.corpus.check import check as check_corpus
    from khabar.corpus.release import released_corpus

    where = released_corpus() if folder is None else folder
    sources = (seeds, gold) if seeds.is_dir() and gold.is_dir() else None
    incidents = check_corpus(where, sources)
    if as_json:
        print_json({"valid": not incidents, "incidents": [incident.to_dict() for incident in incidents]})
    else:
        for incident in incidents:
            typer.echo(str(incident), err=True)
        if not incidents:
            print(f"{where}: sound" + (", and what seeds and gold build" if sources else ""))
    if incidents:
        raise typer.Exit(1)


@app.command(epilog="Example: khabar corpus stats --json")
def stats(folder: Folder = None, as_json: AsJson = False) -> None:
    """Count what the dataset holds."""
    from khabar.corpus.read import read_all
    from khabar.corpus.release import read_release, released_corpus
    from khabar.corpus.stats import statistics

    where = released_corpus() if folder is None else folder
    release = read_release(where)
    found = statistics(read_all(where))
    if as_json:
        print_json({"version": release.version, "splits": found})
        return
    from khabar.cli.tables import statistics_table

    statistics_table(found)
