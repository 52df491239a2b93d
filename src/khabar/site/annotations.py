"""What is annotated in an article: marks for its text and notes for its margin, alike for gold and for a system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khabar.corpus.contrast import AlteredSpan
from khabar.records import Annotations, Claim, Dispute, PredictedNumber, PredictedSpan
from khabar.records.labels import Layer
from khabar.site.language import grouped
from khabar.site.markup import TextMark
from khabar.site.names import Names
from khabar.text.grounding import Grounded, GroundedDocument, span_of
from khabar.text.passages import Passage
from khabar.text.terminal import harmless


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
    gold: GroundedDocument, claims: Sequence[Claim], names: Names, altered: Sequence[AlteredSpan] = ()
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
    annotations: Annotations, disputes: Sequence[Dispute], passage: Passage, names: Names, layers: Sequence[Layer]
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


def _notes(document: GroundedDocument, names: Names) -> Iterator[MarginNote]:
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
        cue = " … ".join(_words(part, text) for part in row.cue or ())
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


def amount(number: PredictedNumber) -> tuple[str, str]:
    """A number's value and unit as signs: `≈ 14,000`, `> 5`, `10,000–12,000`; a date's resolved EDTF."""
    if number.kind == "date":
        return harmless(number.edtf or number.edtf_literal or ""), ""
    if number.kind == "ident":
        return "", ""
    low, high = (None if end is None else grouped(harmless(str(end))) for end in (number.low, number.high))
    if low is None and high is None:
        value = ""
    elif low == high:
        value = low or ""
    elif high is None:
        value = f"{'≥' if number.low_incl else '>'} {low}"
    elif low is None:
        value = f"{'≤' if number.high_incl else '<'} {high}"
    else:
        value = f"{low}–{high}"
    approximately = "≈ " if number.modality == "approx" and value else ""
    return approximately + value, harmless(number.unit or number.counted or "")


def _surface(item: Grounded, text: str) -> str:  # type: ignore[type-arg]
    if item.spans:
        return " … ".join(text[start:end] for start, end in item.spans)
    return harmless(str(getattr(item.item, "text", None) or ""))


def _words(part: PredictedSpan, text: str) -> str:
    if part.start is not None and part.end is not None:
        return text[part.start : part.end]
    return harmless(part.text or "")
