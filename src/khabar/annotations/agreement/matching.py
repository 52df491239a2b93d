"""Which names of one pass stand for which of the other: entity keys, utterances, issues and positions are only names.

Groups (a key's mentions, an utterance's rows, an issue's claims) are put side by side one to one so that the sum of
φ4 = 2|A ∩ B| / (|A| + |B|) is largest, as entity-based CEAF does (Luo 2005). Names themselves are not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from khabar.scoring.assignment import assign, lexicographic

Name = TypeVar("Name", bound=Hashable)
Places = Mapping[Name, Collection[Hashable]]
_STEPS = 100_000


def same_groups(a: Places[Name], b: Places[Name], least: float = 0.0) -> dict[Name, Name]:
    """Name of b → name of a, for groups that share members and whose φ4 is at least `least`."""
    holders: dict[Hashable, list[Name]] = {}
    for name, places in a.items():
        for place in places:
            holders.setdefault(place, []).append(name)
    members = ((name, place) for name, places in b.items() for place in places)
    shared = Counter((holder, name) for name, place in members for holder in holders.get(place, ()))
    return same_by_overlap(shared, {k: len(v) for k, v in a.items()}, {k: len(v) for k, v in b.items()}, least)


def same_by_overlap(
    shared: Mapping[tuple[Name, Name], int], a: Mapping[Name, int], b: Mapping[Name, int], least: float = 0.0
) -> dict[Name, Name]:
    """Name of b → name of a, from how many members each two groups share and the sizes of the groups."""
    names_a, names_b = list(a), list(b)
    at_a, at_b = {name: at for at, name in enumerate(names_a)}, {name: at for at, name in enumerate(names_b)}
    edges = []
    for (left, right), count in shared.items():
        alike = 2 * count / (a[left] + b[right])
        if count and alike >= least:
            edges.append((at_a[left], at_b[right], lexicographic(round(alike * _STEPS), count)))
    return {names_b[right]: names_a[left] for left, right in assign(edges)}


def renamed(names: Iterable[str], same: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Name of b → its name among a's: a's own where they are the same, else b's, made new where a has taken it."""
    found: dict[str, str] = {}
    used = {*taken, *same.values()}
    for name in dict.fromkeys(names):
        new = same.get(name, name)
        while name not in same and new in used:
            new += "_b"
        found[name] = new
        used.add(new)
    return found
