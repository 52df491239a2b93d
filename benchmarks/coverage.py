"""Do 95% intervals hold the truth 95% of the time? Corpora are simulated whose true F1 is known.

    python benchmarks/coverage.py                 # about five minutes

Each simulated corpus is laid out as the counts the scorer makes and goes through the scorer's own resampling. An
interval covers if the F1 of the process that made the corpus lies in it. Every run prints the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from measuring import COVERAGE, coverage, table
from numpy.typing import NDArray

from khabar.scoring.bootstrap import draw, interval
from khabar.scoring.counts import SamplingFrame, Table, f1

Counts = NDArray[np.int64]
"""One row a unit: TP, FP, FN."""

RECALL, FALSE_ALARMS, MENTIONS = 0.7, 0.25, 6
"""Of entities: share found, false alarms a gold row, gold rows a unit; all on average."""
ARTICLES = (31, 26, 22, 18, 14)
"""Paragraphs of five articles, 111 together."""
FOUND, WRONG = 0.6, 0.5
"""Of disputes: chance to be found, false records a dispute."""


@dataclass(frozen=True)
class Process:
    """A way corpora come about: what makes one (units by stratum), and the F1 of all that could come about so."""

    name: str
    make: Callable[[np.random.Generator], list[Counts]]
    truth: float


def entities(chance: np.random.Generator, units: int, recall: float, mentions: float = MENTIONS) -> Counts:
    """Units whose mentions come in clusters (negative binomial), and of which some are harder than others (beta)."""
    gold = chance.negative_binomial(2, 2 / (2 + mentions), units)
    found = chance.binomial(gold, chance.beta(4 * recall, 4 * (1 - recall), units))
    return np.stack([found, chance.poisson(FALSE_ALARMS * gold), gold - found], axis=1)


def entities_f1(recall: float) -> float:
    """F1 of the expected counts, per gold row."""
    return 2 * recall / (1 + recall + FALSE_ALARMS)


def articles(chance: np.random.Generator, recalls: NDArray[np.float64]) -> list[Counts]:
    """The paragraphs of five articles, each with a recall of its own."""
    return [entities(chance, size, recall) for size, recall in zip(ARTICLES, recalls.tolist(), strict=True)]


def disputes(chance: np.random.Generator, hard: int) -> Counts:
    """Hard disputes, each found or not, and false records, each a unit."""
    found = chance.binomial(1, FOUND, hard)
    false = np.tile([0, 1, 0], (chance.poisson(WRONG * hard), 1))
    return np.concatenate([np.stack([found, np.zeros(hard, int), 1 - found], axis=1), false])


def processes() -> list[Process]:
    """All that is simulated."""
    given = np.array([0.85, 0.75, 0.7, 0.6, 0.5])
    same_articles = entities_f1(float(np.average(given, weights=ARTICLES)))
    found = [
        Process(f"entities, {n} documents", lambda chance, n=n: [entities(chance, n, RECALL)], entities_f1(RECALL))
        for n in (30, 111, 1000)
    ]
    found.append(
        Process(
            "entities, 111 paragraphs of these five articles", lambda chance: articles(chance, given), same_articles
        )
    )
    found.append(
        Process(
            "entities, 111 paragraphs of any five articles",
            lambda chance: articles(chance, chance.beta(14, 6, len(ARTICLES))),
            entities_f1(RECALL),
        )
    )
    found += [
        Process(
            f"disputes, {n} hard in a story",
            lambda chance, n=n: [disputes(chance, n)],
            2 * FOUND / (1 + FOUND + WRONG),
        )
        for n in (5, 30, 111, 1000)
    ]
    return found


def ends(strata: list[Counts], seed: int) -> tuple[float, float] | None:
    """The scorer's interval of F1 for a corpus."""
    frame = SamplingFrame({f"{at:03}": range(len(units)) for at, units in enumerate(strata)})
    sums = draw(Table(frame, ["tp", "fp", "fn"], list(np.concatenate(strata).astype(np.int32).T)), seed)
    return interval(f1(sums["tp"], sums["fp"], sums["fn"]))


def main() -> None:
    """Simulate, and print a row for each process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=int, default=1000, help="simulated corpora of each process")
    corpora = parser.parse_args().corpora
    rows = []
    for process in processes():
        chance = np.random.default_rng(1)
        found = [ends(process.make(chance), seed) for seed in range(corpora)]
        rows.append([process.name, f"{process.truth:.3f}", *coverage(process.truth, found)])
    head = ["units", "true F1", *COVERAGE]
    print(table(head, rows))


if __name__ == "__main__":
    main()
