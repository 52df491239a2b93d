"""The reader: an article paragraph by paragraph, gold's layers over its text, and a system's beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from khabar.records import Claim, Document
from khabar.records.labels import LAYERS, Layer
from khabar.site.faults import Fault
from khabar.site.marking import Note
from khabar.site.overlay import Mark, Token, overlay


@dataclass(frozen=True, slots=True)
class Side:
    """A paragraph as one side sees it."""

    tokens: tuple[Token, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the article: its number from 1 and zone; `system` is None where gold stands alone."""

    number: int
    zone: str
    gold: Side
    system: Side | None
    faults: tuple[Fault, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """All marks and notes of an article by one side."""

    marks: tuple[Mark, ...]
    notes: tuple[Note, ...]


def paragraphs(
    document: Document, gold: Said, claims: Sequence[Claim], system: Said | None = None, faults: Sequence[Fault] = ()
) -> list[Paragraph]:
    """Lay out an article. A fault stands in the paragraph it begins in; one that is nowhere stands in none."""
    missed = _numbers(document.text, ((fault.gold_end, fault) for fault in faults if fault.gold_end is not None))
    false = _numbers(
        document.text, ((fault.predicted_end, fault) for fault in faults if fault.predicted_end is not None)
    )
    lines = _lines(document.text)
    ends = [end for _, _, end in lines]

    def side(said: Said, told: Mapping[int, Sequence[int]], at: int) -> Side:
        _, start, end = lines[at]
        notes = tuple(note for note in said.notes if note.start >= 0 and _home(ends, note.start) == at)
        return Side(tuple(overlay(document.text, start, end, said.marks, told)), notes)

    return [
        Paragraph(
            number,
            next((zone.zone for zone in document.zones if zone.start <= start < zone.end), "body"),
            side(gold, missed, at),
            None if system is None else side(system, false, at),
            tuple(fault for fault in faults if fault.start >= 0 and _home(ends, fault.start) == at),
            tuple(claim for claim in claims if _home(ends, claim.start) == at),
        )
        for at, (number, start, _) in enumerate(lines)
    ]


def paragraph_at(text: str, start: int) -> int:
    """Number of the paragraph that something starting at an offset is shown with."""
    lines = _lines(text)
    return lines[_home([end for _, _, end in lines], start)][0]


def _home(ends: Sequence[int], start: int) -> int:
    """Which line something that starts here stands with; what starts between two stands with the second."""
    return min(bisect_right(ends, start), len(ends) - 1)


def _lines(text: str) -> list[tuple[int, int, int]]:
    """Lines that are not blank: number from 1, start and end."""
    found, start = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            found.append((number, start, start + len(line)))
        start += len(line) + 1
    return found


def nowhere(faults: Iterable[Fault]) -> list[Fault]:
    """Faults that have no place in the text: strings that are not in it."""
    return [fault for fault in faults if fault.start < 0]


def by_cause(faults: Iterable[Fault]) -> dict[tuple[Layer, str], list[Fault]]:
    """Faults by layer and cause, in the order they are met."""
    found: dict[tuple[Layer, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        found[fault.layer, fault.cause].append(fault)
    return dict(sorted(found.items(), key=lambda entry: (LAYERS.index(entry[0][0]), -len(entry[1]), entry[0][1])))


def _numbers(text: str, ends: Iterable[tuple[int, Fault]]) -> dict[int, list[int]]:
    """Numbers of faults by where they are told: behind the last character, other than space, of what they are about."""
    found: dict[int, list[int]] = defaultdict(list)
    for end, fault in ends:
        found[len(text[:end].rstrip())].append(fault.number)
    return found
