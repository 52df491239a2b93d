"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from khabar import arguments
from khabar.cli.console import set_quiet
from khabar.corpus.release import read_release, released_corpus
from khabar.reading.incidents import InputError, fix_of
from khabar.records.labels import ENTITY_LABELS, LAYERS, EntityLabel, Layer

Gold = Annotated[
    Path | None,
    typer.Option(
        "--gold", help="A corpus folder, or JSONL or Parquet in the prediction format. [default: released corpus]"
    ),
]
CorpusFolder = Annotated[
    Path | None, typer.Option("--gold", help="A corpus folder. [default: released corpus]", show_default=False)
]


def _splits() -> list[str]:
    """The splits of the released corpus, for whoever completes a command in a shell."""
    return list(read_release(released_corpus()).splits)


def _with_commas(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Complete the last of several names with commas between."""

    def complete(incomplete: str) -> list[str]:
        before, comma, _ = incomplete.rpartition(",")
        return [before + comma + name for name in names if name not in before.split(",")]

    return complete


Split = Annotated[str, typer.Option("--split", help="Which split of the corpus is the gold.", autocompletion=_splits)]
Layers = Annotated[
    str | None,
    typer.Option(
        "--layers",
        help="Layers to score, with commas. [default: all four; of a contrast set, conflicts]",
        autocompletion=_with_commas(LAYERS),
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        help="Labels of entities to score, with commas; others take no part. [default: all twelve]",
        autocompletion=_with_commas(ENTITY_LABELS),
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Errors = Annotated[
    Path | None,
    typer.Option("--errors", help="Also write each miss, false alarm and wrong attribute here (JSONL), with a cause."),
]
Html = Annotated[
    Path | None,
    typer.Option("--html", help="Also write a report here: one page, by itself; in Arabic if it ends in .ar.html."),
]
Full = Annotated[bool, typer.Option("--full", help="Print every figure, with labels and their support.")]
Latex = Annotated[bool, typer.Option("--latex", help="Print the headlines as a LaTeX table (booktabs).")]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Print the result alone: no warnings, no notes, no progress.", callback=set_quiet
    ),
]
Seeds = Annotated[Path, typer.Option("--seeds", help="The seeds folder.")]
RoundName = Annotated[str, typer.Argument(help="The round, a folder of --rounds.", metavar="ROUND")]
Rounds = Annotated[Path, typer.Option("--rounds", help="The folder of rounds.")]


def wrong_option(message: str, *, file: str | None = None, fix: str | None = None) -> InputError:
    """The error that an option's value cannot be used."""
    return InputError.of("option-wrong", message, file, fix=fix)


def chosen_layers(text: str | None) -> tuple[Layer, ...] | None:
    """Parse `--layers`; None where it is not given. Raises InputError."""
    named = names_in(text)
    if named is None:
        return None
    unknown = [name for name in named if name not in LAYERS]
    if unknown or not named:
        there_is = ", ".join(LAYERS)
        message = f"--layers {text!r}: no layer {', '.join(unknown) or 'named'}; there is: {there_is}"
        raise wrong_option(message, fix=", ".join(dict.fromkeys(fix_of(name, LAYERS) for name in unknown or [""])))
    return arguments.chosen_layers(named)  # type: ignore[arg-type]  # all of them are layers


def chosen_labels(text: str | None, layers: tuple[Layer, ...] | None) -> tuple[EntityLabel, ...] | None:
    """Parse `--labels`; None where it is not given, or names all. Raises InputError."""
    return arguments.chosen_labels(names_in(text), layers)


def names_in(text: str | None) -> list[str] | None:
    """Names with commas between; None where the option is not given."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]
