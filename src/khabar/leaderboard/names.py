"""Names of systems: which may stand in a folder's name, and which pass for another's."""

from __future__ import annotations

import re
from unicodedata import category, name, normalize

LONGEST_KEY = 64
_KEY = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*", re.ASCII)
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that are devices on Windows, whatever their ending."""
_TOGETHER = (
    frozenset({"LATIN", "ARABIC"}),
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}),
)
"""Scripts that may stand in one name: none of the others' letters look like Latin ones, or like each other."""


def key_problem(key: str) -> str | None:
    """Say what is wrong with a system's key; None if nothing is."""
    if not _KEY.fullmatch(key):
        return f"{key!a} is not lower-case letters and digits with single - _ . between"
    if len(key) > LONGEST_KEY:
        return f"{key!r} has {len(key)} characters, where {LONGEST_KEY} are the most"
    return f"{key!r} is a device on Windows" if key.split(".")[0] in _DEVICES else None


def mixed_scripts(text: str) -> str | None:
    """Say which scripts' letters a text mixes, each with its first letter; None if they may stand together.

    A letter's script is the first word of its name in the Unicode Character Database, after NFKC.
    """
    first: dict[str, str] = {}
    for character in normalize("NFKC", text):
        if category(character) in ("Lu", "Ll", "Lt", "Lo"):
            first.setdefault(name(character, "unnamed").split()[0], character)
    if len(first) < 2 or any(together.issuperset(first) for together in _TOGETHER):
        return None
    return " and ".join(f"{script.title()} ({letter!a})" for script, letter in first.items())


def reading_of(shown: str) -> str:
    """How a name reads, whatever its case, width, spaces and punctuation."""
    folded = normalize("NFKC", normalize("NFKC", shown).casefold())
    return "".join(character for character in folded if character.isalnum())
