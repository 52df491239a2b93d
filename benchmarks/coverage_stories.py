"""Which unit speaks for other stories? How often intervals by paragraphs, documents and stories hold the truth.

    python benchmarks/coverage_stories.py                              # about ten minutes
    khabar run rules --split news --out rules.jsonl
    python benchmarks/coverage_stories.py --predictions rules.jsonl    # two minutes a file

Corpora are simulated whose true F1 is known: stories with a recall of their own, a few documents each that differ
less or more. With `--predictions` counts are real, those of each paragraph (of conflicts: of each dispute and false
record) of each story of the split, and a corpus is as many stories as the split has, drawn with replacement; the truth
is then the figure on all of them. Each corpus goes through the scorer's own resampling, once a unit. *Expanded*
percentiles are the scorer's for stories (`tail_of`). Every run prints the same.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from coverage import entities
from measuring import COVERAGE, coverage, table
from numpy.typing import NDArray

from khabar.reading.incidents import Incidents
from khabar.scoring.bootstrap import TAIL, draw, tail_of
from khabar.scoring.counts import SamplingFrame, Table, f1

Counts = NDArray[np.int64]
"""Units × (TP, FP, FN)."""
Story = Mapping[str, Counts]
"""The units of each stratum: of each document, or of a story's disputes."""
COLUMNS = {"entities": "exact", "numbers": "full", "quotes": "said", "conflicts": "dispute"}
PARTS = ("tp", "fp", "fn")
RECALL, MENTIONS = 0.7, 2.5
"""Of the simulated stories: share found, gold rows a paragraph; both on average."""


def stories_of(predictions: Path, corpus: Path, split: str) -> dict[str, list[Story]]:
    """Layer → the counts of each story of a split under some predictions."""
    from khabar.corpus.gold import from_tables, read_rows
    from khabar.reading.predictions import read_predictions
    from khabar.scoring.scorer import Evaluation

    rows = read_rows(corpus, split)
    incidents = Incidents()
    records = read_predictions(predictions, incidents)
    incidents.refuse()
    counted: dict[str, list[Story]] = defaultdict(list)
    for story in sorted({document.story for document in rows["documents"]}):
        documents = {document.doc_id for document in rows["documents"] if document.story == story}
        mine = {
            config: [
                row for row in table if getattr(row, "doc_id", None) in documents or getattr(row, "story", "") == story
            ]
            for config, table in rows.items()
        }
        reference = from_tables(mine)
        run = Evaluation(
            reference,
            [record for record in records.documents if record.doc_id in documents],
            [record for record in records.disputes if record.story == story],
        ).tally
        for layer, tally in run.layers.items():
            columns = [tally.table.column(f"{COLUMNS[layer]}.{part}") for part in PARTS]
            size = len(tally.table.frame)
            units = np.stack([np.zeros(size) if column is None else column for column in columns], axis=1).astype(int)
            counted[layer].append(
                {
                    name: units[first:last]
                    for name, (first, last) in zip(tally.table.frame.strata, tally.table.frame.slices, strict=True)
                }
            )
    return counted


def strata(corpus: Sequence[Story], unit: str) -> dict[str, Counts]:
    """Lay a corpus out for the bootstrap: the units of each stratum. A story drawn twice is two stories."""
    numbered = [(f"{number:03} {name}", units) for number, story in enumerate(corpus) for name, units in story.items()]
    if unit in ("paragraphs", "disputes"):
        return dict(numbered)
    if unit == "documents":
        return {"": np.stack([units.sum(axis=0) for _, units in numbered])}
    return {"": np.stack([sum(units.sum(axis=0) for units in story.values()) for story in corpus])}


