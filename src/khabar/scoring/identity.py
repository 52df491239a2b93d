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
        parts = len({of[m] for m in cluster if m in of}) + sum(m not in of for m in cluster)
        kept += len(cluster) - parts
        links += len(cluster) - 1
    return Fraction(kept), Fraction(links)


def b_cubed(key: Clusters[Key], response: Clusters[Key]) -> Pair:
    """Mean over key mentions of the share of their cluster that the response keeps with them."""
    of = _index(response)
    total = Fraction(0)
    for cluster in key:
        together = Counter(of[m] for m in cluster if m in of)
        total += sum((Fraction(n * n, len(cluster)) for n in together.values()), Fraction(0))
    return total, Fraction(sum(map(len, key)))


def ceaf_e(key: Clusters[Key], response: Clusters[Key]) -> Pair:
    """Best one-to-one alignment of clusters under φ4 = 2|K ∩ R| / (|K| + |R|), over the number of key clusters."""
    of = _index(response)
    overlap: dict[tuple[int, int], int] = Counter(
        (at, of[mention]) for at, cluster in enumerate(key) for mention in cluster if mention in of
    )
    similar = {
        (at, other): Fraction(2 * shared, len(key[at]) + len(response[other]))
        for (at, other), shared in overlap.items()
    }
    pairs = assign((at, other, round(value * (1 << 40))) for (at, other), value in similar.items())
    return sum((similar[pair] for pair in pairs), Fraction(0)), Fraction(len(key))


def lea(key: Clusters[Key], response: Clusters[Key]) -> Pair:
    """Link-based entity-aware: share of each entity's links that are found, weighted by its size.

    An entity of one mention has one link, to itself, found if the response has it alone too.
    """
    of = _index(response)
    total = Fraction(0)
    for cluster in key:
        if len(cluster) == 1:
            (mention,) = cluster
            alone = mention in of and len(response[of[mention]]) == 1
            total += int(alone)
            continue
        together = Counter(of[m] for m in cluster if m in of)
        found = sum(_links(n) for n in together.values())
        total += Fraction(len(cluster) * found, _links(len(cluster)))
    return total, Fraction(sum(map(len, key)))


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


def _links(size: int) -> int:
    return size * (size - 1) // 2
