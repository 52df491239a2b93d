"""Clusters of mentions across the articles of a story: gold's, the system's, and how well they agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from khabar.scoring import identity
from khabar.scoring.identity_draws import Cells, cells_of, joined, redraw
from khabar.scoring.passage import Passage
from khabar.scoring.placing import PlacedDocument
from khabar.scoring.redrawing import Point
from khabar.scoring.reference import Reference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Integers = NDArray[np.intp]

_Place = tuple[str, int, int]
_METRICS = {"lea": identity.lea, "b_cubed": identity.b_cubed, "ceaf_e": identity.ceaf_e, "muc": identity.muc}
_NAMES = ("lea", "b_cubed", "ceaf_e", "muc", "conll")


@dataclass(frozen=True, slots=True)
class Identity:
    """Numerator and denominator of each metric's recall and precision, the links of variants, and what redraws them."""

    shares: Mapping[str, tuple[identity.Pair, identity.Pair]]
    links: int
    kept: int
    cells: Cells | None
    """None where nothing is measured: a system or a gold without clusters."""

    def points(self) -> dict[str, Point]:
        """F1 of each metric, their mean, and the recall of links to variant spellings."""
        found: dict[str, float | None] = dict.fromkeys((*(f"identity.{name}.f1" for name in _NAMES), _VARIANTS))
        if self.cells is not None:
            scores = {name: identity.harmonic(*pair) for name, pair in self.shares.items()}
            found |= {f"identity.{name}.f1": None if f is None else float(f) for name, f in scores.items()}
            parts = [f for name in ("muc", "b_cubed", "ceaf_e") if (f := scores[name]) is not None]
            found["identity.conll.f1"] = float(sum(parts) / 3) if len(parts) == 3 else None
            found[_VARIANTS] = self.kept / self.links if self.links else None
        return {name: Point(value) for name, value in found.items()}

    def redraw(self, times: Array) -> dict[str, Array]:
        """The same on resamples."""
        assert self.cells is not None, "what is undefined is not redrawn"
        return redraw(self.cells, times)

    def width(self) -> int:
        """One number a mention."""
        return 0 if self.cells is None else len(self.cells.units)

    def joined(self, others: Sequence[Any], units: Sequence[Integers]) -> Identity:
        """Put parts together; no cluster lies in two."""
        measured = [(part, of) for part, of in zip((self, *others), units, strict=True) if part.cells is not None]
        if not measured:
            return self
        parts: list[Identity] = [part for part, _ in measured]
        shares = {
            name: (_total(part.shares[name][0] for part in parts), _total(part.shares[name][1] for part in parts))
            for name in _METRICS
        }
        cells = joined([part.cells for part in parts if part.cells is not None], [of for _, of in measured])
        return Identity(shares, sum(part.links for part in parts), sum(part.kept for part in parts), cells)


_VARIANTS = "identity.variants.recall"


def identity_of(
    reference: Reference, predicted: Mapping[str, PlacedDocument], unit: Callable[[Passage, int], int]
) -> Identity:
    """Compare clusters. `unit` gives the index of the unit an offset belongs to."""
    if reference.whole is None:
        named = any(item.entity_id is not None for placed in predicted.values() for item in placed.said.entities)
    else:
        named = reference.whole.named
    gold, ours, variants = _clusterings(reference, predicted) if named else ({}, {}, set())
    # A part of a gold may hold spurious mentions only; a whole gold without clusters has nothing to compare with.
    if not gold and not (ours and reference.whole is not None and reference.whole.clustered):
        return Identity({}, 0, 0, None)
    keys, responses = identity.clusters_of(gold), identity.clusters_of(ours)
    units = {place: unit(reference.documents[place[0]].passage, place[1]) for place in (*gold, *ours)}
    return Identity(
        {name: (metric(keys, responses), metric(responses, keys)) for name, metric in _METRICS.items()},
        *_variant_links(gold, ours, variants),
        cells_of(gold, ours, units, variants),
    )


def _total(pairs: Iterable[identity.Pair]) -> identity.Pair:
    tops, bottoms = zip(*pairs, strict=True)
    return sum(tops, Fraction(0)), sum(bottoms, Fraction(0))


def _clusterings(
    reference: Reference, predicted: Mapping[str, PlacedDocument]
) -> tuple[dict[_Place, str], dict[_Place, str], set[_Place]]:
    """Clusters of exact spans across the articles of a story, gold's and ours, and gold's variant spellings.

    A predicted mention without a key is a cluster of its own.
    """
    gold: dict[_Place, str] = {}
    ours: dict[_Place, str] = {}
    variants: set[_Place] = set()
    for doc_id, document in reference.documents.items():
        for row in document.gold.entities:
            if row.said.scored and row.spans and row.said.entity_id is not None:
                gold[doc_id, *row.spans[0]] = f"{document.story}\0{row.said.entity_id}"
                if "spelling_variant" in (row.said.phenomena or ()):
                    variants.add((doc_id, *row.spans[0]))
        scored = {row.spans for row in document.gold.entities if row.said.scored}
        ignored = {row.spans for row in document.gold.entities} - scored
        for item in predicted[doc_id].entities:
            if item.spans and item.spans not in ignored and not document.passage.in_boilerplate(item.spans):
                place = (doc_id, *item.spans[0])
                key = item.said.entity_id
                ours[place] = f"{document.story}\0{key}" if key is not None else "\0alone " + repr(place)
    return gold, ours, variants


def _variant_links(
    gold: Mapping[_Place, str], ours: Mapping[_Place, str], variants: Iterable[_Place]
) -> tuple[int, int]:
    """Count the links between a mention in a variant spelling and its entity's others, and those that are kept."""
    together: dict[str, Counter[str | None]] = defaultdict(Counter)
    for place, key in gold.items():
        together[key][ours.get(place)] += 1
    links = kept = 0
    for place in variants:
        links += together[gold[place]].total() - 1
        kept += together[gold[place]][ours[place]] - 1 if place in ours else 0
    return links, kept
