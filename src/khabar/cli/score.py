"""score and validate: predictions against gold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khabar import api
from khabar.cli import options
from khabar.cli.console import is_quiet, print_json, progress, save, say, told_apart, warn, writing
from khabar.cli.errors import losses_of, tell_errors
from khabar.cli.options import chosen_labels, chosen_layers, wrong_option
from khabar.cli.tables import Form, chosen_form, print_scores
from khabar.reading.files import is_stream, write_whole
from khabar.reading.incidents import Incidents, InputError, digest, fix_of, in_file_order
from khabar.records.labels import LAYERS, Layer

if TYPE_CHECKING:
    from khabar.scoring.losses import Unread
    from khabar.scoring.result import Score
    from khabar.scoring.scorer import Evaluation

AnyFiles = Annotated[
    list[str],
    typer.Argument(
        help="Predictions, JSONL or Parquet: a file, a folder of parts or a URL (s3://…). Several are several systems.",
        metavar="FILE…",
    ),
]
AnyGold = Annotated[
    str | None,
    typer.Option(
        "--gold",
        help="A corpus folder, or JSONL or Parquet in the prediction format: a file, a folder or a URL. "
        "[default: released corpus]",
    ),
]
PredictionsFile = Annotated[Path, typer.Argument(help="Predictions: JSONL or Parquet.", metavar="FILE")]


def score(
    files: AnyFiles,
    gold: AnyGold = None,
    split: options.Split = "test",
    layers: options.Layers = None,
    labels: options.Labels = None,
    full: options.Full = False,
    as_json: options.AsJson = False,
    latex: options.Latex = False,
    quiet: options.Quiet = False,
    errors: options.Errors = None,
    html: options.Html = None,
    fail_under: Annotated[
        list[str] | None, typer.Option(help="LAYER=VALUE (overall too): exit 1 if that headline is less. Repeatable.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Count on the dask.distributed scheduler at this address (tcp://HOST:8786).")
    ] = None,
) -> None:
    """Score predictions against gold.

    Predictions may be of any size: what is large is counted in parts, on all cores.
    """
    form = chosen_form(as_json, latex, full)
    wanted = chosen_layers(layers)
    chosen = chosen_labels(labels, wanted)
    least = thresholds(fail_under or (), wanted or LAYERS, has_overall=chosen is None)
    inputs = [Path(path) for path in (*files, gold) if path is not None]
    spare(inputs, errors=errors, html=html)
    if errors is not None and cluster is not None:
        raise wrong_option("--errors reads all of the input here, and --cluster on workers", fix="leave one out")
    if len(files) > 1 and (errors or html):
        raise wrong_option("--errors and --html are of one system, and several are named", fix="score one by itself")
    incidents = Incidents()
    terms: Any = {"gold": gold, "split": split, "layers": wanted, "labels": chosen}
    evaluation = None
    if errors is not None or html is not None:
        evaluation = api.evaluate(files[0], incidents=incidents if cluster is None else Incidents(), **terms)
    if evaluation is not None and cluster is None:
        results = {Path(files[0]).name: evaluation.score()}
    else:
        with progress() as show:
            results = scored_each(
                files, partial(api.score, cluster=cluster, progress=show, incidents=incidents, **terms)
            )
    warn(incidents)
    if evaluation is None:
        print_scores(results, form)
    else:
        [(name, result)] = results.items()
        publish(evaluation, name, result, form, errors=errors, html=html, gold=gold, split=split)
    failures = [
        f"{f'{name}: ' if len(files) > 1 else ''}{words}"
        for name, result in results.items()
        for words in shortfalls(result.headline, least)
    ]
    if failures:
        say("\n".join(failures), err=True)
        raise typer.Exit(1)


def scored_each(files: Sequence[str], scored: Callable[[str], Score]) -> dict[str, Score]:
    """Score each of several files: name → score. Raises InputError with every problem of all of them."""
    results: dict[str, Score] = {}
    refused: list[InputError] = []
    for name, file in zip(told_apart(files), files, strict=True):
        try:
            results[name] = scored(file)
        except InputError as error:
            refused.append(error)
    if refused:
        problems = dict.fromkeys(problem for error in refused for problem in error.incidents)
        raise InputError(problems, unlisted=sum(error.unlisted for error in refused))
    return results


def validate(
    file: PredictionsFile,
    gold: options.Gold = None,
    split: options.Split = "test",
    labels: options.Labels = None,
    as_json: options.AsJson = False,
) -> None:
    """Check predictions against the format and the corpus, and list every problem."""
    from khabar.reading.checks import checked_predictions

    chosen = chosen_labels(labels, None)
    reference = api.read_gold(gold, split, Incidents())
    collected = Incidents()
    records = checked_predictions(file, reference, reference.scored_layers, collected)
    incidents = in_file_order(collected)
    if as_json:
        print_json({"valid": not collected.errors, "incidents": [incident.to_dict() for incident in incidents]})
    else:
        for line in digest(incidents):
            say(line, err=bool(collected.errors))
        if not collected.errors:
            entities = [item for record in records.documents for item in record.entities]
            others = sum(item.label not in chosen for item in entities) if chosen else 0
            left_out = f"; {others} of {len(entities)} entities take no part (--labels)" if chosen else ""
            say(f"{file.name}: valid, {len(records)} line(s), {len(incidents)} warning(s){left_out}")
    if collected.errors:
        raise typer.Exit(2)


def thresholds(given: Sequence[str], layers: Sequence[Layer], *, has_overall: bool) -> list[tuple[str, float]]:
    """Parse `--fail-under` options into (headline, least value). Raises InputError with every one that is wrong."""
    scored = [*layers, *(["overall"] if has_overall and len(layers) == len(LAYERS) else [])]
    least: list[tuple[str, float]] = []
    incidents = Incidents()
    for option in given:
        name, _, number = option.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if name not in scored:
            message = f"--fail-under {option!r}: {name!r} is not scored; there is: {', '.join(scored)}"
            incidents.report("option-wrong", message, fix=fix_of(name, scored))
        elif not 0 <= value <= 1:
            message = f"--fail-under {option!r}: {number!r} is not a number from 0 to 1"
            incidents.report("option-wrong", message, fix=f"write {name}=0.4")
        least.append((name, value))
    incidents.refuse()
    return least


def shortfalls(headline: Mapping[str, float | None], least: Sequence[tuple[str, float]]) -> list[str]:
    """Name each headline that is less than it has to be. One that is undefined reaches no value."""
    return [
        f"{name}: {'undefined' if value is None else f'{value:.6g}'}, which is not at least {wanted:g} (--fail-under)"
        for name, wanted in least
        if (value := headline[name]) is None or value < wanted
    ]


def spare(others: Iterable[Path | None], **outputs: Path | None) -> None:
    """Refuse to write what an option (a keyword) asks for over another file of the command. Raises InputError."""
    taken = {other.resolve() for other in others if other is not None}
    for option, path in outputs.items():
        if path is not None and not is_stream(path):
            if path.resolve() in taken:
                message = f"--{option} names a file this command also reads or writes"
                raise wrong_option(message, file=str(path), fix="choose another place")
            taken.add(path.resolve())


def publish(
    evaluation: Evaluation,
    name: str,
    result: Score,
    form: Form,
    *,
    errors: Path | None,
    html: Path | None,
    gold: object,
    split: str,
    unread: Sequence[Unread] = (),
) -> None:
    """Print the score of a system, and write its errors and its report where options ask for them."""
    lost = None
    if errors is not None:
        save(errors, evaluation.errors)
        lost = losses_of(evaluation.errors, result, unread)
    if html is not None:
        from khabar.site.report import ARABIC, report

        page = report(name, evaluation, result, arabic=html.name.endswith(ARABIC))
        with writing(html):
            write_whole(html, page)
        if not is_quiet():
            say(f"{html}: the report, one page; open it in a browser: {html.resolve().as_uri()}", err=True)
    print_scores({name: result}, form, lost)
    if errors is not None and form in ("short", "full"):
        tell_errors(errors, evaluation.errors, gold, split)
