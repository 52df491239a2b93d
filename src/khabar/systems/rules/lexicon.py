"""The data files of the rules, read once each on first use."""

from __future__ import annotations

from functools import cache

from khabar.systems.rules.reading import form

_FOLDER = "lexicons"


def _lines(name: str) -> list[str]:
    from importlib.resources import files  # costly to import, needed on the first call only

    text = files(__package__).joinpath(_FOLDER).joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def rows(name: str, columns: int) -> list[tuple[str, ...]]:
    """The rows of a table, each filled up to `columns` fields."""
    return [tuple((line.split("\t") + [""] * columns)[:columns]) for line in _lines(name)]


def cell(field: str) -> list[str]:
    """The folded surfaces of a field that separates them by bars."""
    return [surface for part in field.split("|") if (surface := form(part.strip()))]


@cache
def words(name: str) -> frozenset[str]:
    """A plain list of words, folded."""
    return frozenset(form(word) for line in _lines(name) for word in line.split())


@cache
def phrases(name: str) -> tuple[str, ...]:
    """A plain list of phrases separated by bars, folded."""
    return tuple(phrase for line in _lines(name) for phrase in cell(line))


@cache
def sections(name: str) -> dict[str, frozenset[str]]:
    """A list of words in sections, each headed by a line of one Latin word; the first has no name."""
    found: dict[str, set[str]] = {"": set()}
    section = ""
    for line in _lines(name):
        if line.isascii():
            section = line.strip()
        else:
            found.setdefault(section, set()).update(form(word) for word in line.split())
    return {name: frozenset(members) for name, members in found.items()}


def word_set(text: str) -> frozenset[str]:
    """A short list of folded words that belongs to the code beside it."""
    return frozenset(text.split())


def known_word(word: str) -> bool:
    """Whether a folded word is common Arabic, and so unlikely to be a part of a name."""
    return word in words("function_words.txt") or word in words("not_names.txt")
