"""An article in a terminal: its text with spans marked, and under each paragraph what the layers say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from khabar.records import Claim, Document, Entity, Number, Quote, Row
from khabar.records.labels import Layer

MARKS: dict[Layer, tuple[str, str]] = {"entities": ("[", "]"), "numbers": ("{", "}"), "quotes": ("«", "»")}
"""What a layer's spans are put between."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the article: its number from 1, zone, text with marks, and one line for each thing said of it."""

    number: int
    zone: str
    text: str
    notes: tuple[tuple[str, str], ...]
    """(layer, words)"""


def paragraphs(document: Document, rows: Mapping[str, Sequence[Row]], layers: Sequence[Layer]) -> list[Paragraph]:
    """Lay out a document. `rows` are those of its corpus split; only this document's are shown."""
    mine = {
        config: [row for row in found if getattr(row, "doc_id", None) == document.doc_id]
        for config, found in rows.items()
    }
    found: list[Paragraph] = []
    start = 0
    for number, line in enumerate(document.text.split("\n"), start=1):
        end = start + len(line)
        if line.strip():
            inside = [row for config in ("entities", "numbers", "quotes", "claims") for row in mine.get(config, ())]
            here = [row for row in inside if start <= _start(row) <= end]
            zone = next((zone.zone for zone in document.zones if zone.start <= start < zone.end), "body")
            marks = [mark for row in here for mark in _marks(row, layers)]
            notes = tuple(note for row in here for note in _notes(row, layers))
            found.append(Paragraph(number, zone, _marked(document.text, start, end, marks), notes))
        start = end + 1
    return found


def _start(row: Row) -> int:
    if isinstance(row, Quote):
        return row.content[0].start if row.content else row.cue[0].start
    return row.start if isinstance(row, (Entity, Number, Claim)) else -1


def _marks(row: Row, layers: Sequence[Layer]) -> Iterable[tuple[int, int, Layer]]:
    if isinstance(row, Entity) and "entities" in layers:
        yield row.start, row.end, "entities"
    elif isinstance(row, Number) and "numbers" in layers:
        yield row.start, row.end, "numbers"
    elif isinstance(row, Quote) and "quotes" in layers and row.scored:
        for span in row.content:
            yield span.start, span.end, "quotes"


def _marked(text: str, start: int, end: int, marks: Iterable[tuple[int, int, Layer]]) -> str:
    """Put marks around spans; where several begin or end together the longer one is outside."""
    opening: dict[int, list[tuple[int, int, Layer]]] = {}
    closing: dict[int, list[tuple[int, int, Layer]]] = {}
    rank = {layer: place for place, layer in enumerate(("quotes", "entities", "numbers"))}
    for first, last, layer in marks:
        opening.setdefault(first, []).append((-last, rank[layer], layer))
        closing.setdefault(min(last, end), []).append((-first, -rank[layer], layer))
    out: list[str] = []
    for at in range(start, end + 1):
        out += [MARKS[layer][1] for _, _, layer in sorted(closing.get(at, ()))]
        out += [MARKS[layer][0] for _, _, layer in sorted(opening.get(at, ()))]
        out.append(text[at] if at < end else "")
    return "".join(out)


def _notes(row: Row, layers: Sequence[Layer]) -> Iterable[tuple[str, str]]:
    aside = "" if getattr(row, "scored", True) else " (not scored)"
    if isinstance(row, Entity) and "entities" in layers:
        yield "entities", f"{row.text}  {row.label}  {row.entity_id}{aside}"
    elif isinstance(row, Number) and "numbers" in layers:
        yield "numbers", f"{row.text}  {row.kind}  {_value(row)}{aside}"
    elif isinstance(row, Quote) and "quotes" in layers:
        chain = " ← ".join(row.source_chain or (row.speaker,))
        cue = " … ".join(span.text for span in row.cue) or "–"
        said = " … ".join(span.text for span in row.content)
        yield "quotes", f"{chain}  {cue}: {said}  ({row.type}){aside}"
    elif isinstance(row, Claim) and "conflicts" in layers:
        yield "conflicts", f"{row.issue_id}/{row.position}  {row.source}: {row.text}  = {row.value or '?'}"


def _value(row: Number) -> str:
    if row.kind == "date":
        return row.edtf or row.edtf_literal or "?"
    if row.kind == "ident":
        return "no quantity"
    opens, closes = "[" if row.low_incl else "(", "]" if row.high_incl else ")"
    exact = row.low is not None and row.low == row.high
    value = row.low if exact else f"{opens}{row.low or '−∞'}, {row.high or '∞'}{closes}"
    return " ".join(part for part in (row.modality, value, row.unit) if part)
