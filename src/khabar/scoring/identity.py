"""Identity across articles: do a system's clusters of mentions name the same things as gold's?

MUC (Vilain et al. 1995), B³ (Bagga and Baldwin 1998), entity-based CEAF with φ4 (Luo 2005), their mean as in CoNLL
2012 (Pradhan et al. 2014), and LEA (Moosavi and Strube 2016). Mentions are exact spans; spurious and missing ones
count against precision and recall as in the CoNLL reference scorer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from khabar.scoring.assignment import assign

Key = TypeVar("Key")
Clusters = Sequence[frozenset[Key]]
Pair = tuple[Fraction, Fraction]
"""Numerator and denominator of a recall (or, with sides swapped, a precision)."""


def clusters_of(mentions: Mapping[Key, str]) -> list[frozenset[Key]]:
    """Group mentions by their cluster key."""
    grouped: dict[str, set[Key]] = defaultdict(set)
    for mention, key in mentions.items():
        grouped[key].add(mention)
    return [frozenset(grouped[key]) for key in sorted(grouped)]


def muc(key: Clusters[Key], response: Clusters[Key]) -> Pair:
    """Links kept: Σ(|K| − parts of K) over Σ(|K| − 1)."""
    of = _index(response)
    kept = links = 0
    for cluster in key:
        together = _together(cluster, of)
        kept += sum(together) - len(together)
        links += len(cluster) - 1
    return Fraction(kept), Fraction(links)


def b_cubed(key: Clusters[Key], response: Clusters[Key]) -> Pair:
    """Mean over key mentions of the share of their cluster that the response keeps with them."""
    of = _index(response)
    tops: Counter[int] = Counter()
    for cluster in key:
        tops[len(cluster)] += sum(n * n for n in _together(cluster, of))
    return _sum(tops), Fraction(sum(map(len, key)))


def ceaf_e(key: Clusters[Key], response: Clusters[Key]) -> Pair:
    """Best one-to-one alignment of clusters under φ4 = 2|K ∩ R| / (|K| + |R|), over the number of key clusters."""
    of = _index(response)
    overlap: dict[tuple[int, int], int] = Counter(
        (at, of[mention]) for at, cluster in enumerate(key) for mention in cluster if mention in of
    )
    sizes = {(at, other): len(key[at]) + len(response[other]) for at, other in overlap}
    tops: Counter[int] = Counter()
    for pair in assign((*pair, _rounded(shared << 41, sizes[pair])) for pair, shared in overlap.items()):
        tops[sizes[pair]] += 2 * overlap[pair]
    return _sum(tops), Fraction(len(key))


def lea(key: Clusters[Key], response: Clusters[Key]) -> Pair:
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


def f_score(metric: object, key: Clusters[Key], response: Clusters[Key]) -> Fraction | None:
    """Harmonic mean of a metric's recall and precision; None where both are undefined."""
    return harmonic(metric(key, response), metric(response, key))  # type: ignore[operator]


def harmonic(recall: Pair, precision: Pair) -> Fraction | None:
    """F1 of a recall and a precision; None where both are undefined."""
    if not recall[1] and not precision[1]:
        return None
    r = recall[0] / recall[1] if recall[1] else Fraction(0)
    p = precision[0] / precision[1] if precision[1] else Fraction(0)
    return 2 * p * r / (p + r) if p + r else Fraction(0)


def _index(clusters: Clusters[Key]) -> dict[Key, int]:
    return {mention: at for at, cluster in enumerate(clusters) for mention in cluster}


def _together(cluster: frozenset[Key], of: Mapping[Key, int]) -> list[int]:
    """How many of a cluster's mentions are in one cluster of the other side, for each of these."""
    found: dict[int, int] = {}
    for mention in cluster:
        at = of.get(mention)
        if at is not None:
            found[at] = found.get(at, 0) + 1
    return list(found.values())


def _sum(tops: Mapping[int, int]) -> Fraction:
    """Add fractions, given as the sum of the numerators of each denominator: few fractions are fast to add."""
    return sum((Fraction(top, bottom) for bottom, top in tops.items()), Fraction(0))


def _rounded(top: int, bottom: int) -> int:
    """The quotient as a whole number, a half going to the even one."""
    whole, rest = divmod(top, bottom)
    return whole + (2 * rest > bottom or (2 * rest == bottom and whole % 2))


def _links(size: int) -> int:
    return size * (size - 1) // 2
