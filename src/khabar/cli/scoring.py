"""run, score, validate and compare."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.output import AsJson, Gold, Layers, Split, chosen_layers, print_json, progress, stages, warn, writing
from khabar.cli.running import kept_in, tell_failures

if TYPE_CHECKING:
    from khabar.reading.reference import Reference
    from khabar.records import Annotations, Dispute
    from khabar.records.labels import Layer
    from khabar.scoring.compare import Difference
    from khabar.scoring.result import Score

AnyFile = Annotated[
    str, typer.Argument(help="Predictions: JSONL or Parquet; a file, a folder or a URL (s3://…).", metavar="FILE")
]
AnyGold = Annotated[
    str | None,
    typer.Option(
        "--gold",
        help="A corpus folder, or JSONL or Parquet in the prediction format: a file, a folder or a URL. "
        "[default: released corpus]",
    ),
]
File = Annotated[Path, typer.Argument(help="Predictions: JSONL or Parquet.", metavar="FILE")]
Errors = Annotated[
    Path | None,
    typer.Option("--errors", help="Also write each miss, false alarm and wrong attribute here (JSONL), with a cause."),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(epilog="Example: khabar run rules --json")(run)
    app.command(epilog="Example: khabar score predictions.jsonl --layers entities,numbers")(score)
    app.command(epilog="Example: khabar validate predictions.jsonl")(validate)
    app.command(epilog="Example: khabar compare mine.jsonl theirs.jsonl --layers quotes")(compare)


def run(
    system: Annotated[
        str,
        typer.Argument(
            help="rules, oracle, empty, an installed system, module:attribute, cmd:COMMAND or openai:MODEL.",
            metavar="SYSTEM",
        ),
    ],
    gold: Gold = None,
    split: Split = "test",
    layers: Layers = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Also write the predictions here (JSONL). A run that was stopped goes on from there."
        ),
    ] = None,
    errors: Errors = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", help="Seconds to wait for an answer of a command or an endpoint.")
    ] = 120,
    jobs: Annotated[int, typer.Option("--jobs", help="How many requests an endpoint gets at once.")] = 4,
    price: Annotated[
        str | None,
        typer.Option(
            "--price", help="What a million tokens in and out of an endpoint cost, as 0.15/0.60: adds the cost."
        ),
    ] = None,
) -> None:
    """Run a system over the corpus and score it."""
    from khabar import api
    from khabar.scoring.scorer import measure
    from khabar.systems.journal import Journal
    from khabar.systems.registry import find_system
    from khabar.systems.running import run_system
    from khabar.systems.terms import Price, Terms

    wanted = chosen_layers(layers)
    _spare(errors, out, gold)
    reference, _ = api.gold_of(gold, split)
    with writing(out or Path()):
        journal = Journal() if out is None else Journal.beside(out)
    found = find_system(system, reference, Terms(time_limit, jobs, Price.parse(price) if price else None, journal))
    documents = api.load(gold, split=split)
    with kept_in(journal):
        said, disputes = run_system(found, documents, lambda items: progress(list(items), "annotating"), wanted)
        counted, warnings = api.counted([*said, *disputes], reference, wanted)
    if out is not None:
        with writing(out):
            _write(out, said, disputes)
    if errors is not None:
        _write_errors(errors, reference, said, disputes, wanted)
    warn(warnings)
    tell_failures(found, journal)
    _print(measure(counted), system, as_json)


def score(
    file: AnyFile,
    gold: AnyGold = None,
    split: Split = "test",
    layers: Layers = None,
    as_json: AsJson = False,
    errors: Errors = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option("--fail-under", help="LAYER=VALUE (overall too): exit 1 if that headline is less. Repeatable."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", help="Count on the dask.distributed scheduler at this address (tcp://HOST:8786)."),
    ] = None,
) -> None:
    """Score predictions against gold, of any size: what is large is counted in parts, on all cores."""
    from khabar.scoring.bootstrap import BLAS_THREADS

    os.environ.setdefault(BLAS_THREADS, "1")  # NumPy is not loaded yet
    from khabar import api
    from khabar.scoring.scorer import measure

    wanted = chosen_layers(layers)
    least = thresholds(fail_under or (), wanted)
    _spare(errors, *(Path(each) for each in (file, gold) if each is not None))
    with stages() as progress:
        counted, warnings = api.counted_at_any_size(file, gold, split, wanted, cluster=cluster, progress=progress)
        if errors is not None:
            from khabar.reading.predictions import read_predictions
            from khabar.reading.predictions import split as parted

            reference, _ = api.gold_of(gold, split)
            _write_errors(errors, reference, *parted(read_predictions(file, [])), wanted)
        progress("resampling", 0, None)
        result = measure(counted)
    warn(warnings)
    _print(result, Path(file).name, as_json)
    if failures := shortfalls(result.headline, least):
        typer.echo("\n".join(failures), err=True)
        raise typer.Exit(1)


def validate(file: File, gold: Gold = None, split: Split = "test", as_json: AsJson = False) -> None:
    """Check predictions against the format and the corpus, and list every problem."""
    from khabar import api
    from khabar.reading.checks import check_against
    from khabar.reading.incidents import Incident, errors, in_file_order
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
    files: Annotated[
        list[Path],
        typer.Argument(help="Predictions (JSONL or Parquet): the baseline, then others.", metavar="A B [C…]"),
    ],
    gold: Gold = None,
    split: Split = "test",
    layers: Layers = None,
    as_json: AsJson = False,
    fail_if_worse: Annotated[
        bool,
        typer.Option(
            "--fail-if-worse", help="Exit 1 if on any layer the interval of a − b lies wholly above 0 (b is worse)."
        ),
    ] = False,
) -> None:
    """Compare predictions with those of A: a − b on each layer, with interval and p of a paired test."""
    from khabar import api
    from khabar.cli.tables import comparison_tables
    from khabar.reading.incidents import InputError, errors
    from khabar.scoring.compare import compare_with_first

    if len(files) < 2:
        raise typer.BadParameter("name at least two files: the baseline, and what is compared with it")
    wanted = chosen_layers(layers)
    reference, incidents = api.gold_of(gold, split)
    counts = {}
    for file in dict.fromkeys(files):
        try:
            counted, more = api.counted(file, reference, wanted)
        except InputError as error:
            incidents += error.incidents
        else:
            counts[file] = counted
            incidents += more
    if errors(incidents):
        raise InputError(incidents)
    warn(incidents)
    baseline, *names = distinct([file.name for file in files])
    compared = compare_with_first(counts[files[0]], [counts[file] for file in files[1:]])
    found = dict(zip(names, compared, strict=True))
    if not as_json:
        comparison_tables(found, baseline)
    elif len(found) == 1:
        print_json({layer: difference.to_dict() for layer, difference in compared[0].items()})
    else:
        print_json({name: {layer: d.to_dict_of_several() for layer, d in each.items()} for name, each in found.items()})
    if fail_if_worse and _tell_worse(found, baseline):
        raise typer.Exit(1)


def _tell_worse(found: Mapping[str, Mapping[str, Difference]], baseline: str) -> bool:
    """Say on stderr what is worse than the baseline, and what looks so but has no interval; tell if anything is."""
    worse = False
    for name, differences in found.items():
        for layer, each in differences.items():
            if each.b_is_worse:
                worse = True
                message = f"worse than {baseline} on {layer}, a − b in [{each.low:+.4f}, {each.high:+.4f}]"
            elif each.low is None and (each.difference is None or each.difference > 0):
                message = f"not judged on {layer}, it has no interval"
            else:
                continue
            typer.echo(f"{name}: {message} (--fail-if-worse)", err=True)
    return worse


def distinct(names: Sequence[str]) -> list[str]:
    """Number names that stand there already: "b.jsonl", "b.jsonl (2)"."""
    found: list[str] = []
    for name in names:
        free = (name if at == 1 else f"{name} ({at})" for at in count(1))
        found.append(next(each for each in free if each not in found))
    return found


def _print(result: Score, name: str, as_json: bool) -> None:
    if as_json:
        print(result.to_json())
        return
    from khabar.cli.tables import score_table

    score_table(result, name)


def _write(out: Path, said: Sequence[Annotations], disputes: list[Dispute]) -> None:
    import msgspec

    from khabar.reading.files import write_lines

    write_lines(out, [msgspec.json.encode(item) for item in (*said, *disputes)])


def thresholds(given: Sequence[str], layers: Sequence[Layer]) -> list[tuple[str, float]]:
    """Parse `--fail-under` options into (headline, least value). Raises InputError with every one that is wrong."""
    from khabar.reading.incidents import Incident, InputError
    from khabar.records.labels import LAYERS

    scored = [*layers, *(["overall"] if len(layers) == len(LAYERS) else [])]
    found: list[tuple[str, float]] = []
    incidents: list[Incident] = []
    for option in given:
        name, _, number = option.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if name not in scored:
            message = f"--fail-under {option!r}: {name!r} is not scored; there is: {', '.join(scored)}"
            incidents.append(Incident("option-wrong", message))
        elif not 0 <= value <= 1:
            message = f"--fail-under {option!r}: {number!r} is not a number from 0 to 1"
            incidents.append(Incident("option-wrong", message, fix=f"write {name}=0.4"))
        found.append((name, value))
    if incidents:
        raise InputError(incidents)
    return found


def shortfalls(headline: Mapping[str, float | None], least: Sequence[tuple[str, float]]) -> list[str]:
    """Name each headline that is less than it has to be. One that is undefined reaches no value."""
    return [
        f"{name}: {'undefined' if value is None else f'{value:.6g}'}, which is not at least {wanted:g} (--fail-under)"
        for name, wanted in least
        if (value := headline[name]) is None or value < wanted
    ]


def _spare(written: Path | None, *others: Path | None) -> None:
    """Refuse to write errors over another file of the command. Raises InputError."""
    from khabar.reading.incidents import Incident, InputError

    if written is not None and written.resolve() in {other.resolve() for other in others if other is not None}:
        message = "--errors names a file this command also reads or writes"
        raise InputError([Incident("option-wrong", message, str(written), fix="choose another place")])


def _write_errors(
    path: Path, reference: Reference, said: Sequence[Annotations], disputes: list[Dispute], layers: Sequence[Layer]
) -> None:
    from khabar.reading.error_files import write_errors
    from khabar.scoring.errors.listing import list_errors

    with writing(path):
        write_errors(path, list_errors(reference, said, disputes, layers=layers))
