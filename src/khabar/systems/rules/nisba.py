"""Inflection of the adjective of belonging: روسي, روسية, الروسيين … from its stem."""

from __future__ import annotations

_ENDINGS = ("", "ه", "ين", "ون", "ات", "ان", "ا", "تين")
_ARTICLE = "ال"


def inflected(stems: list[str], peoples: list[str]) -> list[str]:
    """The folded surfaces of nationality adjectives and of the plurals and peoples that stand as they are."""
    found: list[str] = []
    for stem in stems:
        found += _forms(stem)
    for people in peoples:
        found += [people] if people.startswith(_ARTICLE) else [_ARTICLE + people, people]
    return list(dict.fromkeys(found))


def _forms(stem: str) -> list[str]:
    words = stem.split(" ")
    found = []
    for ending in _ENDINGS:
        if words[0] == "جنوب":
            # جنوب أفريقي: only the last word inflects
            indefinite = f"{words[0]} {words[1]}{ending}"
            found += [indefinite, f"{_ARTICLE}{indefinite}", f"{words[0]} {_ARTICLE}{words[1]}{ending}"]
        else:
            found.append(" ".join(word + ending for word in words))
            found.append(" ".join(_ARTICLE + word + ending for word in words))
    return found
