"""What do contrast sets buy? The systems on the boards, on articles as they were published, and on pairs made of them.

    python benchmarks/contrast.py            # some seconds, once the articles are fetched
    python benchmarks/contrast.py --card     # and the rank correlation into the statement that the data card holds

For each split whose texts are at hand, and the contrast set made of it: what a system says of conflicts on either, and
the difference between two systems that it would show four times in five. Then, whether both put the systems in one
order: Spearman's rank correlation. Its interval is of draws of stories, each with its disputes and its pairs; p says
how often as high a correlation comes of systems in random order. Of dev there is none: systems are tuned on it. Every
run prints the same.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path
from statistics import median

import numpy as np
from artefacts import contrast_splits
from measuring import table

from khabar import api
from khabar.corpus.contrast import original_split
from khabar.corpus.release import read_release, released_corpus
from khabar.leaderboard.board import FLOOR
from khabar.leaderboard.card import read_card
from khabar.leaderboard.survey import survey
from khabar.reading.checks import checked_predictions
from khabar.reading.incidents import Incidents
from khabar.reading.reference import Reference
from khabar.scoring.bootstrap import RESAMPLES, SEED, interval, tail_of
from khabar.scoring.compare import compare
from khabar.scoring.result import PAIR_F, headline_name
from khabar.scoring.scorer import Evaluation, measure
from khabar.scoring.tally import Tally

ROOT = Path(__file__).parents[1]
STATEMENT = ROOT / "annotations" / "gold" / "statement.md"
BEGIN, END = "<!-- correlation: python benchmarks/contrast.py --card -->", "<!-- /correlation -->"
SHARE, POWER = 0.6, 2.8
"""Two systems that are right in so many cases, independently; standard errors of a difference that is mostly seen."""
TUNED_ON = "dev"
MOST_ORDERS = 8
"""Up to so many systems all their orders are tried."""


@dataclass(frozen=True)
class Comparison:
    """The systems on a split and on the contrast set made of it: system → its counts on either."""

    split: str
    golds: tuple[Reference, Reference]
    tallies: Mapping[str, tuple[Tally, Tally]]


@dataclass(frozen=True)
class Correlation:
    """How alike two boards rank some systems; `above` are those that either puts above the floor."""

    systems: tuple[str, ...]
    above: tuple[str, ...]
    disputes: int
    pairs: int
    stories: int
    value: float
    interval: tuple[float, float] | None
    p: float


def compared(folder: Path, root: Path) -> list[Comparison]:
    """Count the disputes of every system that is on both boards of a story's split and its contrast set."""
    places = survey(root, Incidents()).of(read_release(folder).version)
    comparisons = []
    for split in contrast_splits(folder):
        both = original_split(split), split
        golds = api.read_gold(folder, both[0], Incidents()), api.read_gold(folder, both[1], Incidents())
        tallies = {}
        for place in places:
            card = read_card(place.card, Incidents())
            if card is not None and "conflicts" in card.scored_layers and {*both} <= {*place.splits}:
                one, other = (counted(place.predictions(at), gold) for at, gold in zip(both, golds, strict=True))
                tallies[place.system] = one, other
        comparisons.append(Comparison(both[0], golds, tallies))
    return comparisons


def counted(file: Path, gold: Reference) -> Tally:
    """Count the disputes of a file of predictions."""
    said = checked_predictions(file, gold, ["conflicts"], incidents := Incidents())
    incidents.refuse()
    return Evaluation(gold, said.documents, said.disputes, layers=["conflicts"]).tally


def headline(tally: Tally) -> str:
    """What the tally says of conflicts, with its interval."""
    figures = measure(tally).layers["conflicts"]
    return str(figures[headline_name(figures)])


def by_story(tally: Tally, columns: Sequence[str]) -> dict[str, np.ndarray]:
    """What is counted in some columns, by story."""
    sums: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(columns)))
    table = tally.layers["conflicts"].table
    counts = [table.column(column) for column in columns]
    for (stratum, name), unit in table.frame.index.items():
        story = str(name) if stratum == "" else stratum.rpartition(" ")[2]
        sums[story] += [0 if column is None else column[unit] for column in counts]
    return sums


def correlation(comparisons: Sequence[Comparison]) -> Correlation:
    """Correlate the ranks of the systems that are in all of some comparisons, their disputes and pairs taken together.

    A draw of stories takes each with its disputes and its pairs.
    """
    systems = tuple(sorted(set.intersection(*(set(each.tallies) for each in comparisons))))
    stories = [story for each in comparisons for story in each.golds[0].stories]
    disputes, pairs = (
        np.array(
            [
                [counts.get(story, np.zeros(len(columns))) for story in stories]
                for counts in (
                    {k: v for each in comparisons for k, v in by_story(each.tallies[system][at], columns).items()}
                    for system in systems
                )
            ]
        )
        for at, columns in enumerate((("dispute.tp", "dispute.fp", "dispute.fn"), ("contrast.right", "contrast.pairs")))
    )
    random = np.random.default_rng(SEED)
    weights = random.multinomial(len(stories), np.full(len(stories), 1 / len(stories)), RESAMPLES).T
    figures = [share(disputes.sum(axis=1)[:, :, None], pairs.sum(axis=1)[:, :, None])]
    figures.append(share(*(np.einsum("ysc,sd->ycd", counts, weights) for counts in (disputes, pairs))))
    (observed,), drawn = (spearman(*each) for each in figures)
    ends = interval(drawn[~np.isnan(drawn)], tail_of(len(stories))) if len(stories) > 1 else None
    orders = list(permutations(range(len(systems)))) if len(systems) <= MOST_ORDERS else []
    orders = np.array(orders or [random.permutation(len(systems)) for _ in range(10_000)]).T
    by_chance = spearman(figures[0][0][:, 0][orders], np.repeat(figures[0][1], orders.shape[1], axis=1))
    above = [name for name, values in zip(systems, zip(*figures[0], strict=True), strict=True) if max(values)[0] > 0]
    return Correlation(
        systems,
        tuple(above),
        int((disputes[0, :, 0] + disputes[0, :, 2]).sum()),
        int(pairs[0, :, 1].sum()),
        len(stories),
        float(observed),
        ends,
        float((by_chance >= observed - 1e-9).mean()),
    )


