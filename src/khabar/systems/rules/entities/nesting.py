"""Nesting: from overlapping candidates to spans that nest or are disjoint, and nest only where the scheme nests."""

from __future__ import annotations

from collections.abc import Iterable

from khabar.systems.rules.entities.mention import Mention

_HOLDS = {"ORG", "OCC", "LAW", "EVENT", "FAC", "LOC"}
_RANK = {"LANGUAGE": 0, "EVENT": 1, "LAW": 1, "PRODUCT": 2, "PERS": 3, "OCC": 4, "ORG": 5}
_MIDDLE = 6


def nested(candidates: Iterable[Mention]) -> list[Mention]:
    """Keep the longest first; drop what crosses a kept span, repeats one, or stands where nothing is split."""
    ranked = sorted(
        candidates,
        key=lambda one: (one.start - one.end, _RANK.get(one.label, _MIDDLE), not one.listed, one.start, one.key),
    )
    kept: list[Mention] = []
    holder: dict[int, list[Mention]] = {}
    for one in ranked:
        tokens = range(one.first, one.last)
        if all(_fits(one, other) for token in tokens for other in holder.get(token, ())):
            kept.append(one)
            for token in tokens:
                holder.setdefault(token, []).append(one)
    return sorted(kept, key=lambda one: (one.start, -one.end))


def _fits(inner: Mention, outer: Mention) -> bool:
    if not (outer.start <= inner.start and inner.end <= outer.end):
        return False
    if (inner.start, inner.end) == (outer.start, outer.end) or outer.label not in _HOLDS:
        return False
    if outer.listed and inner.label in ("GPE", "LOC", "PERS", "EVENT", "FAC"):
        # واشنطن بوست names no city, حلف شمال الأطلسي no sea; معهد ستوكهولم does
        return inner.label == "GPE" and inner.end == outer.end
    if inner.label == outer.label:
        # وكالة رويترز is one ORG, and a known name is not split into a shorter one of its kind,
        # but an institution of an institution is two
        apposed = inner.end == outer.end and inner.first == outer.first + 1
        same_head = inner.first == outer.first
        return not (outer.listed or apposed or same_head or inner.label in ("OCC", "LOC", "FAC", "EVENT", "LAW"))
    return not (inner.label in ("OCC", "PERS") and outer.label == "OCC" and inner.first == outer.first)
