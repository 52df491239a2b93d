"""Do the edits of contrast sets give themselves away? A reader of words alone is asked.

    python benchmarks/artefacts.py                # a few seconds, for the splits whose texts are at hand
    python benchmarks/artefacts.py --gold mine/corpus

Naive Bayes over folded words learns from all other stories (from all other changes, where there is one story only),
and is asked of each change: which of two sentences was edited, which of the two is in a dispute. Then it answers pairs,
by what somebody knows who reads one sentence alone (hypothesis-only, Poliak et al. 2018), or one article: it calls a
member whose edited sentence, or article, looks more like a dispute than not. Every run prints the same.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log, sqrt
from pathlib import Path

from measuring import table

from khabar.corpus.contrast import altered_spans, original_split, read_released, variant_stories
from khabar.corpus.release import read_release, released_corpus
from khabar.corpus.tables import read_split
from khabar.reading.incidents import InputError
from khabar.records import Document, Flip
from khabar.records.edits import VARIANTS
from khabar.text.arabic import fold, token_spans

MOST = 0.6
"""The share of right answers from which on what stands out is reworded."""
ALONE = {
    "one sentence alone": "which line is in a dispute",
    "one article at a time": "which article is in a dispute",
}
"""What a baseline reads, and the question it learns from."""


@dataclass(frozen=True)
class Choice:
    """Two texts, the first of which is the one asked for."""

    question: str
    story: str
    change: str
    right: str
    wrong: str


def choices(folder: Path, split: str) -> Iterator[Choice]:
    """Make the choices of a split: of each edited line, and of the article it stands in."""
    changes = read_released(folder, read_release(folder))
    documents = {row.key: row for row in read_split(folder, split)["documents"] if isinstance(row, Document)}
    originals = {
        row.key: row for row in read_split(folder, original_split(split))["documents"] if isinstance(row, Document)
    }
    for change in changes:
        for doc_id in dict.fromkeys(edit.doc_id for edit in change.edits):
            if doc_id not in originals:
                continue
            edited, original = documents[f"{doc_id}.{change.variant}"], originals[doc_id]
            spans = altered_spans(edited, original, [change])
            others = altered_spans(edited, original, changes)
            lines = {line_at(edited.text, span.start) for span in others if span.change == change}
            number = edited.text.count("\n", 0, min(start for start, _ in lines))
            ours, theirs = (text.split("\n")[number] for text in (edited.text, original.text))
            yield Choice("which line was edited", change.story, change.id, ours, theirs)
            if isinstance(change, Flip) and change.direction != "agreement_to_trap" and spans:
                is_hard = change.after.status == "conflict"
                other = documents[f"{doc_id}.{next(v for v in VARIANTS if v != change.variant)}"]
                for question, pair in (
                    ("which line is in a dispute", (ours, theirs)),
                    ("which article is in a dispute", (edited.text, other.text)),
                ):
                    yield Choice(question, change.story, change.id, *(pair if is_hard else pair[::-1]))


def line_at(text: str, offset: int) -> tuple[int, int]:
    """The line an offset stands in."""
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end


@cache
def words(text: str) -> tuple[str, ...]:
    """Folded words, and pairs of neighbours. Every text is learned from, or asked of, as often as there are stories."""
    folded = fold(text)
    single = [folded[start:end] for start, end in token_spans(folded)]
    return (*single, *(" ".join(pair) for pair in pairwise(single)))


class NaiveBayes:
    """Log odds of words, one more of each counted in both classes."""

    def __init__(self, choices: Iterable[Choice]) -> None:
        self._counts = Counter[str](), Counter[str]()
        for choice in choices:
            for counts, text in zip(self._counts, (choice.right, choice.wrong), strict=True):
                counts.update(words(text))
        self._size = len(self._counts[0] | self._counts[1])
        self._sums = [counts.total() for counts in self._counts]

    def odds(self, text: str) -> float:
        """How much more the text looks like what is asked for."""
        right, wrong = self._counts
        bias = log((self._sums[1] + self._size) / (self._sums[0] + self._size)) if self._size else 0.0
        return sum(log((right[word] + 1) / (wrong[word] + 1)) + bias for word in words(text))


def judged(asked: Sequence[Choice]) -> Iterator[tuple[Choice, float, float]]:
    """The odds of both texts of each choice, by what other stories (of one story, other changes) teach."""
    by_story = len({choice.story for choice in asked}) > 1
    groups: dict[str, list[Choice]] = {}
    for choice in asked:
        groups.setdefault(choice.story if by_story else choice.change, []).append(choice)
    for name, group in groups.items():
        learned = NaiveBayes(choice for other, some in groups.items() if other != name for choice in some)
        for choice in group:
            yield choice, learned.odds(choice.right), learned.odds(choice.wrong)


def right_answers(asked: Sequence[Choice]) -> float:
    """How many choices are right; half of one that it cannot tell."""
    return sum(0.5 if abs(right - wrong) < 1e-9 else float(right > wrong) for _, right, wrong in judged(asked))


@dataclass(frozen=True)
class PairsRight:
    """Pairs of which both members are answered right, and members that are called."""

    right: int
    called: int
    pairs: int

    @property
    def chance(self) -> float:
        """What as many calls would have right if they fell on members at random."""
        rate = self.called / (2 * self.pairs)
        return rate * (1 - rate)


def pairs_right(asked: Sequence[Choice]) -> PairsRight:
    """Call each member of a pair that has a text (one, or several that were edited) more like a dispute than not."""
    called: dict[tuple[str, str], list[bool]] = {}
    for choice, *odds in judged(asked):
        before = called.get((choice.story, choice.change), [False, False])
        called[choice.story, choice.change] = [was or each > 0 for was, each in zip(before, odds, strict=True)]
    answers = list(called.values())
    return PairsRight(answers.count([True, False]), sum(map(sum, answers)), len(answers))


def interval(right: float, of: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927)."""
    z = 1.96
    middle, half = right / of + z * z / (2 * of), z * sqrt(right / of * (1 - right / of) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def contrast_splits(folder: Path) -> list[str]:
    """The splits of a corpus that are contrast sets and have their texts, here or in the cache."""
    release = read_release(folder)
    stories = variant_stories(read_released(folder, release))
    found = []
    for split in release.splits:
        try:
            rows = read_split(folder, split)["documents"]
        except InputError:
            continue
        if any(isinstance(row, Document) and row.story in stories for row in rows):
            found.append(split)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, help="a corpus folder (default: the released corpus)")
    folder = parser.parse_args().gold or released_corpus()
    splits = contrast_splits(folder)
    asked = [choice for split in splits for choice in choices(folder, split)]
    rows = []
    for question in dict.fromkeys(choice.question for choice in asked):
        some = [choice for choice in asked if choice.question == question]
        right = right_answers(some)
        low, high = interval(right, len(some))
        rows.append((question, str(len(some)), f"{right / len(some):.3f}", f"[{low:.3f}, {high:.3f}]"))
    print(f"splits: {', '.join(splits)}; by chance: 0.500; reworded from {MOST} on")
    print(table(["question", "choices", "right", "95% interval"], rows), end="\n\n")
    rows = []
    for reads, question in ALONE.items():
        found = pairs_right([choice for choice in asked if choice.question == question])
        low, high = interval(found.right, found.pairs)
        share = f"{found.right / found.pairs:.3f}"
        rows.append((reads, str(found.pairs), share, f"[{low:.3f}, {high:.3f}]", f"{found.chance:.3f}"))
    print(table(["who reads", "pairs", "both right", "95% interval", "by chance"], rows))


if __name__ == "__main__":
    main()
