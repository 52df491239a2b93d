"""Do paired tests hold what they promise? Pairs of systems are simulated whose true difference is known.

    python benchmarks/comparing.py                # about five minutes

Both systems annotate the same units, some of which are harder than others, and share some of their false disputes. The
counts go through khabar's own comparison. Without a true difference p ≤ .05 should come up in 5 of 100 corpora; with
one of the size that is said to be detectable, in 80. Every run prints the same.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from measuring import table

from khabar.scoring.compare import Difference, compare
from khabar.scoring.counts import SamplingFrame, Table, prf
from khabar.scoring.tally import LayerTally, Tally

RECALL, FALSE = 0.6, 0.4
"""Share of gold that is found, and false alarms a gold row."""
SHARED = 0.5
"""Of a system's false disputes, how many the other has too."""
MENTIONS = 6
TRIALS = 1000


@dataclass(frozen=True)
class Corpus:
    """How large a corpus is: documents, and hard disputes of one story."""

    documents: int
    disputes: int

    def __str__(self) -> str:
        return f"{self.documents} documents, {self.disputes} disputes"


def f1_of(recall: float) -> float:
    """F1 of the expected counts."""
    return 2 * recall / (1 + recall + FALSE)


def recall_of(f1: float) -> float:
    """The recall that has a given F1."""
    return f1 * (1 + FALSE) / (2 - f1)


def pair(chance: np.random.Generator, corpus: Corpus, recalls: tuple[float, float]) -> list[Tally]:
    """Two systems on one corpus. All text layers have the same counts: one is as good as three."""
    gold = chance.negative_binomial(2, 2 / (2 + MENTIONS), corpus.documents)
    ease = chance.beta(8, 8, corpus.documents)
    easy = chance.beta(2, 2, corpus.disputes)
    shared = chance.poisson(SHARED * FALSE * corpus.disputes)
    own = [chance.poisson((1 - SHARED) * FALSE * corpus.disputes) for _ in recalls]
    tallies = []
    for at, recall in enumerate(recalls):
        right = chance.binomial(gold, np.clip(ease + recall - 0.5, 0, 1))
        text = {"tp": right, "fn": gold - right, "fp": chance.poisson(FALSE * gold)}
        found = chance.binomial(1, np.clip(easy + recall - 0.5, 0, 1))
        false = np.concatenate([np.ones(shared, int), *(np.full(size, side == at) for side, size in enumerate(own))])
        none = np.zeros(len(false), int)
        disputes = {
            "tp": np.concatenate([found, none]),
            "fn": np.concatenate([1 - found, none]),
            "fp": np.concatenate([np.zeros(corpus.disputes, int), false]),
        }
        layers = {
            "entities": layer("exact", text),
            "numbers": layer("full", text),
            "quotes": layer("said", text),
            "conflicts": layer("dispute", disputes),
        }
        tallies.append(Tally(layers, "document", "-", "-"))
    return tallies


def layer(prefix: str, counts: dict[str, np.ndarray]) -> LayerTally:
    """A layer's counts over its units."""
    frame = SamplingFrame({"": range(len(counts["tp"]))})
    columns = [f"{prefix}.{name}" for name in counts]
    laid_out = Table(frame, columns, [values.astype(np.int32) for values in counts.values()])
    return LayerTally([*prf("", prefix)], laid_out, stream="conflicts" if prefix == "dispute" else "text")


def compared(corpus: Corpus, corpora: int, recalls: tuple[float, float]) -> list[dict[str, Difference]]:
    """Compare the systems of each simulated corpus."""
    chance = np.random.default_rng(1)
    return [compare(*pair(chance, corpus, recalls), seed=seed, trials=TRIALS) for seed in range(corpora)]


def share(hits: list[bool]) -> str:
    """Per cent, and the simulation's own 95% margin."""
    rate = sum(hits) / len(hits)
    return f"{100 * rate:.1f} ± {196 * (rate * (1 - rate) / len(hits)) ** 0.5:.1f}"


def main() -> None:
    """Simulate, and print a row for each corpus and layer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=int, default=500, help="simulated corpora of each kind")
    corpora = parser.parse_args().corpora
    rows = []
    for corpus in (Corpus(30, 30), Corpus(111, 111), Corpus(400, 400)):
        equal = compared(corpus, corpora, (RECALL, RECALL))
        for name in ("entities", "conflicts", "overall"):
            null = [differences[name] for differences in equal]
            detectable = float(np.median([each.smallest_detectable for each in null if each.smallest_detectable]))
            recalls = recall_of(f1_of(RECALL) + detectable), RECALL
            apart = [differences[name] for differences in compared(corpus, corpora, recalls)]
            rows.append(
                [
                    f"{name}, {corpus}",
                    share([each.p is not None and each.p <= 0.05 for each in null]),
                    share([each.low is not None and (each.low > 0 or (each.high or 0) < 0) for each in null]),
                    f"{detectable:.3f}",
                    share([each.p is not None and each.p <= 0.05 for each in apart]),
                ]
            )
    head = ["layer and corpus", "p ≤ .05, no difference, %", "interval without 0, %", "detectable", "found, %"]
    print(table(head, rows))


if __name__ == "__main__":
    main()