def share(disputes: np.ndarray, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Dispute F1, and the share of pairs that is right: of counts (system, column, draw), by system and draw."""
    tp, fp, fn = disputes.transpose(1, 0, 2)
    right, all_of_them = pairs.transpose(1, 0, 2)
    f1 = np.divide(2 * tp, 2 * tp + fp + fn, out=np.zeros(tp.shape), where=2 * tp + fp + fn > 0)
    return f1, np.divide(right, all_of_them, out=np.zeros(right.shape), where=all_of_them > 0)


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


def correlations(comparisons: Sequence[Comparison]) -> dict[str, Correlation]:
    """The rank correlation of three systems or more on each split that nobody tunes on, and on all of them together."""
    tried = {f"`{each.split}`": [each] for each in comparisons if each.split != TUNED_ON}
    if len(tried) > 1:
        tried["together"] = [some for (some,) in tried.values()]
    found = {name: correlation(some) for name, some in tried.items()}
    return {name: each for name, each in found.items() if len(each.systems) > 2}


def correlation_table(found: Mapping[str, Correlation]) -> str:
    """The correlations as a table."""
    rows = [
        [
            name,
            str(each.stories),
            str(each.disputes),
            str(each.pairs),
            str(len(each.systems)),
            str(len(each.above)),
            "–" if np.isnan(each.value) else f"{each.value:.2f}",
            ends(each.interval),
            f"{each.p:.2f}",
        ]
        for name, each in found.items()
    ]
    heads = ["", "stories", "disputes", "pairs", "systems", "not at the floor", "rank correlation", "95% interval", "p"]
    return table(heads, rows)


def card_part(found: Mapping[str, Correlation]) -> str:
    """What the card says of it."""
    systems = sorted({name for each in found.values() for name in each.systems})
    few = min((len(set(each.above) - {FLOOR}) for each in found.values()), default=0)
    words = f"""
        Do pairs rank systems as disputes do? Spearman's rank correlation between dispute F1 on the articles as they
        were published and the share of pairs that is right, over the systems on both boards
        ({", ".join(f"`{name}`" for name in systems)}). The interval is of draws of whole stories; p is how often
        systems in random order agree as much. Those at the floor, which find nothing on either, tie.
        """
    limits = f"""
        Of so few systems ({few} of them not at the floor where there are fewest) this can say whether both put the same
        one far ahead, and little of near ones, which one dispute puts in another order: read the interval, and p. Each
        system that joins the boards joins this table.
        """
    return f"{' '.join(words.split())}\n\n{correlation_table(found)}\n\n{' '.join(limits.split())}"


def with_part(statement: str, part: str) -> str:
    """The statement with this part in its place. Raises ValueError where it has none."""
    pattern = f"{re.escape(BEGIN)}.*?{re.escape(END)}"
    written, places = re.subn(pattern, lambda _: f"{BEGIN}\n{part}\n{END}", statement, flags=re.DOTALL)
    if places != 1:
        raise ValueError(f"{places} places for it in {STATEMENT.name}")
    return written


def by_design(cases: int) -> float:
    """The detectable difference between two independent systems that are right in `SHARE` of some cases."""
    return min(1.0, POWER * (2 * SHARE * (1 - SHARE) / cases) ** 0.5)


def powers(each: Comparison) -> list[str]:
    """The difference between two systems that a split and its contrast set show: by design, and of these systems."""
    cases = (
        sum(issue.status == "conflict" for issue in each.golds[0].issues),
        sum(not pair.is_control for pair in each.golds[1].pairs),
    )
    seen: list[list[float]] = [
        [
            detectable
            for a, b in combinations(each.tallies.values(), 2)
            if (detectable := compare(a[at], b[at])["conflicts"].smallest_detectable)
        ]
        for at in (0, 1)
    ]
    measured = [f"{median(some):.3f}" if some else "–" for some in seen]
    return [each.split, *map(str, cases), *(f"{by_design(number):.3f}" for number in cases), *measured]


def ends(found: tuple[float, float] | None) -> str:
    """An interval, in brackets."""
    return "–" if found is None else f"[{found[0]:.2f}, {found[1]:.2f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, help="a corpus folder (default: the released corpus)")
    parser.add_argument("--eval", type=Path, default=ROOT / "eval", help="the eval folder with the submissions")
    parser.add_argument("--card", action="store_true", help="write the rank correlation into the card's statement")
    given = parser.parse_args()
    comparisons = compared(given.gold or released_corpus(), given.eval)
    found = correlations(comparisons)
    if given.card:
        STATEMENT.write_text(with_part(STATEMENT.read_text("utf-8"), card_part(found)), "utf-8")
    figures = [
        [f"{each.split}: {system}", *map(headline, both)]
        for each in comparisons
        for system, both in each.tallies.items()
    ]
    print(table(["", "as published: dispute F1", f"pairs: {PAIR_F}"], figures), end="\n\n")
    head = ["", "disputes", "pairs", "detectable by design", "of pairs", "of these systems", "of pairs"]
    print(table(head, list(map(powers, comparisons))), end="\n\n")
    print(correlation_table(found) if found else "three systems can be put in order")


if __name__ == "__main__":
    main()
