"""The Python interface: load, score, compare, run. Everything heavy is imported inside the function that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar.records.labels import LAYERS, Layer

if TYPE_CHECKING:
    from khabar.incidents import Incident
    from khabar.records import Document, Prediction
    from khabar.scoring.comparing import Difference
    from khabar.scoring.reference import Reference
    from khabar.scoring.result import Score
    from khabar.scoring.scorer import Counted
    from khabar.systems.protocol import System

Predictions = "str | Path | Iterable[Prediction | Mapping[str, Any]]"


def load(source: str | Path | None = None, *, split: str = "test") -> list[Document]:
    """Documents of a corpus folder (default: the released corpus), in the order of their ids.

    Raises khabar.errors.InputError.
    """
    from khabar.gold import documents

    return documents(None if source is None else Path(source), split)


def score(
    predictions: str | Path | Iterable[Prediction | Mapping[str, Any]],
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
    seed: int = 0,
    resamples: int = 1000,
) -> Score:
    """Score predictions (a file, or records or objects in the prediction format) against gold.

    Raises khabar.errors.InputError with every problem found.
    """
    from khabar.scoring.scorer import measure

    reference = gold_of(gold, split)[0]
    return measure(counted(predictions, reference, layers)[0], seed=seed, resamples=resamples)


def compare(
    a: str | Path | Iterable[Prediction | Mapping[str, Any]],
    b: str | Path | Iterable[Prediction | Mapping[str, Any]],
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
    seed: int = 0,
) -> dict[str, Difference]:
    """Compare two systems' predictions layer by layer: a − b, its 95% interval, and p of a paired test."""
    from khabar.scoring.comparing import compare as compare_counts

    reference = gold_of(gold, split)[0]
    return compare_counts(counted(a, reference, layers)[0], counted(b, reference, layers)[0], seed=seed)


def run(
    system: str | System,
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
) -> Score:
    """Run a system (a callable, an embedded name, or `module:attribute`) on a corpus and score it."""
    from khabar.scoring.scorer import measure
    from khabar.systems.registry import find_system
    from khabar.systems.running import run_system

    reference = gold_of(gold, split)[0]
    found = find_system(system, reference) if isinstance(system, str) else system
    said, disputes = run_system(found, load(gold, split=split))
    return measure(counted([*said, *disputes], reference, layers)[0])


def gold_of(gold: str | Path | None, split: str) -> tuple[Reference, list[Incident]]:
    """Gold to score against, and warnings about it."""
    from khabar.gold import load_gold

    return load_gold(None if gold is None else Path(gold), split)


def counted(
    predictions: str | Path | Iterable[Prediction | Mapping[str, Any]],
    reference: Reference,
    layers: Sequence[Layer] = LAYERS,
) -> tuple[Counted, list[Incident]]:
    """Read, check and count predictions; also the warnings met. Raises khabar.errors.InputError."""
    from khabar.errors import InputError
    from khabar.incidents import Incident, errors
    from khabar.reading.checks import check_against
    from khabar.reading.predictions import given_predictions, read_predictions, split
    from khabar.scoring.scorer import TEXT_LAYERS, count

    unknown = [layer for layer in layers if layer not in LAYERS]
    if unknown or not layers:
        message = f"no layer {', '.join(map(repr, unknown)) or 'named'}; there is: {', '.join(LAYERS)}"
        raise InputError([Incident("option-wrong", message)])
    incidents: list[Incident] = []
    if isinstance(predictions, (str, Path)):
        records = read_predictions(Path(predictions), incidents)
    else:
        records = given_predictions(predictions, incidents)
    complete = any(layer in TEXT_LAYERS for layer in layers) and not errors(incidents)
    if not any(layer in TEXT_LAYERS for layer in layers):
        # A story without a line has no dispute: for conflicts alone, a file without a line is an answer.
        incidents = [incident for incident in incidents if incident.id != "file-empty"]
    incidents += check_against(reference, records, complete=complete)
    if errors(incidents):
        raise InputError(incidents)
    annotations, disputes = split(records)
    return count(reference, annotations, disputes, layers=layers), incidents
