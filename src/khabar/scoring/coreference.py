"""Coreference across the articles of a story: do a system's clusters of mentions name the same things as gold's?

MUC (Vilain et al. 1995), B³ (Bagga and Baldwin 1998), entity-based CEAF with φ4 (Luo 2005), their mean as in CoNLL
2012 (Pradhan et al. 2014), and LEA (Moosavi and Strube 2016). Mentions are exact spans; spurious and missing ones
count against precision and recall as in the CoNLL reference scorer.

No cluster reaches beyond its story, so what the metrics are quotients of adds over stories: exactly, as fractions, for
the figures, and as floating-point numbers for their draws.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from khabar.reading.reference import Reference
from khabar.scoring.assignment import assign
from khabar.scoring.bootstrap import StorySums
from khabar.scoring.counts import ratio
from khabar.scoring.result import Measured
from khabar.text.grounding import GroundedMention, Place

if TYPE_CHECKING:
    from khabar.scoring.counts import Array

Key = TypeVar("Key")
Clusters = Sequence[frozenset[Key]]
Ratio = tuple[Fraction, Fraction]
"""Numerator and denominator of a recall (or, with sides swapped, a precision)."""


def clusters_of(mentions: Mapping[Key, str]) -> list[frozenset[Key]]:
    """Group mentions by their cluster key."""
    grouped: dict[str, set[Key]] = defaultdict(set)
    for mention, key in mentions.items():
        grouped[key].add(mention)
    return [frozenset(grouped[key]) for key in sorted(grouped)]


def muc(key: Clusters[Key], response: Clusters[Key]) -> Ratio:
    """Links kept: Σ(|K| − parts of K) over Σ(|K| − 1)."""
    of = _index(response)
    kept = links = 0
    for cluster in key:
        together = _together(cluster, of)
        kept += sum(together) - len(together)
        links += len(cluster) - 1
    return Fraction(kept), Fraction(links)


def b_cubed(key: Clusters[Key], response: Clusters[Key]) -> Ratio:
    """Mean over key mentions of the share of their cluster that the response keeps with them."""
    of = _index(response)
    tops: Counter[int] = Counter()
    for cluster in key:
        tops[len(cluster)] += sum(n * n for n in _together(cluster, of))
    return _sum(tops), Fraction(sum(map(len, key)))


def ceaf_e(key: Clusters[Key], response: Clusters[Key]) -> Ratio:
    """Best one-to-one alignment of clusters under φ4 = 2|K ∩ R| / (|K| + |R|), over the number of key clusters."""
    of = _index(response)
    overlap: dict[tuple[int, int], int] = Counter(
        (number, of[mention]) for number, cluster in enumerate(key) for mention in cluster if mention in of
    )
    sizes = {(number, other): len(key[number]) + len(response[other]) for number, other in overlap}
    tops: Counter[int] = Counter()
    for pair in assign((*pair, round(Fraction(shared << 41, sizes[pair]))) for pair, shared in overlap.items()):
        tops[sizes[pair]] += 2 * overlap[pair]
    return _sum(tops), Fraction(len(key))


def lea(key: Clusters[Key], response: Clusters[Key]) -> Ratio:
    """Link-based entity-aware: share of each entity's links that are found, weighted by its size.

    An entity of one mention has one link, to itself, found if the response has it alone too.
    """
    of = _index(response)
    tops: Counter[int] = Counter()
    for cluster in key:
        if len(cluster) == 1:
            (mention,) = cluster
            tops[1] += mention in of and len(response[of[mention]]) == 1
        else:
            tops[_links(len(cluster))] += len(cluster) * sum(map(_links, _together(cluster, of)))
    return _sum(tops), Fraction(sum(map(len, key)))


def harmonic(recall: Ratio, precision: Ratio) -> Fraction | None:
    """F1 of a recall and a precision; None where both are undefined."""
    if not recall[1] and not precision[1]:
        return None
    r = recall[0] / recall[1] if recall[1] else Fraction(0)
    p = precision[0] / precision[1] if precision[1] else Fraction(0)
    return 2 * p * r / (p + r) if p + r else Fraction(0)


def _index(clusters: Clusters[Key]) -> dict[Key, int]:
    return {mention: number for number, cluster in enumerate(clusters) for mention in cluster}


def _together(cluster: frozenset[Key], of: Mapping[Key, int]) -> list[int]:
    """How many of a cluster's mentions are in one cluster of the other side, for each of these."""
    sizes: dict[int, int] = {}
    for mention in cluster:
        other = of.get(mention)
        if other is not None:
            sizes[other] = sizes.get(other, 0) + 1
    return list(sizes.values())


def _sum(tops: Mapping[int, int]) -> Fraction:
    """Add fractions, given as the sum of the numerators of each denominator: few fractions are fast to add."""
    return sum((Fraction(top, bottom) for bottom, top in tops.items()), Fraction(0))


def _links(size: int) -> int:
    return size * (size - 1) // 2


