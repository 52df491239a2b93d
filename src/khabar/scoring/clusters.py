"""Clusters of mentions across the articles of a story: gold's, the system's, and how well they agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from khabar.reading.reference import Reference
from khabar.scoring import identity
from khabar.scoring.beside import IDENTITY
from khabar.scoring.cells import Cells, cells_of
from khabar.scoring.identity_draws import figures, sums
from khabar.scoring.redrawing import Point, redrawn
from khabar.text.grounding import GroundedDocument
from khabar.text.passages import Passage

if TYPE_CHECKING:
    from khabar.scoring.counting import Frame
    from khabar.scoring.redrawing import Array, Draws, Sums

MOST_EFFORT = 1_000_000
"""Effort beyond which CEAF is not made anew on resamples: no interval. A thousand small tangles, or a large one."""

_Place = tuple[str, int, int]
_METRICS = {"lea": identity.lea, "b_cubed": identity.b_cubed, "ceaf_e": identity.ceaf_e, "muc": identity.muc}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Numerator and denominator of each metric's recall and precision, and the links of variants. Agreements add."""

    shares: Mapping[str, tuple[identity.Pair, identity.Pair]]
    """Empty where nothing is measured: a system or a gold without clusters."""
    links: int = 0
    kept: int = 0
    effort: int = 0
    """How long CEAF takes on a resample; see `khabar.scoring.alignment.Tangle`."""

    def __add__(self, other: Agreement) -> Agreement:
        """Put two parts together; no cluster lies in both."""
        both = [part.shares for part in (self, other) if part.shares]
        return Agreement(
            {
                name: (_total(each[name][0] for each in both), _total(each[name][1] for each in both))
                for name in _METRICS
            }
            if both
            else {},
            self.links + other.links,
            self.kept + other.kept,
            self.effort + other.effort,
        )

    def points(self) -> dict[str, Point]:
        """F1 of each metric, their mean, and the recall of links to variant spellings."""
        found: dict[str, float | None] = dict.fromkeys(IDENTITY)
        if self.shares:
            scores = {name: identity.harmonic(*pair) for name, pair in self.shares.items()}
            found |= {f"identity.{name}.f1": None if f is None else float(f) for name, f in scores.items()}
            parts = [f for name in ("muc", "b_cubed", "ceaf_e") if (f := scores[name]) is not None]
            found["identity.conll.f1"] = float(sum(parts) / 3) if len(parts) == 3 else None
            found["identity.variants.recall"] = self.kept / self.links if self.links else None
        return {name: Point(value) for name, value in found.items()}

    def figures(self, sums: Mapping[str, Array]) -> Mapping[str, Array]:
        """The same on resamples."""
        return figures(sums)


@dataclass(frozen=True, slots=True)
class Identity:
    """How well two clusterings agree, and the cells from which that is drawn anew."""

    summary: Agreement
    cells: tuple[Cells, ...] = ()

    def points(self) -> dict[str, Point]:
        """The figures."""
        return self.summary.points()

    def sums(self, times: Draws, whole: Agreement) -> Sums:
        """What the figures on resamples are made of."""
        return sums(self.cells, times, aligned=whole.effort <= MOST_EFFORT)

    def redraw(self, frame: Frame, seed: int, resamples: int) -> Mapping[str, Array]:
        """The figures on resamples."""
        return redrawn(self, frame, seed, resamples)


def identity_of(
    reference: Reference, predicted: Mapping[str, GroundedDocument], unit: Callable[[Passage, int], int]
) -> Identity:
    """Compare clusters. `unit` gives the index of the unit an offset belongs to."""
    gold, ours, variants = _clusterings(reference, predicted)
    # A part of a gold may hold spurious mentions only; a whole gold without clusters has nothing to compare with.
    if not gold and not (ours and reference.whole is not None and reference.whole.clustered):
        return Identity(Agreement({}))
    number = {place: at for at, place in enumerate(dict.fromkeys((*gold, *ours)))}
    units = [unit(reference.documents[doc_id].passage, start) for doc_id, start, _ in number]
    one, other = ({number[place]: key for place, key in side.items()} for side in (gold, ours))
    marked = {number[place] for place in variants}
    keys, responses = identity.clusters_of(one), identity.clusters_of(other)
    shares = {name: (metric(keys, responses), metric(responses, keys)) for name, metric in _METRICS.items()}
    cells = cells_of(one, other, units, marked)
    effort = sum(tangle.effort for each in cells for tangle in each.tangles)
    return Identity(Agreement(shares, *_variant_links(one, other, marked), effort), cells)


def _total(pairs: Iterable[identity.Pair]) -> identity.Pair:
    tops, bottoms = zip(*pairs, strict=True)
    return sum(tops, Fraction(0)), sum(bottoms, Fraction(0))


def _clusterings(
    reference: Reference, predicted: Mapping[str, GroundedDocument]
) -> tuple[dict[_Place, str], dict[_Place, str], set[_Place]]:
    """Clusters of exact spans across the articles of a story, gold's and ours, and gold's variant spellings.

    A predicted mention without a key is a cluster of its own.
    """
    gold: dict[_Place, str] = {}
    ours: dict[_Place, str] = {}
    variants: set[_Place] = set()
    for doc_id, document in reference.documents.items():
        for row in document.entities:
            if row.item.scored and row.spans and row.item.entity_id is not None:
                gold[doc_id, *row.spans[0]] = f"{document.story}\0{row.item.entity_id}"
                if "spelling_variant" in (row.item.phenomena or ()):
                    variants.add((doc_id, *row.spans[0]))
        scored = {row.spans for row in document.entities if row.item.scored}
        ignored = {row.spans for row in document.entities} - scored
        for item in predicted[doc_id].entities:
            if item.spans and item.spans not in ignored and not document.passage.in_boilerplate(item.spans):
                place = (doc_id, *item.spans[0])
                key = item.item.entity_id
                ours[place] = f"{document.story}\0{key}" if key is not None else "\0alone " + repr(place)
    return gold, ours, variants


def _variant_links(gold: Mapping[int, str], ours: Mapping[int, str], variants: Iterable[int]) -> tuple[int, int]:
    """Count the links between a mention in a variant spelling and its entity's others, and those that are kept."""
    together: dict[str, Counter[str | None]] = defaultdict(Counter)
    for place, key in gold.items():
        together[key][ours.get(place)] += 1
    links = kept = 0
    for place in variants:
        links += together[gold[place]].total() - 1
        kept += together[gold[place]][ours[place]] - 1 if place in ours else 0
    return links, kept
