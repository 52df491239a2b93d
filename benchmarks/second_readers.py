"""Do second readers see the disputes of contrast sets? Each read a variant, and nothing of the edits.

    python benchmarks/second_readers.py               # the pairs they confirm, where texts are at hand
    python benchmarks/second_readers.py --out second  # their disputes as predictions too: second/SPLIT.jsonl

What they said is kept whole in annotations/contrast/passes, a file for each variant. Their disputes are scored like any
system's.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from artefacts import contrast_splits
from measuring import table

from khabar import api
from khabar.corpus.release import released_corpus
from khabar.reading.files import json_lines
from khabar.reading.incidents import Incidents
from khabar.records import Dispute, Side
from khabar.scoring.result import PAIR_F, Measured
from khabar.scoring.scorer import score

PASSES = Path(__file__).parents[1] / "annotations" / "contrast" / "passes"


class ReadIssue(msgspec.Struct, frozen=True):
    """A question as a second reader answered it: hard where its status is `conflict`."""

    id: str
    question: str
    status: str
    type: str | None
    sides: tuple[dict[str, Any], ...]
    note: str = ""


def read(story: str) -> list[ReadIssue]:
    """What was read in a variant of a story, such as `kursk.a`."""
    lines = (PASSES / f"{story}.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=ReadIssue) for line in lines]


def disputes(stories: Iterable[str]) -> Iterator[Dispute]:
    """The disputes that were read in some variants, as a system would predict them."""
    for story in sorted(stories):
        for issue in read(story):
            if issue.status == "conflict":
                sides = tuple(msgspec.convert(side, Side) for side in issue.sides)
                yield Dispute(story=story, type=issue.type, sides=sides)


def confirmed(folder: Path, split: str) -> tuple[list[Dispute], dict[str, Measured]]:
    """The disputes that were read in a split, and what they score."""
    gold = api.read_gold(folder, split, Incidents())
    said = list(disputes(gold.stories))
    return said, score(gold, [], said, layers=["conflicts"])["conflicts"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="a folder to write predictions into")
    out = parser.parse_args().out
    rows = []
    for split in contrast_splits(released_corpus()):
        said, figures = confirmed(released_corpus(), split)
        if out is not None:
            out.mkdir(exist_ok=True)
            (out / f"{split}.jsonl").write_bytes(json_lines(said))
        counts = figures[PAIR_F].counts
        called = figures["contrast.called_where_not"].value
        rows.append([split, *(str(int(counts[f"contrast.{name}"])) for name in ("right", "pairs")), f"{called:.3f}"])
    print(table(["second readers", "pairs right", "of pairs", "called where none"], rows))


if __name__ == "__main__":
    main()
