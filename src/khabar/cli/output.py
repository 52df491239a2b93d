"""What commands share: options, JSON and warnings, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from khabar.reading.incidents import Incident
    from khabar.records.labels import Layer

Item = TypeVar("Item")

Gold = Annotated[
    Path | None,
    typer.Option(
        "--gold", help="A corpus folder, or JSONL or Parquet in the prediction format. [default: released corpus]"
    ),
]
Split = Annotated[str, typer.Option("--split", help="Which split of the corpus is the gold.")]
Layers = Annotated[str | None, typer.Option("--layers", help="Layers to score, with commas. [default: all four]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def chosen_layers(text: str | None) -> tuple[Layer, ...]:
    """Parse `--layers`. Raises InputError."""
    from khabar.reading.incidents import Incident, InputError
    from khabar.records.labels import LAYERS

    if text is None:
        return LAYERS
    named = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in named if name not in LAYERS]
    if unknown or not named:
        message = f"--layers {text!r}: no layer {', '.join(unknown) or 'named'}; there is: {', '.join(LAYERS)}"
        raise InputError([Incident("option-wrong", message)])
    return tuple(layer for layer in LAYERS if layer in named)


def print_json(value: Any) -> None:
    """Print JSON without NaN, Arabic as it is."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def warn(incidents: Sequence[Incident], most: int = 20) -> None:
    """Print warnings to stderr, the first few of many."""
    for incident in incidents[:most]:
        print(incident, file=sys.stderr)
    if len(incidents) > most:
        print(f"… and {len(incidents) - most} more warnings (khabar validate lists all)", file=sys.stderr)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a command writes into an incident. Raises InputError."""
    from khabar.reading.incidents import Incident, InputError

    try:
        yield
    except OSError as error:
        raise InputError([Incident("file-unwritable", error.strerror or str(error), str(path))]) from None


def progress(items: Sequence[Item], label: str) -> Iterable[Item]:
    """Show progress on a terminal; stay quiet in a pipe."""
    if not sys.stderr.isatty() or len(items) < 2:
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, label, console=Console(stderr=True), transient=True)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int | None], None]]:
    """Show on a terminal what is being done and how far it is; stay quiet in a pipe."""
    if not sys.stderr.isatty():
        yield lambda doing, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("starting", total=None)
        yield lambda doing, done, of: shown.update(task, description=doing, completed=done, total=of)
