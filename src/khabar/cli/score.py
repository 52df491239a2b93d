"""score and validate: predictions against gold, and the table of a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.console import console, note, print_json, progress, say, table, warn, writing
from khabar.cli.errors import losses_of, losses_to_dict, print_losses, write_errors
from khabar.cli.options import (
    AsJson,
    Errors,
    Gold,
    Html,
    Labels,
    Layers,
    Split,
    chosen_labels,
    chosen_layers,
    wrong_option,
)
from khabar.text.terminal import harmless

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from khabar.cli.errors import Losses
    from khabar.reading.reference import Reference
    from khabar.records import Annotations, Dispute
    from khabar.records.labels import Layer
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


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(epilog="Example: khabar score predictions.jsonl --layers entities,numbers")(score)
    app.command(epilog="Example: khabar validate predictions.jsonl")(validate)


def score(
    file: AnyFile,
    gold: AnyGold = None,
    split: Split = "test",
    layers: Layers = None,
    labels: Labels = None,
    as_json: AsJson = False,
    errors: Errors = None,
    html: Html = None,
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
    from khabar import api
    from khabar.reading.incidents import Incidents
    from khabar.records.labels import LAYERS

    wanted = chosen_layers(layers)
    chosen = chosen_labels(labels, wanted)
    least = thresholds(fail_under or (), wanted or LAYERS)
    inputs = [Path(path) for path in (file, gold) if path is not None]
    spare(errors, *inputs)
    spare(html, *inputs, errors, option="--html")
    incidents = Incidents()
    lost: Losses | None = None
    if errors is not None:
        if cluster is not None:
            raise wrong_option("--errors reads all of the input here, and --cluster on workers", fix="leave one out")
        result, listed = api.score_with_errors(
            file, gold=gold, split=split, layers=wanted, labels=chosen, incidents=incidents
        )
        write_errors(errors, listed)
        lost = losses_of(listed, result)
    else:
        with progress() as show:
            result = api.score(
                file,
                gold=gold,
                split=split,
                layers=wanted,
                labels=chosen,
                cluster=cluster,
                progress=show,
                incidents=incidents,
            )
    if html is not None:
        from khabar.reading.predictions import read_predictions

        records = read_predictions(file, Incidents())
        reference = replace(api.read_gold(gold, split, Incidents()), labels=chosen)
        scored = wanted or reference.scored_layers
        write_report(html, Path(file).name, result, records.documents, records.disputes, reference, scored)
    warn(incidents)
    print_score(result, Path(file).name, as_json, lost)
    if failures := shortfalls(result.headline, least):
        say("\n".join(failures), err=True)
        raise typer.Exit(1)


def validate(
    file: File, gold: Gold = None, split: Split = "test", labels: Labels = None, as_json: AsJson = False
) -> None:
    """Check predictions against the format and the corpus, and list every problem."""
    from khabar import api
    from khabar.reading.checks import checked_predictions
    from khabar.reading.incidents import Incidents, in_file_order

    chosen = chosen_labels(labels, None)
    reference = api.read_gold(gold, split, Incidents())
    collected = Incidents()
    records = checked_predictions(file, reference, reference.scored_layers, collected)
    incidents = in_file_order(collected)
    if as_json:
        print_json({"valid": not collected.errors, "incidents": [incident.to_dict() for incident in incidents]})
    else:
        for incident in incidents:
            say(str(incident), err=incident.level == "error")
        if not collected.errors:
            entities = [item for record in records.documents for item in record.entities]
            others = sum(item.label not in chosen for item in entities) if chosen else 0
            left_out = f"; {others} of {len(entities)} entities take no part (--labels)" if chosen else ""
            say(f"{file.name}: valid, {len(records)} line(s), {len(incidents)} warning(s){left_out}")
    if collected.errors:
        raise typer.Exit(2)


def thresholds(given: Sequence[str], layers: Sequence[Layer]) -> list[tuple[str, float]]:
    """Parse `--fail-under` options into (headline, least value). Raises InputError with every one that is wrong."""
    from khabar.reading.incidents import Incidents
    from khabar.records.labels import LAYERS

    scored = [*layers, *(["overall"] if len(layers) == len(LAYERS) else [])]
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
            incidents.report("option-wrong", message)
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


def spare(written: Path | None, *others: Path | None, option: str = "--errors") -> None:
    """Refuse to write what an option asks for over another file of the command. Raises InputError."""
    from khabar.reading.files import is_stream

    if written is None or is_stream(written):
        return
    if written.resolve() in {other.resolve() for other in others if other is not None}:
        message = f"{option} names a file this command also reads or writes"
        raise wrong_option(message, file=str(written), fix="choose another place")


BESIDE_HEADLINE: dict[str, tuple[tuple[str, str], ...]] = {
    "entities": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("macro F1 over labels", "macro_f1"),
        ("partial (SemEval)", "semeval.partial.f1"),
        ("type (SemEval)", "semeval.type.f1"),
        ("clitics forgiven", "clitic_tolerant.f1"),
        ("nested, recall", "phenomenon.nested.recall"),
        ("identity (LEA)", "identity.lea.f1"),
        ("seqeval (strict IOB2)", "seqeval.strict_iob2.f1"),
    ),
    "numbers": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("span found", "detection.f1"),
        ("span and value", "value.f1"),
        ("span and unit", "unit.f1"),
        ("dates resolved", "dates.resolved.f1"),
        ("modality, macro F1", "modality.macro_f1"),
        ("trap false alarms", "traps.false_alarm_rate"),
    ),
    "quotes": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("content, IoU ≥ 0.5", "detection_50.f1"),
        ("content, IoU ≥ 0.8", "detection_80.f1"),
        ("speaker, where found", "speaker.accuracy"),
        ("  explicit", "speaker.explicit.accuracy"),
        ("  implicit", "speaker.implicit.accuracy"),
        ("cue", "cue.f1"),
        ("chain edges", "chain.edge_f1"),
    ),
    "conflicts": (
        ("as many calls at random", "contrast.chance"),
        ("called, where a dispute", "contrast.called_where_hard"),
        ("called, where none", "contrast.called_where_not"),
        ("controls called", "contrast.controls.false_alarm_rate"),
        ("agreement → dispute", "contrast.direction.agreement_to_dispute.pair_f"),
        ("trap → dispute", "contrast.direction.trap_to_dispute.pair_f"),
        ("dispute → agreement", "contrast.direction.dispute_to_agreement.pair_f"),
        ("dispute → trap", "contrast.direction.dispute_to_trap.pair_f"),
        ("dispute F1", "f1"),
        ("precision", "precision"),
        ("recall", "recall"),
        ("type right too", "typed.f1"),
        ("traps called conflicts", "traps.rate"),
        ("false per 1,000 tokens", "false_per_1000_tokens"),
        ("average precision", "average_precision"),
    ),
}
"""What stands under each headline in the table: (words, figure)."""

HEADLINES = {
    "entities": {"f1": "exact span + label F1"},
    "numbers": {"f1": "full-tuple F1"},
    "quotes": {"f1": "who said what F1"},
    "conflicts": {"f1": "dispute F1", "contrast.pair_f": "both of a pair right"},
}
"""Layer → figure → words."""
OVERALL = "mean of the four"
"""The words of `overall`."""
GLOSSARY = "what these figures mean, and what others score: docs/figures.md"
_BAR = 10
"""Characters of a figure's bar."""


