"""What is annotated in an article: marks for its text and notes for its margin, alike for gold and for a system.

Marks are laid over a text as inline markup: spans that nest, cross and split, as a flat run of openings, words and
closings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from khabar.corpus.contrast import AlteredSpan
from khabar.records import Annotations, Claim, Dispute, PredictedSpan
from khabar.records.labels import Layer
from khabar.site.language import SpeakerNames
from khabar.text.grounding import Grounded, GroundedDocument, span_of
from khabar.text.spans import Passage
from khabar.text.terminal import harmless
from khabar.text.wording import BETWEEN, amount

MarkKind = Layer | Literal["altered"]
"""What a mark is of: a layer, or an edit."""
_OUTSIDE: tuple[MarkKind, ...] = ("conflicts", "altered", "quotes", "entities", "numbers")
"""Of equal stretches, whose mark holds the other."""
_HIGHEST = 3


@dataclass(frozen=True, slots=True)
class TextMark:
    """A stretch of a text of which a layer says something: `label` in a word or code, `about` at more length.

    An edit is marked too, in the articles of a contrast set.
    """

    start: int
    end: int
    layer: MarkKind
    label: str = ""
    about: str = ""
    anchor: str = ""
    aside: bool = False
    """Whether gold does not score it."""


@dataclass(frozen=True, slots=True)
class MarkupToken:
    """One step of a text with marks: words, a mark that opens or closes, or a reference to an error by its number."""

    text: str = ""
    opens: TextMark | None = None
    height: int = 0
    """How many entities stand within, so that their lines stand one under the other."""
    first: bool = False
    last: bool = False
    """Whether a mark that was split begins, or ends, here."""
    closes: bool = False
    error: int = 0


def markup(
    text: str, start: int, end: int, marks: Iterable[TextMark], errors: Mapping[int, Sequence[int]] | None = None
) -> list[MarkupToken]:
    """Lay marks over `text[start:end]`, clipped to it. `errors` gives, by offset, the numbers of errors told there.

    Where two marks cross, the inner one is closed and opened again, so that what comes out nests.
    """
    errors = errors or {}
    here = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    heights = _heights(here)
    bounds = {start, end, *(at for at in errors if start < at <= end)}
    bounds |= {min(max(at, start), end) for mark in here for at in (mark.start, mark.end)}
    order = sorted(bounds)
    tokens: list[MarkupToken] = []
    opened: list[TextMark] = []
    for index, offset in enumerate(order):
        again: list[TextMark] = []
        while any(min(mark.end, end) <= offset for mark in opened):
            mark = opened.pop()
            tokens.append(MarkupToken(closes=True))
            if min(mark.end, end) > offset:
                again.append(mark)
        if offset > start:  # an error told at the very start is of what ends there, in the paragraph before
            tokens += [MarkupToken(error=number) for number in errors.get(offset, ())]
        if offset == end:
            break
        fresh = [mark for mark in here if max(mark.start, start) == offset]
        following = order[index + 1]
        for mark in (*reversed(again), *sorted(fresh, key=_outer_first)):
            last = not _splits(opened, mark, end)
            opened.append(mark)
            tokens.append(MarkupToken(opens=mark, height=heights[mark], first=mark in fresh, last=last))
        tokens.append(MarkupToken(text[offset:following]))
    return tokens


def _outer_first(mark: TextMark) -> tuple[int, int, str, str]:
    return -mark.end, _OUTSIDE.index(mark.layer), mark.label, mark.anchor


def _splits(holders: Sequence[TextMark], mark: TextMark, end: int) -> bool:
    """Whether a mark will be closed and opened again, since one that holds it ends first."""
    return any(min(holder.end, end) < min(mark.end, end) for holder in holders)


def _heights(marks: Sequence[TextMark]) -> dict[TextMark, int]:
    """For each entity, how many entities stand within one another inside it."""
    heights: dict[TextMark, int] = {}
    for mark in sorted(marks, key=lambda each: (each.end - each.start, each.label)):
        within = [
            height + 1
            for other, height in heights.items()
            if mark.layer == other.layer == "entities" and mark.start <= other.start and other.end <= mark.end
        ]
        heights[mark] = min(max(within, default=0), _HIGHEST)
    return heights


@dataclass(frozen=True, slots=True)
class MarginNote:
    """A line of the margin. `words` are codes or amounts; `who` leads from the outermost source to the speaker."""

    layer: Layer
    start: int
    surface: str
    words: tuple[str, ...] = ()
    amount: str = ""
    unit: str = ""
    who: tuple[str, ...] = ()
    cue: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class ArticleAnnotations:
    """All marks and notes of an article by one side, notes in the order of the text."""

    marks: tuple[TextMark, ...]
    notes: tuple[MarginNote, ...]


def of_gold(
    gold: GroundedDocument, claims: Sequence[Claim], names: SpeakerNames, altered: Sequence[AlteredSpan] = ()
) -> ArticleAnnotations:
    """Gold's annotations of an article, each claim marked under its id, and what is altered in it."""
    in_claims = (
        TextMark(claim.start, claim.end, "conflicts", claim.position, claim.issue_id, anchor=claim.id)
        for claim in claims
    )
    return ArticleAnnotations((*_marks(gold), *in_claims, *map(mark_of, altered)), _in_order(_notes(gold, names)))


