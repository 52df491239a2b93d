"""Which unit speaks for other stories? How often intervals by paragraphs, documents and stories hold the truth.

    khabar run rules --split news --out rules.jsonl
    python benchmarks/coverage_stories.py rules.jsonl   # some minutes a file

The counts are real: those of each paragraph (of conflicts: of each dispute and each false record) of each story of the
split, for each file of predictions. Stories are what is new in new material, so a corpus is simulated by drawing as
many stories as the split has, with replacement; the truth is the figure on all that can be drawn. Each corpus goes
through the scorer's own resampling, once a unit. *Expanded* intervals take percentiles as far out as Student's t lies
beyond the normal distribution for so few units (Hesterberg 2015, section 3.4). Every run prints the same.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import NormalDist

import numpy as np
from measuring import COVERAGE, coverage, table
from numpy.typing import NDArray

from khabar.reading.incidents import Incidents
from khabar.scoring.bootstrap import draw
from khabar.scoring.counting import SamplingFrame, Table
from khabar.scoring.metrics import f1

Counts = NDArray[np.int64]
"""Units × (TP, FP, FN)."""
Story = Mapping[str, Counts]
"""The units of each stratum: of each document, or of a story's disputes."""
COLUMNS = {"entities": "exact", "numbers": "full", "quotes": "said", "conflicts": "dispute"}
PARTS = ("tp", "fp", "fn")
FINEST = {"entities": "paragraphs", "numbers": "paragraphs", "quotes": "paragraphs", "conflicts": "disputes"}


def stories_of(predictions: Path, corpus: Path, split: str) -> dict[str, list[Story]]:
    """Layer → the counts of each story of a split under some predictions."""
    from khabar.corpus.gold import from_tables, read_rows
    from khabar.reading.predictions import read_predictions
    from khabar.scoring.scorer import count

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
        run = count(
            reference,
            [record for record in records.documents if record.doc_id in documents],
            [record for record in records.disputes if record.story == story],
        )
        for layer, tally in run.layers.items():
            assert tally.table is not None
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


def expanded(units: int) -> float:
    """The share to cut from either end for few units."""
    from scipy.stats import t

    return NormalDist().cdf(float(t.ppf(0.025, units - 1)) * (units / (units - 1)) ** 0.5)


def main() -> None:
    """Simulate, and print a row for each file, layer and unit."""
    from khabar.corpus.release import released_corpus

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("predictions", type=Path, nargs="+")
    parser.add_argument("--split", default="news")
    parser.add_argument(
        "--gold", type=Path, default=None, help="a corpus folder with texts; by default the released one, fetched"
    )
    parser.add_argument("--corpora", type=int, default=400, help="simulated corpora of each row")
    arguments = parser.parse_args()
    corpus = arguments.gold or Path(released_corpus())
    rows = []
    for file in arguments.predictions:
        for layer, stories in stories_of(file, corpus, arguments.split).items():
            total = sum(units.sum(axis=0) for story in stories for units in story.values())
            truth = float(f1(*total.astype(float)))
            if not truth:
                continue
            for unit in (FINEST[layer], "documents", "stories", "stories, expanded"):
                if unit == "documents" and layer == "conflicts":
                    continue
                tail = expanded(len(stories)) if unit.endswith("expanded") else 0.025
                chance = np.random.default_rng(1)
                ends = []
                for seed in range(arguments.corpora):
                    drawn = [stories[number] for number in chance.integers(0, len(stories), len(stories))]
                    ends.append(interval(strata(drawn, unit), seed, tail))
                rows.append([f"{file.stem}, {layer}", unit, f"{truth:.3f}", *coverage(truth, ends)])
    print(table(["system, layer", "units", "F1", *COVERAGE], rows))


if __name__ == "__main__":
    main()
