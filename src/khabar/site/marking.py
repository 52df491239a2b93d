"""What is said of an article: marks for its text and notes for the margin, alike for gold and for a system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khabar.records import Claim, Dispute, PredictedNumber, PredictedSpan
from khabar.records.labels import Layer
from khabar.site.language import grouped
from khabar.site.naming import Names
from khabar.site.overlay import Mark
from khabar.text.grounding import Grounded, GroundedDocument, span_of
from khabar.text.passages import Passage
from khabar.text.terminal import harmless


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the margin. `words` are codes or amounts; `who` leads from the outermost source to the speaker."""

    layer: Layer
    start: int
    surface: str
    words: tuple[str, ...] = ()
    amount: str = ""
    unit: str = ""
    who: tuple[str, ...] = ()
    cue: str = ""
    link: str = ""
    """An issue's id."""
    aside: bool = False


def marks_of(placed: GroundedDocument) -> Iterator[Mark]:
    """Marks of the three layers of a document; what is nowhere in the text has none."""
    for entity in placed.entities:
        for start, end in entity.spans or ():
            said = entity.item
            about = " · ".join(harmless(str(each)) for each in (said.label, said.entity_id or said.name) if each)
            yield Mark(start, end, "entities", said.label, about, aside=not said.scored)
    for number in placed.numbers:
        for start, end in number.spans or ():
            said_of = " ".join(each for each in amount(number.item) if each)
            label = number.item.kind or "?"
            yield Mark(start, end, "numbers", label, f"{label} {said_of}".strip(), aside=not number.item.scored)
    for quote in placed.quotes:
        for start, end in quote.spans or ():
            yield Mark(start, end, "quotes", quote.item.type or "", quote.item.act or "", aside=not quote.item.scored)


def notes_of(placed: GroundedDocument, names: Names) -> Iterator[Note]:
    """Notes on numbers (with values) and quotes (with speakers and cues), in the order of the text."""
    text = placed.passage.text or ""
    for number in placed.numbers:
        value, unit = amount(number.item)
        codes = tuple(each for each in (number.item.kind, _modality(number.item)) if each)
        surface = _surface(number, text)
        yield Note("numbers", number.start, surface, codes, value, unit, aside=not number.item.scored)
    for quote in placed.quotes:
        said = quote.item
        chain = said.source_chain or (said.speaker,)
        cue = " … ".join(_words(part, text) for part in said.cue or ())
        who = tuple(names.as_written(each) for each in chain)
        codes = tuple(each for each in (said.type, said.act) if each)
        yield Note("quotes", quote.start, _surface(quote, text), codes, who=who, cue=cue, aside=not said.scored)


def marks_of_claims(claims: Sequence[Claim]) -> Iterator[Mark]:
    """Marks of gold's claims, each under its id."""
    for claim in claims:
        yield Mark(claim.start, claim.end, "conflicts", claim.position, claim.issue_id, anchor=claim.id)


def notes_of_disputes(disputes: Sequence[Dispute], passage: Passage) -> Iterator[tuple[Mark, Note]]:
    """Marks and notes of the places a system's disputes cite in a document."""
    for at, dispute in enumerate(disputes, start=1):
        for side in dispute.sides:
            for span in side.spans:
                found = span_of(span, passage) if span.doc_id == passage.doc_id else None
                if found is not None:
                    value = "" if side.value is None else harmless(str(side.value))
                    mark = Mark(*found, "conflicts", str(at), value)
                    words = (dispute.type,) if dispute.type else ()
                    surface = (passage.text or "")[found[0] : found[1]]
                    yield mark, Note("conflicts", found[0], surface, words, amount=value, cue=str(at))


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
    elif low is None or high is None:
        above = high is None
        closed = number.low_incl if above else number.high_incl
        sign = {(True, True): "≥", (True, False): ">", (False, True): "≤", (False, False): "<"}[above, bool(closed)]
        value = f"{sign} {low if above else high}"
    else:
        value = f"{low}–{high}"
    approximately = "≈ " if number.modality == "approx" and value else ""
    return approximately + value, harmless(number.unit or number.counted or "")


def _modality(number: PredictedNumber) -> str | None:
    return number.modality if number.modality not in (None, "exact", "approx") else None


def _surface(item: Grounded, text: str) -> str:  # type: ignore[type-arg]
    if item.spans:
        return " … ".join(text[start:end] for start, end in item.spans)
    return harmless(str(getattr(item.item, "text", None) or ""))


def _words(part: PredictedSpan, text: str) -> str:
    if part.start is not None and part.end is not None:
        return text[part.start : part.end]
    return harmless(part.text or "")