def write_report(
    path: Path,
    name: str,
    result: Score,
    annotations: Sequence[Annotations],
    disputes: Sequence[Dispute],
    reference: Reference,
    layers: Sequence[Layer],
) -> None:
    """Write the report of a run as one page."""
    from khabar.reading.files import write_whole
    from khabar.site.report import ARABIC, report

    page = report(name, result, annotations, disputes, reference, layers, arabic=path.name.endswith(ARABIC))
    with writing(path):
        write_whole(path, page)


def print_score(result: Score, name: str, as_json: bool, lost: Losses | None = None) -> None:
    """Print a score as JSON, or as a table under the name of what was scored; and what was lost to what, if given."""
    if as_json and lost is not None:
        print_json(result.to_dict() | {"losses": losses_to_dict(lost)})
    elif as_json:
        print(result.to_json())
    else:
        score_table(result, name)
        print_losses(lost or {})


def score_table(result: Score, name: str, terminal: Console | None = None) -> None:
    """Print a score: headline with interval for each layer, and the most telling figures under it."""
    from rich.text import Text

    from khabar.scoring.result import headline_name

    terminal = terminal or console()
    shown = table(f"khabar: {harmless(name)}")
    shown.add_column("layer", style="bold")
    shown.add_column("figure", no_wrap=True)
    shown.add_column("value", justify="right")
    shown.add_column("95% interval", justify="center")
    shown.add_column("", justify="left", no_wrap=True)
    for layer, figures in result.layers.items():
        head = headline_name(figures)
        shown.add_row(*_headline(layer, HEADLINES[layer][head], figures[head].value, figures[head].interval))
        for words, figure in BESIDE_HEADLINE[layer]:
            if figure in figures and figure != head:
                measured = figures[figure]
                interval = Text("" if measured.interval is None else ends(measured.interval), style="dim")
                shown.add_row("", Text(words, style="dim"), decimal(measured.value), interval, "")
        aside, ungrounded = result.set_aside[layer], result.ungrounded[layer]
        notes = [f"{aside} set aside"] * bool(aside) + [f"{ungrounded} ungrounded"] * bool(ungrounded)
        if notes:
            shown.add_row("", Text(", ".join(notes), style="dim italic"), "", "", "")
        shown.add_section()
    shown.add_row(*_headline("overall", OVERALL, result.overall, result.overall_interval))
    terminal.print(shown)
    terminal.print(Text(_drawn(result), style="dim"))
    note(terminal, str(result.signature))
    note(terminal, GLOSSARY)


