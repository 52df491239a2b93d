"""The reader: an article paragraph by paragraph, with gold over its text, or where a system differs from it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from khabar.records import Claim, Document
from khabar.site.annotations import ArticleAnnotations, MarginNote, MarkKind, MarkupToken, TextMark, markup
from khabar.site.system import ArticleError
from khabar.text.spans import lines_of, zone_at


@dataclass(frozen=True, slots=True)
class ReaderParagraph:
    """A line of the article: its number from 1, its zone, its text with marks, and what stands in its margin."""

    number: int
    zone: str
    tokens: tuple[MarkupToken, ...]
    notes: tuple[MarginNote, ...] = ()
    claims: tuple[Claim, ...] = ()
    errors: tuple[ArticleError, ...] = ()


def of_gold(document: Document, gold: ArticleAnnotations, claims: Sequence[Claim]) -> list[ReaderParagraph]:
    """Lay out an article with all that gold says of it."""
    return [
        ReaderParagraph(
            number,
            zone_at(document.zones, start) or "body",
            tuple(markup(document.text, start, end, gold.marks)),
            notes=tuple(_here(gold.notes, lines, line)),
            claims=tuple(claim for claim in claims if _home(lines, claim.start) == line),
        )
        for lines in [_lines(document.text)]
        for line, (number, start, end) in enumerate(lines)
    ]


def compared(
    document: Document, gold: ArticleAnnotations, system: ArticleAnnotations, errors: Sequence[ArticleError]
) -> list[ReaderParagraph]:
    """Lay out an article with where a system differs from gold.

    A mark's label says how: `missed` and `wrong` are over gold's span, `false` and `said` (what a wrong reading says)
    over the system's; `agreed` is what both have. An error stands in the paragraph it begins in; one that is nowhere
    in none. Of disputes, which are of a story, the places that the system cites stand in the margin.
    """
    text, lines = document.text, _lines(document.text)
    marks = [*_differences(errors), *_agreed(gold, errors)]
    numbers = _numbers(text, errors)
    cited = [note for note in system.notes if note.layer == "conflicts"]
    return [
        ReaderParagraph(
            number,
            zone_at(document.zones, start) or "body",
            tuple(markup(text, start, end, marks, numbers)),
            notes=tuple(_here(cited, lines, line)),
            errors=tuple(error for error in errors if error.start >= 0 and _home(lines, error.start) == line),
        )
        for line, (number, start, end) in enumerate(lines)
    ]


def paragraph_at(text: str, start: int) -> int:
    """Number of the paragraph that something starting at an offset is shown with."""
    lines = _lines(text)
    return lines[_home(lines, start)][0]


def _differences(errors: Iterable[ArticleError]) -> Iterator[TextMark]:
    for error in errors:
        number = str(error.number)
        if error.gold_span is not None:
            yield TextMark(*error.gold_span, error.layer, error.outcome, anchor=number)
        if error.predicted_span is not None and error.predicted_span != error.gold_span:
            label = "said" if error.gold_span is not None else error.outcome
            yield TextMark(*error.predicted_span, error.layer, label, anchor=number)


def _agreed(gold: ArticleAnnotations, errors: Sequence[ArticleError]) -> Iterator[TextMark]:
    """Gold's marks that no error is about."""
    spans: dict[MarkKind, list[tuple[int, int]]] = defaultdict(list)
    for error in errors:
        if error.gold_span is not None:
            spans[error.layer].append(error.gold_span)
    for mark in gold.marks:
        if mark.layer in ("altered", "conflicts") or mark.aside:
            continue
        if not any(start <= mark.start and mark.end <= end for start, end in spans[mark.layer]):
            yield TextMark(mark.start, mark.end, mark.layer, "agreed", f"{mark.label} {mark.about}".strip())


Lines = Sequence[tuple[int, int, int]]
"""Lines that are not blank: number from 1, start and end."""


def _here(notes: Iterable[MarginNote], lines: Lines, line: int) -> Iterator[MarginNote]:
    return (note for note in notes if note.start >= 0 and _home(lines, note.start) == line)


def _home(lines: Lines, start: int) -> int:
    """Which line something that starts here stands with; what starts between two stands with the second."""
    return min(bisect_right([end for _, _, end in lines], start), len(lines) - 1)


def _lines(text: str) -> list[tuple[int, int, int]]:
    lines = enumerate(lines_of(text), start=1)
    return [(number, start, start + len(line)) for number, (start, line) in lines if line.strip()]


def _numbers(text: str, errors: Iterable[ArticleError]) -> Mapping[int, list[int]]:
    """Numbers of errors by where they are shown: behind the last character, but space, of what they are about."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for error in errors:
        span = error.gold_span or error.predicted_span
        if span is not None:
            numbers[len(text[: span[1]].rstrip())].append(error.number)
    return numbers
