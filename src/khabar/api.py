"""The Python interface: load, score, compare, run. Everything heavy is imported inside the function that needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from khabar.arguments import check_arguments, chosen_labels, chosen_layers
from khabar.progress import Progress, logged
from khabar.records.labels import LAYERS, EntityLabel, Layer

if TYPE_CHECKING:
    import datasets

    from khabar.corpus.gold import LoadedSplit
    from khabar.reading.incidents import Incidents
    from khabar.reading.reference import Reference
    from khabar.records import Prediction
    from khabar.scoring.compare import Comparison
    from khabar.scoring.result import Score
    from khabar.scoring.scorer import Evaluation
    from khabar.scoring.tally import Tally
    from khabar.systems.protocol import System

    Predictions: TypeAlias = str | Path | Iterable[Prediction | Mapping[str, Any]]
    """A file, a folder of files, a URL; or records or objects in the prediction format."""
    Gold: TypeAlias = str | Path | Reference | None
    """A corpus folder; a file, a folder of files or a URL in the prediction format; gold read before; the release."""


def load(source: str | Path | None = None, *, split: str = "test") -> LoadedSplit:
    """Documents of a corpus folder (default: the released corpus), in the order of their ids.

    Their `gold` is a dictionary of the rows of each config: `khabar.load().gold["entities"]`.

    Raises khabar.InputError.
    """
    from khabar.corpus.gold import load_split

    check_arguments(source=source, split=split)
    return load_split(None if source is None else Path(source), split)


def dataset(config: str = "documents", *, split: str = "test", source: str | Path | None = None) -> datasets.Dataset:
    """The rows of a config as `datasets.load_dataset` gives them, of a corpus folder (default: the released corpus).

    A split whose articles are elsewhere has its texts once `khabar corpus fetch` has brought them; before, they are
    null. Raises khabar.InputError.
    """
    check_arguments(source=source, split=split)
    from datasets import load_dataset

    from khabar.corpus.release import released_corpus
    from khabar.corpus.tables import folder_of

    folder = folder_of(released_corpus() if source is None else Path(source), config, split)
    return load_dataset(str(folder), config, split=split)


def score(
    predictions: Predictions,
    *,
    gold: Gold = None,
    split: str = "test",
    layers: Sequence[Layer] | None = None,
    labels: Sequence[EntityLabel] | None = None,
    seed: int = 0,
    resamples: int = 1000,
    cluster: str | None = None,
    progress: Progress = logged,
    incidents: Incidents | None = None,
) -> Score:
    """Score predictions (a file, or records or objects in the prediction format) against gold.

    Both may be a folder of files or a URL that fsspec opens, and of any size: what is large is counted in parts on all
    cores, or by the workers of a dask.distributed scheduler (`cluster`, its address). The figures are the same.
    `layers` are by default all four, on a contrast set conflicts alone. `labels` are those of entities that are scored,
    by default all: gold rows and predictions of others take no part.
    `incidents` takes the warnings, which else are UserWarnings.
    Raises khabar.InputError with every problem found, of a large input with the first ones.
    """
    from khabar.reading.incidents import warned
    from khabar.scoring.scorer import measure

    check_arguments(predictions=predictions, gold=gold, split=split, seed=seed, resamples=resamples, cluster=cluster)
    layers = chosen_layers(layers)
    labels = chosen_labels(labels, layers)
    with warned(incidents) as collected:
        counted = _in_parts(predictions, gold, split, layers, labels, cluster, progress, collected)
        if counted is None:
            [evaluation] = _evaluate([predictions], gold, split, layers, labels, collected)
            counted = evaluation.tally
            del evaluation  # what was read takes more memory than the draws
        progress("resampling", 0, None)
        return measure(counted, seed=int(seed), resamples=int(resamples))


def evaluate(
    predictions: Predictions,
    *,
    gold: Gold = None,
    split: str = "test",
    layers: Sequence[Layer] | None = None,
    labels: Sequence[EntityLabel] | None = None,
    incidents: Incidents,
) -> Evaluation:
    """Read predictions and gold to score them and list their errors, all of it in memory. Raises khabar.InputError."""
    check_arguments(predictions=predictions, gold=gold, split=split)
    layers = chosen_layers(layers)
    [evaluation] = _evaluate([predictions], gold, split, layers, chosen_labels(labels, layers), incidents)
    return evaluation


def compare(
    a: Predictions,
    b: Predictions,
    *,
    gold: Gold = None,
    split: str = "test",
    layers: Sequence[Layer] | None = None,
    labels: Sequence[EntityLabel] | None = None,
    seed: int = 0,
    incidents: Incidents | None = None,
) -> Comparison:
    """Compare two systems' predictions layer by layer: b − a, its 95% interval, and p of a paired test.

    `a` is the baseline.

    Raises khabar.InputError with every problem of either.
    """
    check_arguments(a=a, b=b)
    compared = compare_several(
        a, {"b": b}, gold=gold, split=split, layers=layers, labels=labels, seed=seed, incidents=incidents
    )
    return compared["b"]


def compare_several(
    baseline: Predictions,
    others: Mapping[str, Predictions],
    *,
    gold: Gold = None,
    split: str = "test",
    layers: Sequence[Layer] | None = None,
    labels: Sequence[EntityLabel] | None = None,
    seed: int = 0,
    incidents: Incidents | None = None,
) -> dict[str, Comparison]:
    """Compare each of several systems (b) with one baseline (a); gives name → layer → difference.

    From two on, `p` is corrected for their number on each layer (Holm 1979) and `p_raw` is the p of each alone.
    Raises khabar.InputError with every problem of all of them.
    """
    from khabar.reading.incidents import warned
    from khabar.scoring.compare import compare_with_first

    check_arguments(baseline=baseline, others=others, gold=gold, split=split, seed=seed)
    layers = chosen_layers(layers)
    labels = chosen_labels(labels, layers)
    with warned(incidents) as collected:
        evaluations = _evaluate([baseline, *others.values()], gold, split, layers, labels, collected)
        first, *rest = [evaluation.tally for evaluation in evaluations]
        return dict(zip(others, compare_with_first(first, rest, seed=int(seed)), strict=True))


def run(
    system: str | System,
    *,
    gold: str | Path | None = None,
    split: str = "test",
    layers: Sequence[Layer] | None = None,
    labels: Sequence[EntityLabel] | None = None,
) -> Score:
    """Run a system (a callable, or a name as `khabar run` takes it) on a corpus and score it.

    What a command or an endpoint did not answer is told as a UserWarning. Raises khabar.InputError.
    """
    import warnings

    from khabar.reading.incidents import warned
    from khabar.systems.protocol import SlowSystem, failure_table
    from khabar.systems.registry import find_system
    from khabar.systems.runner import run_system

    check_arguments(system=system, gold=gold, split=split)
    layers = chosen_layers(layers)
    labels = chosen_labels(labels, layers)
    with warned(None) as collected:
        reference = read_gold(gold, split, collected)
        layers = layers or reference.scored_layers
        runnable = find_system(system, reference) if isinstance(system, str) else system
        annotations, disputes = run_system(runnable, load(gold, split=split), layers=layers, incidents=collected)
        if isinstance(runnable, SlowSystem) and runnable.failures:
            warnings.warn("\n".join(failure_table(runnable.failures)), stacklevel=2)
        return score([*annotations, *disputes], gold=reference, layers=layers, labels=labels, incidents=collected)


def read_gold(gold: Gold, split: str, incidents: Incidents) -> Reference:
    """Gold to score against. Warnings about it are added to `incidents`. Raises khabar.InputError."""
    from khabar.corpus.gold import load_gold
    from khabar.reading.reference import Reference

    if isinstance(gold, Reference):
        return gold
    reference, warnings = load_gold(gold, split)
    incidents.extend(warnings)
    return reference


def _in_parts(
    predictions: Predictions,
    gold: Gold,
    split: str,
    layers: Sequence[Layer] | None,
    labels: tuple[EntityLabel, ...] | None,
    cluster: str | None,
    progress: Progress,
    incidents: Incidents,
) -> Tally | None:
    """Count large files in parts, or on a cluster; None where all of it is to be counted at once.

    Raises khabar.InputError.
    """
    from khabar.corpus.gold import is_dataset, require_whole

    if not isinstance(predictions, (str, Path)) or not isinstance(gold, (str, Path)) or is_dataset(gold):
        if cluster is not None:
            from khabar.reading.incidents import InputError

            message = "a cluster counts predictions and gold that are files in the prediction format"
            fix = "name such files with --gold, or leave out --cluster"
            raise InputError.of("option-wrong", message, fix=fix)
        return None
    require_whole(gold, split)
    if cluster is None and not _are_large(predictions, gold):
        return None
    from khabar.scale import scoring, workers

    place = workers.cores if cluster is None else partial(workers.cluster, cluster)
    with suppress(scoring.TooFewError):
        return scoring.count_in_parts(
            predictions, gold, layers or LAYERS, place, incidents, labels=labels, progress=progress
        )
    return None


def _are_large(*inputs: str | Path) -> bool:
    from khabar.reading.incidents import Incidents
    from khabar.reading.sources import AT_ONCE, bytes_of, sources

    return bytes_of([file for source in inputs for file in sources(source, Incidents())]) > AT_ONCE


def _evaluate(
    inputs: Sequence[Predictions],
    gold: Gold,
    split: str,
    layers: Sequence[Layer] | None,
    labels: Sequence[EntityLabel] | None,
    incidents: Incidents,
) -> list[Evaluation]:
    """Read and check several predictions, none of them judged before all are sound. Raises khabar.InputError."""
    from khabar.reading.checks import checked_predictions
    from khabar.scoring.scorer import Evaluation

    reference = read_gold(gold, split, incidents)
    layers = layers or reference.scored_layers
    evaluations: dict[object, Evaluation] = {}
    """By the name of the file, so that one that is named twice is read once."""
    keys = [source if isinstance(source, (str, Path)) else number for number, source in enumerate(inputs)]
    for key, source in zip(keys, inputs, strict=True):
        if key not in evaluations:
            records = checked_predictions(source, reference, layers, incidents)
            evaluations[key] = Evaluation(reference, records.documents, records.disputes, layers=layers, labels=labels)
    incidents.refuse()
    return [evaluations[key] for key in keys]
