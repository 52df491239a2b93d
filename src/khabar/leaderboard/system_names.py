"""Names of systems: which may stand in a folder's name, and which pass for another's."""

from __future__ import annotations

import re
from functools import cache
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

_LETTERS = ("Lu", "Ll", "Lt", "Lo")
_MARK = "\u200e"
"""Stands around right-to-left characters in the table of confusables."""


def key_problem(key: str) -> str | None:
    """Say what is wrong with a system's key; None if nothing is."""
    if not _KEY.fullmatch(key):
        return f"{key!a} is not lower-case letters and digits with single - _ . between"
    if len(key) > LONGEST_KEY:
        return f"{key!r} has {len(key)} characters, where {LONGEST_KEY} are the most"
    return f"{key!r} is a device on Windows" if key.split(".")[0] in _DEVICES else None


def mixed_scripts(text: str) -> str | None:
    """Say which scripts' letters a text mixes, each with its first letter; None if they may stand together."""
    first = _scripts(text)
    if len(first) < 2 or any(together.issuperset(first) for together in _TOGETHER):
        return None
    return " and ".join(f"{script.title()} ({letter!a})" for script, letter in first.items())


def disguised(text: str) -> str | None:
    """Say which other script's letters a text is written in that all look like Latin ones; None if it is not."""
    scripts = _scripts(text)
    if len(scripts) != 1 or any(together.issuperset(scripts) for together in _TOGETHER):
        return None
    look = [skeleton(character) for character in normalize("NFKC", text) if category(character) in _LETTERS]
    [script] = scripts
    return script.title() if all(each.isascii() and each.isalpha() for each in look) else None


def readings(shown: str) -> set[str]:
    """How a name may be read, whatever its case, width, spaces and punctuation, and with look-alikes for each other."""
    return {_folded(shown), _folded(skeleton(shown)), skeleton(_folded(shown))}


def skeleton(text: str) -> str:
    """A text with each character replaced by the prototype of those it is confusable with (UTS #39)."""
    prototypes = _prototypes()
    return "".join(prototypes.get(character, character) for character in normalize("NFKC", text))


def _folded(shown: str) -> str:
    folded = normalize("NFKC", normalize("NFKC", shown).casefold())
    return "".join(character for character in folded if character.isalnum())


def _scripts(text: str) -> dict[str, str]:
    """The first letter of each script in a text.

    A letter's script is the first word of its name in the Unicode Character Database, after NFKC.
    """
    first: dict[str, str] = {}
    for character in normalize("NFKC", text):
        if category(character) in _LETTERS:
            first.setdefault(name(character, "unnamed").split()[0], character)
    return first


@cache
def _prototypes() -> dict[str, str]:
    """The prototype of each confusable character. Of a pair that stands alone, the first in code point order."""
    from confusable_homoglyphs.confusables import confusables_data

    classes = {
        text.strip(_MARK): [entry["c"].strip(_MARK) for entry in entries] for text, entries in confusables_data.items()
    }
    prototypes = {}
    for text, others in classes.items():
        if len(text) == 1 and len(others) == 1:  # a prototype has its whole class, what it stands for has it alone
            [other] = others
            prototypes[text] = min(text, other) if len(classes.get(other, ())) == 1 else other
    return prototypes
