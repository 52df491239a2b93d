"""Proclitics: the conjunctions and prepositions that Arabic writes onto the next word."""

from __future__ import annotations

from functools import lru_cache

_CONJUNCTIONS = frozenset("وف")
_PREPOSITIONS = frozenset("بلك")


@lru_cache(maxsize=1 << 16)
def stems(form: str) -> tuple[tuple[int, str], ...]:
    """The ways to take a word apart: (letters taken off, what remains), the whole word first.

    Fused `لل` leaves the article: `للامم` gives (1, "الامم"), because the span of a name starts at the second lam.
    """
    found = [(0, form)]
    found += _preposition(form, 0)
    if form[:1] in _CONJUNCTIONS and (len(form) > 3 or form[1:].isdigit()):
        found.append((1, form[1:]))
        found += _preposition(form[1:], 1)
    return tuple(found)


def _preposition(form: str, taken: int) -> list[tuple[int, str]]:
    if form[:1] not in _PREPOSITIONS or (len(form) < 4 and not form[1:].isdigit()):
        return []
    found = [(taken + 1, form[1:])]
    if form.startswith("لل"):
        # للعراق is ل + العراق, and للجنة is ل + (ا)لجنة or ل + لجنة; whoever knows the word decides
        found.append((taken + 1, "ا" + form[1:]))
    return found


@lru_cache(maxsize=1 << 16)
def bare(form: str) -> str:
    """A word without conjunction, preposition and article: what lists of common words are asked for."""
    for prefix in ("وال", "فال", "بال", "كال", "ولل", "لل", "ال"):
        if form.startswith(prefix) and len(form) - len(prefix) >= 2:
            return form[len(prefix) :]
    if len(form) > 3 and form[0] == "و":
        return form[1:]
    return form
