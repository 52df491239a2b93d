"""What happened: families of words for one kind of event, and whether such a thing happens once or often."""

from __future__ import annotations

from functools import cache, lru_cache

from khabar.systems.rules.clitics import stems
from khabar.systems.rules.lexicon import cell, rows

_ARTICLE = "ال"


@cache
def _families() -> dict[str, str]:
    return {word: name for name, _, forms in rows("events.tsv", 3) for word in cell(forms)}


@cache
def often() -> frozenset[str]:
    """Events that recur: two dates of them are two of them, unless all else agrees."""
    return frozenset(name for name, repeated, _ in rows("events.tsv", 3) if repeated == "often")


@lru_cache(maxsize=1 << 15)
def event(word: str) -> str:
    """The event that a folded word names, or nothing."""
    families = _families()
    for _, part in stems(word):
        found = families.get(part) or (families.get(part[2:]) if part.startswith(_ARTICLE) else None)
        if found:
            return found
    return ""
