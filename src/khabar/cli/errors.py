"""What `--errors` writes and shows: each error, its cause, and what a layer lost to the form of answers or else."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.cli.console import TABLE_WIDTH, console, is_quiet, say, table
from khabar.records.errors import Error
from khabar.records.labels import LAYERS, Layer

if TYPE_CHECKING:
    from khabar.scoring.losses import Loss, LossCause, Unread
    from khabar.scoring.result import Score

    Losses = Mapping[Layer, Mapping[LossCause, Loss]]

WORDS = {
    "no_answer": "form: no answer that can be read",
    "malformed": "form: item malformed or broken off",
    "not_in_text": "form: string not in the text",
    "not_at_place": "form: not at that line or occurrence",
    "missed": "missed",
    "boundary": "boundary",
    "label_or_value": "label or value",
    "speaker": "speaker",
    "spurious": "spurious",
}
"""Cause of a loss → how the table calls it."""


def losses_of(errors: Sequence[Error], result: Score, unread: Sequence[Unread] = ()) -> Losses:
    """Sort errors by what each layer of a score lost to them. A layer whose headline is no F1 is left out."""
    from khabar.scoring.losses import losses
    from khabar.scoring.result import headline_name

    figures = {layer: result.layers[layer] for layer in LAYERS if layer in result.layers}
    counts = {layer: named["f1"].counts for layer, named in figures.items() if headline_name(named) == "f1"}
    return losses(errors, counts, unread)


def print_losses(lost: Losses) -> None:
    """Print what each layer lost of its F1, and to what; nothing where nothing was lost."""
    shown = table("lost of F1", "layer", "to", "missed", "false", "F1", right=("missed", "false", "F1"), dense=True)
    for layer, causes in lost.items():
        rows = [(cause, loss) for cause, loss in causes.items() if loss.missed or loss.false]
        for row, (cause, loss) in enumerate(rows):
            cells = (WORDS[cause], str(loss.missed), str(loss.false), f"{loss.lost:.3f}")
            shown.add_row("" if row else layer, *cells)
    if shown.row_count:
        console(TABLE_WIDTH).print(shown)


def tell_errors(path: Path, errors: Sequence[Error], gold: object, split: str) -> None:
    """Print what was written: how many errors of each layer, by cause, and how to see them in the text."""
    say(f"{path}: {len(errors)} error(s), a line each")
    if is_quiet() or not errors:
        return
    shown = table(None, "layer", "errors", "causes", right=("errors",), dense=True)
    for layer in LAYERS:
        causes = Counter(error.cause for error in errors if error.layer == layer)
        words = ", ".join(f"{cause} {number}" for cause, number in causes.most_common())
        if causes:
            shown.add_row(layer, str(causes.total()), words)
    console(TABLE_WIDTH).print(shown)
    documents = Counter(error.doc_id or error.context[0].doc_id for error in errors if error.doc_id or error.context)
    if documents:
        [(most, _)] = documents.most_common(1)
        chosen = ["--gold", str(gold)] * (gold is not None) + ["--split", split] * (split != "test")
        command = shlex.join(["khabar", "show", most, *chosen, "--errors", str(path)])
        say(f"in the text, with the article that has the most: {command}")


def losses_to_dict(lost: Losses) -> dict[str, dict[str, dict[str, int | float]]]:
    """Plain JSON form: {layer: {cause: {missed, false, lost}}}."""
    return {layer: {cause: loss.to_dict() for cause, loss in causes.items()} for layer, causes in lost.items()}
