"""The Python interface: load, score, compare, run. Everything heavy is imported inside the function that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar import collecting
from khabar.records.labels import LAYERS, Layer

if TYPE_CHECKING:
    from khabar.reading.incidents import Incident
    from khabar.reading.reference import Reference
    from khabar.records import Document, Prediction
    from khabar.scale.workers import Progress
    from khabar.scoring.compare import Difference
    from khabar.scoring.result import Score
    from khabar.scoring.scorer import Counted
    from khabar.systems.protocol import System

Predictions = "str | Path | Iterable[Prediction | Mapping[str, Any]]"


def load(source: str | Path | None = None, *, split: str = "test") -> list[Document]:
    """Documents of a corpus folder (default: the released corpus), in the order of their ids.

    Raises khabar.reading.incidents.InputError.
    """
    from khabar.corpus.gold import documents

    return documents(None if source is None else Path(source), split)


def score(
    predictions: str | Path | Iterable[Prediction | Mapping[str, Any]],
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
    seed: int = 0,
    resamples: int = 1000,
    cluster: str | None = None,
) -> Score:
    """Score predictions (a file, or records or objects in the prediction format) against gold.

    Both may be a folder of files or a URL that fsspec opens, and of any size: what is large is counted in parts on all
    cores, or by the workers of a dask.distributed scheduler (`cluster`, its address). The figures are the same.
    Raises khabar.reading.incidents.InputError with every problem found, of a large input with the first ones.
    """
    from khabar.scoring.scorer import measure

    found, _ = counted_at_any_size(predictions, gold, split, layers, cluster=cluster, seed=seed, resamples=resamples)
    return measure(found, seed=seed, resamples=resamples)


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
    return compare_several(a, {"b": b}, gold=gold, split=split, layers=layers, seed=seed)["b"]


def compare_several(
    baseline: str | Path | Iterable[Prediction | Mapping[str, Any]],
    others: Mapping[str, str | Path | Iterable[Prediction | Mapping[str, Any]]],
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
    seed: int = 0,
) -> dict[str, dict[str, Difference]]:
    """Compare each of several systems (b) with one baseline (a); gives name → layer → difference.

    From two on, `p` is corrected for their number on each layer (Holm 1979) and `p_raw` is the p of each alone.
    """
    from khabar.scoring.compare import compare_with_first

    reference = gold_of(gold, split)[0]
    counts = [counted(each, reference, layers)[0] for each in others.values()]
    found = compare_with_first(counted(baseline, reference, layers)[0], counts, seed=seed)
    return dict(zip(others, found, strict=True))


def run(
    system: str | System,
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
) -> Score:
    """Run a system (a callable, or a name as `khabar run` takes it) on a corpus and score it.

    What a command or an endpoint did not answer is told as a UserWarning. Raises khabar.reading.incidents.InputError.
    """
    import warnings

    from khabar.scoring.scorer import measure
    from khabar.systems.failures import table
    from khabar.systems.protocol import SlowSystem
    from khabar.systems.registry import find_system
    from khabar.systems.running import run_system

    reference = gold_of(gold, split)[0]
    found = find_system(system, reference) if isinstance(system, str) else system
    said, disputes = run_system(found, load(gold, split=split), layers=layers)
    if isinstance(found, SlowSystem) and found.failures:
        warnings.warn("\n".join(table(found.failures)), stacklevel=2)
    return measure(counted([*said, *disputes], reference, layers)[0])


@collecting.paused()
def gold_of(gold: str | Path | None, split: str) -> tuple[Reference, list[Incident]]:
    """Gold to score against, and warnings about it."""
    from khabar.corpus.gold import load_gold

    return load_gold(gold, split)


def counted_at_any_size(
    predictions: str | Path | Iterable[Prediction | Mapping[str, Any]],
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] = LAYERS,
    *,
    cluster: str | None = None,
    seed: int = 0,
    resamples: int = 1000,
    progress: Progress | None = None,
) -> tuple[Counted, list[Incident]]:
    """Read, check and count predictions, at once or, if files are large or a cluster is given, in parts.

    What is counted in parts is to be measured with the same `seed` and `resamples`.
    Also gives the warnings met. Raises khabar.reading.incidents.InputError.
    """
    check_layers(layers)
    in_files = isinstance(predictions, (str, Path)) and not _is_dataset(gold)
    if cluster is not None and not in_files:
        from khabar.reading.incidents import Incident, InputError

        message = "a cluster counts predictions and gold that are files in the prediction format"
        raise InputError([Incident("option-wrong", message, fix="name such files with --gold, or leave out --cluster")])
    if (
        isinstance(predictions, (str, Path))
        and gold is not None
        and in_files
        and (cluster is not None or _are_large(predictions, gold))
    ):
        from khabar.scale import scoring, workers

        place = workers.cores if cluster is None else partial(workers.cluster, cluster)
        with suppress(scoring.TooFewError):
            return scoring.count_in_parts(
                predictions, gold, layers, place, seed=seed, resamples=resamples, progress=progress or scoring.quiet
            )
    reference, warnings = gold_of(gold, split)
    found, more = counted(predictions, reference, layers)
    return found, [*warnings, *more]


def _is_dataset(gold: str | Path | None) -> bool:
    from khabar.corpus.gold import is_dataset

    return gold is None or is_dataset(gold)


def _are_large(*inputs: str | Path) -> bool:
    from khabar.reading.sources import AT_ONCE, bytes_of, sources

    return bytes_of([file for each in inputs for file in sources(each, [])]) > AT_ONCE


def check_layers(layers: Sequence[Layer]) -> None:
    """Refuse layers there are not. Raises khabar.reading.incidents.InputError."""
    from khabar.reading.incidents import Incident, InputError

    unknown = [layer for layer in layers if layer not in LAYERS]
    if unknown or not layers:
        message = f"no layer {', '.join(map(repr, unknown)) or 'named'}; there is: {', '.join(LAYERS)}"
        raise InputError([Incident("option-wrong", message)])


@collecting.paused()
def counted(
    predictions: str | Path | Iterable[Prediction | Mapping[str, Any]],
    reference: Reference,
    layers: Sequence[Layer] = LAYERS,
) -> tuple[Counted, list[Incident]]:
    """Read, check and count predictions; also the warnings met. Raises khabar.reading.incidents.InputError."""
    from khabar.reading.checks import check_against
    from khabar.reading.incidents import InputError, errors
    from khabar.reading.predictions import given_predictions, read_predictions, split
    from khabar.scoring.scorer import TEXT_LAYERS, count

    check_layers(layers)
    incidents: list[Incident] = []
    if isinstance(predictions, (str, Path)):
        records = read_predictions(predictions, incidents)
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
