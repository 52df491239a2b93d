"""A mention as the passes hand it to each other: a span of tokens, its offsets, its label and key."""

from __future__ import annotations

import msgspec

from khabar.records.labels import EntityLabel
from khabar.systems.rules.gazetteer import Match
from khabar.systems.rules.reading import Reading


class Mention(msgspec.Struct, frozen=True):
    """Tokens `[first, last)` and code points `[start, end)`. `gender` is that of a verb that has it as subject."""

    first: int
    last: int
    start: int
    end: int
    label: EntityLabel
    key: str = ""
    gender: str = ""
    listed: bool = False
    """Whether the whole surface is in the gazetteer."""


def mention(
    reading: Reading, first: int, last: int, skip: int, label: EntityLabel, key: str = "", gender: str = ""
) -> Mention:
    """A mention over tokens `[first, last)`, after `skip` letters of clitics."""
    return Mention(first, last, reading.start_after(first, skip), reading.ends[last - 1], label, key, gender)


def from_match(reading: Reading, match: Match) -> Mention:
    """A mention of a name the gazetteer holds."""
    entry = match.entry
    gender = "f" if entry.female or entry.label == "GPE" else "m" if entry.label == "PERS" else ""
    start = reading.start_after(match.first, match.skip)
    return Mention(match.first, match.last, start, reading.ends[match.last - 1], entry.label, entry.key, gender, True)
