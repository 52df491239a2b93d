"""What do contrast sets buy? Systems are scored on articles as they were published, and on pairs made of them.

    python benchmarks/contrast.py rules value-mismatch denial-cue            # about a minute
    python benchmarks/contrast.py rules mine=recordings

A system is one that `khabar run` takes, or NAME=FOLDER: a folder that holds its predictions of each split, as
SPLIT.jsonl. For each split whose texts are at hand, and the contrast set made of it: what either says of conflicts, the
difference between two systems that it would show four times in five, and whether both put the systems in one order
(Spearman's rank correlation; its interval from draws of the units of both). Every run prints the same.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np
from artefacts import contrast_splits
from measuring import table

from khabar import api
from khabar.corpus.contrast import original_split
from khabar.corpus.release import released_corpus
from khabar.reading.checks import checked_predictions
from khabar.reading.incidents import Incidents
from khabar.reading.reference import Reference
from khabar.scoring.bootstrap import RESAMPLES, SEED, draw, interval
from khabar.scoring.compare import compare
from khabar.scoring.result import Measured, headline_name
from khabar.scoring.scorer import count, measure
from khabar.scoring.tally import LayerTally, Tally
from khabar.systems.registry import find_system
from khabar.systems.running import run_system

SHARE, POWER = 0.6, 2.8
"""Two systems that are right in so many cases, independently; standard errors of a difference that is mostly seen."""


def counted(system: str, folder: Path, split: str, gold: Reference) -> Tally:
    """Count a system's disputes on a split."""
    name, _, recorded = system.partition("=")
    if recorded:
        said = checked_predictions(Path(recorded) / f"{split}.jsonl", gold, ["conflicts"], incidents := Incidents())
        incidents.refuse()
        return count(gold, said.documents, said.disputes, layers=["conflicts"])
    documents = api.load(folder, split=split)
    annotations, disputes = run_system(find_system(name, gold), documents, layers=["conflicts"])
    return count(gold, annotations, disputes, layers=["conflicts"])


def headline(tally: Tally) -> Measured:
    """What the tally says of conflicts, with its interval."""
    figures = measure(tally).layers["conflicts"]
    return figures[headline_name(figures)]


def drawn(layer: LayerTally) -> np.ndarray:
    """The headline on each draw."""
    assert layer.table is not None
    sums = draw(layer.table, SEED, RESAMPLES, "conflicts")
    zero = np.zeros(RESAMPLES)
    return layer.headline.formula(*(sums.get(column, zero) for column in layer.headline.columns))


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks along the first axis, ties sharing the mean of theirs."""
    below = (values[:, None] > values[None, :]).sum(axis=1)
    equal = (values[:, None] == values[None, :]).sum(axis=1)
    return below + (equal - 1) / 2


def spearman(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Rank correlation over systems (the first axis), for each draw; NaN where either ties them all."""
    a, b = (ranks(values) for values in (one, other))
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    spread = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    return np.divide((a * b).sum(axis=0), spread, out=np.full(spread.shape, np.nan), where=spread > 0)


def by_design(cases: int) -> float:
    """The detectable difference between two independent systems that are right in `SHARE` of some cases."""
    return min(1.0, POWER * (2 * SHARE * (1 - SHARE) / cases) ** 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("systems", nargs="+", metavar="SYSTEM")
    parser.add_argument("--gold", type=Path, help="a corpus folder (default: the released corpus)")
    given = parser.parse_args()
    folder = given.gold or released_corpus()
    figures, powers, orders = [], [], []
    for split in contrast_splits(folder):
        both = (original_split(split), split)
        golds = [api.read_gold(folder, name, Incidents()) for name in both]
        runs = [[counted(system, folder, *at) for at in zip(both, golds, strict=True)] for system in given.systems]
        heads = [[headline(tally) for tally in tallies] for tallies in runs]
        for system, found in zip(given.systems, heads, strict=True):
            figures.append([f"{split}: {system}", *(f"{each.value or 0:.3f} {ends(each.interval)}" for each in found)])
        cases = [
            sum(issue.status == "conflict" for issue in golds[0].issues),
            sum(not pair.is_control for pair in golds[1].pairs),
        ]
        seen = [
            [c["conflicts"].smallest_detectable for c in (compare(a[at], b[at]) for a, b in combinations(runs, 2))]
            for at in (0, 1)
        ]
        measured = [f"{median(some):.3f}" if (some := [s for s in each if s]) else "–" for each in seen]
        powers.append([split, *map(str, cases), *(f"{by_design(each):.3f}" for each in cases), *measured])
        if len(runs) > 2:
            values = [np.array([[each.value or 0] for each in column]) for column in zip(*heads, strict=True)]
            draws = [
                np.stack([drawn(tally.layers["conflicts"]) for tally in column]) for column in zip(*runs, strict=True)
            ]
            order, drawn_orders = spearman(*values)[0], spearman(*map(np.nan_to_num, draws))
            orders.append([split, "–" if np.isnan(order) else f"{order:.2f}", ends(interval(drawn_orders))])
    print(table(["", "as published: dispute F1", "pairs: both right"], figures), end="\n\n")
    head = ["", "disputes", "pairs", "detectable by design", "of pairs", "of these systems", "of pairs"]
    print(table(head, powers), end="\n\n")
    print(table(["", "rank correlation", "95% interval"], orders) if orders else "three systems can be put in order")


def ends(found: tuple[float, float] | None) -> str:
    """An interval, in brackets."""
    return "–" if found is None else f"[{found[0]:.2f}, {found[1]:.2f}]"


if __name__ == "__main__":
    main()
