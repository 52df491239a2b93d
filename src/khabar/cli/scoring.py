"""run, score, validate and compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.output import AsJson, Gold, Layers, Split, chosen_layers, print_json, progress, warn, writing

if TYPE_CHECKING:
    from khabar.records import Annotations, Dispute
    from khabar.scoring.result import Score

File = Annotated[Path, typer.Argument(help="Predictions: JSONL or Parquet.", metavar="FILE")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(epilog="Example: khabar run rules --json")(run)
    app.command(epilog="Example: khabar score predictions.jsonl --layers entities,numbers")(score)
    app.command(epilog="Example: khabar validate predictions.jsonl")(validate)
    app.command(epilog="Example: khabar compare mine.jsonl theirs.jsonl --layers quotes")(compare)


def run(
    system: Annotated[
        str, typer.Argument(help="rules, oracle, empty, an installed system, or module:attribute.", metavar="SYSTEM")
    ],
    gold: Gold = None,
    split: Split = "test",
    layers: Layers = None,
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the predictions here (JSONL).")] = None,
) -> None:
    """Run a system over the corpus and score it."""
    from khabar import api
    from khabar.scoring.scorer import measure
    from khabar.systems.registry import find_system
    from khabar.systems.running import run_system

    wanted = chosen_layers(layers)
    reference, _ = api.gold_of(gold, split)
    found = find_system(system, reference)
    documents = api.load(gold, split=split)
    said, disputes = run_system(found, documents, lambda items: progress(list(items), "annotating"))
    counted, warnings = api.counted([*said, *disputes], reference, wanted)
    if out is not None:
        with writing(out):
            _write(out, said, disputes)
    warn(warnings)
    _print(measure(counted), system, as_json)


def score(file: File, gold: Gold = None, split: Split = "test", layers: Layers = None, as_json: AsJson = False) -> None:
    """Score predictions against gold."""
    from khabar import api
    from khabar.scoring.scorer import measure

    wanted = chosen_layers(layers)
    reference, warnings = api.gold_of(gold, split)
    counted, more = api.counted(file, reference, wanted)
    warn([*warnings, *more])
    _print(measure(counted), file.name, as_json)


def validate(file: File, gold: Gold = None, split: Split = "test", as_json: AsJson = False) -> None:
    """Check predictions against the format and the corpus, and list every problem."""
    from khabar import api
    from khabar.incidents import Incident, errors, in_file_order
    from khabar.reading.checks import check_against
    from khabar.reading.predictions import read_predictions

    reference, _ = api.gold_of(gold, split)
    incidents: list[Incident] = []
    records = read_predictions(file, incidents)
    incidents += check_against(reference, records, complete=not errors(incidents))
    incidents = in_file_order(incidents)
    failed = errors(incidents)
    if as_json:
        print_json({"valid": not failed, "incidents": [incident.to_dict() for incident in incidents]})
    else:
        for incident in incidents:
            typer.echo(str(incident), err=incident.level == "error")
        if not failed:
            print(f"{file.name}: valid, {len(records)} line(s), {len(incidents)} warning(s)")
    if failed:
        raise typer.Exit(2)


def compare(
    a: File, b: File, gold: Gold = None, split: Split = "test", layers: Layers = None, as_json: AsJson = False
) -> None:
    """Compare two systems' predictions: a − b on each layer, with interval and p of a paired test."""
    from khabar import api
    from khabar.cli.tables import comparison_table
    from khabar.errors import InputError
    from khabar.incidents import errors
    from khabar.scoring.comparing import compare as compare_counts

    wanted = chosen_layers(layers)
    reference, incidents = api.gold_of(gold, split)
    counts = []
    for file in dict.fromkeys((a, b)):
        try:
            counted, more = api.counted(file, reference, wanted)
        except InputError as error:
            incidents += error.incidents
        else:
            counts.append(counted)
            incidents += more
    if errors(incidents):
        raise InputError(incidents)
    warn(incidents)
    found = compare_counts(counts[0], counts[-1])
    if as_json:
        print_json({layer: difference.to_dict() for layer, difference in found.items()})
    else:
        comparison_table(found, a.name, b.name)


def _print(result: Score, name: str, as_json: bool) -> None:
    if as_json:
        print(result.to_json())
        return
    from khabar.cli.tables import score_table

    score_table(result, name)


def _write(out: Path, said: list[Annotations], disputes: list[Dispute]) -> None:
    import msgspec

    from khabar.files import write_lines

    write_lines(out, [msgspec.json.encode(item) for item in (*said, *disputes)])
