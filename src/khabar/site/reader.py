"""The reader: an article paragraph by paragraph, gold's layers over its text, and a system's beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from khabar.records import Claim, Document
from khabar.site.annotations import ArticleAnnotations, MarginNote
from khabar.site.errors import ArticleError
from khabar.site.markup import MarkupToken, markup


@dataclass(frozen=True, slots=True)
class AnnotatedParagraph:
    """A paragraph as one side annotates it."""

    tokens: tuple[MarkupToken, ...]
    notes: tuple[MarginNote, ...]


@dataclass(frozen=True, slots=True)
class ReaderParagraph:
    """A line of the article: its number from 1 and zone; `system` is None where gold stands alone."""

    number: int
    zone: str
    gold: AnnotatedParagraph
    system: AnnotatedParagraph | None
    errors: tuple[ArticleError, ...]
    claims: tuple[Claim, ...]


def paragraphs(
    document: Document,
    gold: ArticleAnnotations,
    claims: Sequence[Claim],
    system: ArticleAnnotations | None = None,
    errors: Sequence[ArticleError] = (),
) -> list[ReaderParagraph]:
    """Lay out an article. An error stands in the paragraph it begins in; one that is nowhere stands in none."""
    text = document.text
    of_gold = _numbers(text, ((error.gold_end, error.number) for error in errors))
    of_system = _numbers(text, ((error.predicted_end, error.number) for error in errors))
    lines = _lines(text)
    ends = [end for _, _, end in lines]

    def annotated(side: ArticleAnnotations, numbers: Mapping[int, Sequence[int]], line: int) -> AnnotatedParagraph:
        _, start, end = lines[line]
        notes = tuple(note for note in side.notes if note.start >= 0 and _home(ends, note.start) == line)
        return AnnotatedParagraph(tuple(markup(text, start, end, side.marks, numbers)), notes)

    return [
        ReaderParagraph(
            number,
            next((zone.zone for zone in document.zones if zone.start <= start < zone.end), "body"),
            annotated(gold, of_gold, line),
            None if system is None else annotated(system, of_system, line),
            tuple(error for error in errors if error.start >= 0 and _home(ends, error.start) == line),
            tuple(claim for claim in claims if _home(ends, claim.start) == line),
        )
        for line, (number, start, _) in enumerate(lines)
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
    lines, start = [], 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            lines.append((number, start, start + len(line)))
        start += len(line) + 1
    return lines


def _numbers(text: str, ends: Iterable[tuple[int | None, int]]) -> dict[int, list[int]]:
    """Numbers of errors by where they are shown: behind the last character, but space, of what they are about."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for end, number in ends:
        if end is not None:
            numbers[len(text[:end].rstrip())].append(number)
    return numbers