def mark_of(span: AlteredSpan) -> TextMark:
    """The mark of an edit: what stood there before. A deletion is marked on the character before it."""
    start = span.start if span.start < span.end else max(span.start - 1, 0)
    return TextMark(start, max(span.end, start + 1), "altered", "altered", span.before)


def of_system(
    annotations: Annotations,
    disputes: Sequence[Dispute],
    passage: Passage,
    names: SpeakerNames,
    layers: Sequence[Layer],
) -> ArticleAnnotations:
    """A system's annotations of an article on some layers; `disputes` are those of its story."""
    grounded = GroundedDocument(annotations, passage)
    cited = list(_cited(disputes, passage))
    marks = (*_marks(grounded), *(mark for mark, _ in cited))
    notes = (*_notes(grounded, names), *(note for _, note in cited))
    return ArticleAnnotations(
        tuple(mark for mark in marks if mark.layer in layers),
        _in_order(note for note in notes if note.layer in layers),
    )


def _in_order(notes: Iterator[MarginNote]) -> tuple[MarginNote, ...]:
    return tuple(sorted(notes, key=lambda note: note.start))


def _marks(document: GroundedDocument) -> Iterator[TextMark]:
    """Marks of the three layers of a document; what is nowhere in the text has none."""
    for entity in document.entities:
        row = entity.item
        about = " · ".join(harmless(str(part)) for part in (row.label, row.entity_id or row.name) if part)
        for start, end in entity.spans or ():
            yield TextMark(start, end, "entities", row.label, about, aside=not row.scored)
    for number in document.numbers:
        kind = number.item.kind or "?"
        about = " ".join(part for part in (kind, *amount(number.item)) if part)
        for start, end in number.spans or ():
            yield TextMark(start, end, "numbers", kind, about, aside=not number.item.scored)
    for quote in document.quotes:
        for start, end in quote.spans or ():
            yield TextMark(
                start, end, "quotes", quote.item.type or "", quote.item.act or "", aside=not quote.item.scored
            )


def _notes(document: GroundedDocument, names: SpeakerNames) -> Iterator[MarginNote]:
    """Notes on numbers (with values) and on quotes (with speakers and cues)."""
    text = document.passage.text or ""
    for number in document.numbers:
        value, unit = amount(number.item)
        modality = number.item.modality if number.item.modality not in ("exact", "approx") else None
        codes = tuple(code for code in (number.item.kind, modality) if code)
        surface = _surface(number, text)
        yield MarginNote("numbers", number.start, surface, codes, value, unit, aside=not number.item.scored)
    for quote in document.quotes:
        row = quote.item
        cue = BETWEEN.join(_words(part, text) for part in row.cue or ())
        who = tuple(names.as_written(source) for source in row.source_chain or (row.speaker,))
        words = tuple(code for code in (row.type, row.act) if code)
        yield MarginNote("quotes", quote.start, _surface(quote, text), words, who=who, cue=cue, aside=not row.scored)


def _cited(disputes: Sequence[Dispute], passage: Passage) -> Iterator[tuple[TextMark, MarginNote]]:
    """Marks and notes of the places that disputes cite in a document."""
    for number, dispute in enumerate(disputes, start=1):
        for side in dispute.sides:
            value = "" if side.value is None else harmless(str(side.value))
            for span in side.spans:
                place = span_of(span, passage) if span.doc_id == passage.doc_id else None
                if place is not None:
                    words = (dispute.type,) if dispute.type else ()
                    surface = (passage.text or "")[place[0] : place[1]]
                    note = MarginNote("conflicts", place[0], surface, words, amount=value, cue=str(number))
                    yield TextMark(*place, "conflicts", str(number), value), note


def _surface(item: Grounded, text: str) -> str:  # type: ignore[type-arg]
    if item.spans:
        return BETWEEN.join(text[start:end] for start, end in item.spans)
    return harmless(str(getattr(item.item, "text", None) or ""))


def _words(part: PredictedSpan, text: str) -> str:
    if part.start is not None and part.end is not None:
        return text[part.start : part.end]
    return harmless(part.text or "")
