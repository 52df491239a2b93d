"""Do 95% intervals of identity hold the truth 95% of the time? Clusters cross documents, so whole corpora are made.

    python benchmarks/coverage_identity.py        # about two minutes

Small corpora of `scale.py` (five documents a story) are scored as anybody's would be; the truth is what a corpus of
20,000 such documents scores. Every run prints the same.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from measuring import COVERAGE, coverage, table

from scale import generate

FIGURES = ("lea", "b_cubed", "muc", "ceaf_e", "conll")
SMALLEST, LARGE = 200, 20_000
"""Documents of the smallest corpus, the next has two more; of the one that is taken for the truth."""


def scored(documents: int, resamples: int) -> dict[str, tuple[float, tuple[float, float] | None]]:
    """Value and interval of each figure on a corpus of some documents."""
    import khabar

    with tempfile.TemporaryDirectory() as folder:
        gold, predictions = generate(Path(folder), documents)
        found = khabar.score(predictions, gold=gold, layers=["entities"], resamples=resamples).to_dict()
    figures = {name: found["layers"]["entities"][f"identity.{name}.f1"] for name in FIGURES}
    return {
        name: (each["value"], None if each["low"] is None else (each["low"], each["high"]))
        for name, each in figures.items()
    }


def main() -> None:
    """Score all corpora, and print a row for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpora", type=int, default=300, help="corpora, of 200 documents and more")
    corpora = parser.parse_args().corpora
    truth = scored(LARGE, resamples=1)
    found = [scored(SMALLEST + 2 * at, resamples=1000) for at in range(corpora)]
    rows = []
    for name in FIGURES:
        true = truth[name][0]
        rows.append([f"identity.{name}.f1", f"{true:.3f}", *coverage(true, [each[name][1] for each in found])])
    print(table(["figure", "true", *COVERAGE], rows))


if __name__ == "__main__":
    main()