def interval(units: Mapping[str, Counts], seed: int, tail: float) -> tuple[float, float] | None:
    """The scorer's draws of F1, cut at a share `tail` from either end."""
    frame = SamplingFrame({name: range(len(counts)) for name, counts in units.items()})
    rows = np.concatenate([units[name] for name in frame.strata]).astype(np.int32)
    sums = draw(Table(frame, list(PARTS), list(rows.T)), seed)
    draws = f1(sums["tp"], sums["fp"], sums["fn"])
    defined = draws[~np.isnan(draws)]
    if len(defined) < 0.95 * len(draws):
        return None
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def simulated(chance: np.random.Generator, stories: int, story_sd: float, document_sd: float) -> list[Story]:
    """Stories of one to some nine documents of some 17 paragraphs, with a recall for each story and each document."""

    def recall(mean: float, sd: float) -> float:
        return float(np.clip(chance.normal(mean, sd), 0.05, 0.95))

    corpus: list[Story] = []
    for _ in range(stories):
        mean = recall(RECALL, story_sd)
        corpus.append(
            {
                str(number): entities(chance, 3 + chance.poisson(14), recall(mean, document_sd), MENTIONS)
                for number in range(1 + chance.poisson(3))
            }
        )
    return corpus


def figure(corpus: Sequence[Story]) -> float:
    """F1 of a corpus."""
    return float(f1(*np.sum([units.sum(axis=0) for story in corpus for units in story.values()], axis=0).astype(float)))


def rows_of(name: str, truth: float, units: Sequence[str], corpora: Iterable[Sequence[Story]]) -> list[list[str]]:
    """How often the intervals of some corpora hold the truth, a row a unit."""
    ends: dict[str, list[tuple[float, float] | None]] = {unit: [] for unit in units}
    for seed, corpus in enumerate(corpora):
        for unit in units:
            tail = tail_of(len(corpus)) if unit == "stories, expanded" else TAIL
            ends[unit].append(interval(strata(corpus, unit), seed, tail))
    return [[name, unit, f"{truth:.3f}", *coverage(truth, ends[unit])] for unit in units]


def simulations(corpora: int) -> Iterator[list[str]]:
    """Rows of the simulated processes."""
    for story_sd, document_sd in ((0.05, 0.1), (0.1, 0.05), (0.15, 0.05)):
        truth = figure(simulated(np.random.default_rng(7), 3000, story_sd, document_sd))
        for stories in (10, 20):
            chance = np.random.default_rng(1)
            name = f"{stories} stories, recall ± {story_sd} by story, ± {document_sd} by document"
            made = (simulated(chance, stories, story_sd, document_sd) for _ in range(corpora))
            yield from rows_of(name, truth, ("paragraphs", "documents", "stories", "stories, expanded"), made)


def real(predictions: Path, gold: Path, split: str, corpora: int) -> Iterator[list[str]]:
    """Rows of one system, of each layer on which it has anything right."""
    for layer, stories in stories_of(predictions, gold, split).items():
        chance = np.random.default_rng(1)
        drawn = ([stories[n] for n in chance.integers(0, len(stories), len(stories))] for _ in range(corpora))
        units = ("disputes",) if layer == "conflicts" else ("paragraphs", "documents")
        if truth := figure(stories):
            yield from rows_of(f"{predictions.stem}, {layer}", truth, (*units, "stories", "stories, expanded"), drawn)


def main() -> None:
    """Simulate, and print a row for each process, or each layer of each file, and each unit."""
    from khabar.corpus.release import released_corpus

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--predictions", type=Path, nargs="*", default=[])
    parser.add_argument("--split", default="news")
    parser.add_argument("--gold", type=Path, help="a corpus folder that has the texts; else the released one, fetched")
    parser.add_argument("--corpora", type=int, default=400, help="simulated corpora of each row")
    arguments = parser.parse_args()
    if arguments.predictions:
        gold = arguments.gold or Path(released_corpus())
        rows = [row for file in arguments.predictions for row in real(file, gold, arguments.split, arguments.corpora)]
    else:
        rows = list(simulations(arguments.corpora))
    print(table(["corpora", "units", "F1", *COVERAGE], rows))


if __name__ == "__main__":
    main()