METRICS = {"lea": lea, "b_cubed": b_cubed, "ceaf_e": ceaf_e, "muc": muc}
_CONLL = ("muc", "b_cubed", "ceaf_e")
_COLUMNS = 4 * len(METRICS) + 2
"""Numerator and denominator of each metric's recall, then of its precision; links of variants kept, and all of them."""


class Coreference(StorySums):
    """The agreement of two clusterings, story by story, in `_COLUMNS` columns."""

    __slots__ = ()

    def values(self) -> dict[str, Measured]:
        """F1 of each metric, the mean of three of them, and the recall of links to variant spellings."""
        *shares, kept, links = self.total
        pairs = list(zip(shares[::2], shares[1::2], strict=True))
        scores = {
            name: harmonic(recall, precision)
            for name, recall, precision in zip(METRICS, pairs[::2], pairs[1::2], strict=True)
        }
        figures = {f"identity.{name}.f1": None if f is None else float(f) for name, f in scores.items()}
        defined = [f for name in _CONLL if (f := scores[name]) is not None]
        figures["identity.conll.f1"] = float(sum(defined) / 3) if len(defined) == 3 else None
        figures["identity.variants.recall"] = float(kept / links) if links else None
        return {name: Measured(value, None, {}) for name, value in figures.items()}

    def of_sums(self, *sums: Array) -> dict[str, Array]:
        """The same on draws of stories."""
        *shares, kept, links = sums
        columns = (shares[first : first + 4] for first in range(0, len(shares), 4))
        figures = {f"identity.{name}.f1": _f1(*four) for name, four in zip(METRICS, columns, strict=True)}
        muc, b_cubed, ceaf_e = (figures[f"identity.{name}.f1"] for name in _CONLL)
        return figures | {
            "identity.conll.f1": (muc + b_cubed + ceaf_e) / 3,
            "identity.variants.recall": ratio(kept, links),
        }


def coreference(reference: Reference, mentions: Mapping[str, Sequence[GroundedMention]]) -> Coreference:
    """Compare the clusters of all stories. `mentions` are those of each document that take part."""
    rows = {story: _row(*sides) for story, sides in _clusterings(reference, mentions).items()}
    return Coreference.of(rows, {record.story or "" for record in reference.annotations}, _COLUMNS)


_Clusterings = dict[str, tuple[dict[Place, str], dict[Place, str], set[Place]]]
"""Of each story: mention → cluster in gold, mention → cluster in the prediction, gold's variant spellings."""


def _clusterings(reference: Reference, mentions: Mapping[str, Sequence[GroundedMention]]) -> _Clusterings:
    """Sort out clusters of exact spans. A predicted mention without a key is a cluster of its own."""
    by_story: _Clusterings = defaultdict(lambda: ({}, {}, set()))
    for doc_id, document in reference.documents.items():
        gold, ours, variants = by_story[document.story]
        for row in document.entities:
            if row.item.scored and row.spans and row.item.entity_id is not None:
                gold[doc_id, *row.spans[0]] = row.item.entity_id
                if "spelling_variant" in (row.item.phenomena or ()):
                    variants.add((doc_id, *row.spans[0]))
        for mention in mentions[doc_id]:
            if mention.spans:
                place = (doc_id, *mention.spans[0])
                key = mention.item.entity_id
                ours[place] = key if key is not None else "\0alone " + repr(place)
    return by_story


def _row(gold: Mapping[Place, str], ours: Mapping[Place, str], variants: Iterable[Place]) -> tuple[Fraction, ...]:
    """A story's share of each sum."""
    keys, responses = clusters_of(gold), clusters_of(ours)
    pairs = [pair for metric in METRICS.values() for pair in (metric(keys, responses), metric(responses, keys))]
    return (*(number for pair in pairs for number in pair), *_variant_links(gold, ours, variants))


def _variant_links(
    gold: Mapping[Place, str], ours: Mapping[Place, str], variants: Iterable[Place]
) -> tuple[Fraction, Fraction]:
    """Count the links between a mention in a variant spelling and its entity's others: those that are kept, and all."""
    together: dict[str, Counter[str | None]] = defaultdict(Counter)
    for place, key in gold.items():
        together[key][ours.get(place)] += 1
    links = kept = 0
    for place in variants:
        links += together[gold[place]].total() - 1
        kept += together[gold[place]][ours[place]] - 1 if place in ours else 0
    return Fraction(kept), Fraction(links)


def _f1(recall_top: Array, recall_of: Array, precision_top: Array, precision_of: Array) -> Array:
    """Harmonic mean of recall and precision; 0 where one of the two is undefined, NaN where both are."""
    import numpy as np

    r, p = (np.nan_to_num(ratio(top, of)) for top, of in ((recall_top, recall_of), (precision_top, precision_of)))
    mean = np.nan_to_num(ratio(2 * p * r, p + r))
    return np.where((recall_of > 0) | (precision_of > 0), mean, np.nan)