def decimal(value: float | None) -> str:
    """A figure to three places; a dash where it is undefined."""
    return "–" if value is None else f"{value:.3f}"


def difference_cells(difference: float | None, low: float | None, high: float | None) -> tuple[str, str]:
    """A signed difference and its interval, to three places; a dash for what is undefined."""
    from rich.markup import escape

    return (
        "–" if difference is None else f"{difference:+.3f}",
        "–" if low is None or high is None else escape(f"[{low:+.3f}, {high:+.3f}]"),
    )


def ends(interval: tuple[float, float] | None) -> str:
    """An interval to three places; a dash where there is none."""
    return "–" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"


def _headline(layer: str, words: str, value: float | None, interval: tuple[float, float] | None) -> list[str | Text]:
    from rich.text import Text

    filled = round((value or 0) * _BAR)
    bar = Text("█" * filled, style="cyan") + Text("░" * (_BAR - filled), style="dim")
    return [layer, words, Text(decimal(value), style="bold"), Text(ends(interval)), bar]


_UNITS = {"paragraph": "paragraphs within articles", "document": "documents", "story": "whole stories"}


def _drawn(result: Score) -> str:
    """Say what the intervals are made of."""
    drawn = [_UNITS[result.signature.unit]]
    if "conflicts" in result.layers and result.signature.unit != "story":
        drawn = [*(drawn if len(result.layers) > 1 else ()), "disputes within stories"]
        drawn += ["pairs within stories"] * ("contrast.pair_f" in result.layers["conflicts"])
    return f"intervals: {result.signature.resamples:,} resamples of {'; of '.join(drawn)}"
