"""An article in a terminal: its text with spans marked, and under each paragraph what the layers say of it.

Under them may stand what a system got wrong there, a line an error. Such a line is read right to left: gold, an arrow,
what was predicted, and the cause. Each part is isolated, so that Latin and Arabic do not move each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import category

from khabar.records import Claim, Document, Entity, Number, Quote, Row
from khabar.records.labels import Layer

if TYPE_CHECKING:
    from khabar.records.errors import Error

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
    start: int = 0
    """Where the line begins in the text."""


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
            found.append(Paragraph(number, zone, _marked(document.text, start, end, marks), notes, start))
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


RIGHT_TO_LEFT, ISOLATE, POP = "\u200f", "\u2068", "\u2069"
NOTHING = "∅"
"""Stands for gold that is missing of a false alarm, and for the prediction that is missing of a missed row."""


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """An error as a line: its layer, what is gold, what was predicted, and why that is wrong."""

    layer: Layer
    gold: str
    predicted: str
    cause: str

    def __str__(self) -> str:
        parts = (self.gold, "←", self.predicted, f"({self.layer}: {self.cause})")
        return RIGHT_TO_LEFT + "  ".join(part if part == "←" else ISOLATE + part + POP for part in parts)


def errors_under(document: Document, errors: Iterable[Error], shown: Sequence[Paragraph]) -> dict[int, list[ErrorLine]]:
    """Lay out a document's errors under the numbers of its paragraphs; 0 holds those that are nowhere in them.

    An error of a story stands under each paragraph of this document that it cites.
    """
    under: dict[int, list[ErrorLine]] = {}
    for error in errors:
        if error.doc_id is None:
            starts = [paragraph.start for paragraph in error.context if paragraph.doc_id == document.doc_id]
        else:
            starts = [error.offset] if error.doc_id == document.doc_id else []
        for start in starts:
            number = next((p.number for p in reversed(shown) if 0 <= p.start <= start <= len(document.text)), 0)
            under.setdefault(number, []).append(error_line(error))
    return under


def error_line(error: Error) -> ErrorLine:
    """Put an error into words."""
    return ErrorLine(error.layer, _told(error.gold, error.layer), _told(error.predicted, error.layer), error.cause)


def _told(row: Mapping[str, Any] | None, layer: Layer) -> str:
    """Say a row or prediction of a file of errors: its surface and what matters of it, as one harmless line."""
    if row is None:
        return NOTHING
    if layer == "conflicts":
        said = [row.get("issue_id"), row.get("type"), _values(row.get("sides"))]
    elif layer == "entities":
        said = [row.get("text"), row.get("label")]
    elif layer == "numbers":
        bounds = dict.fromkeys(str(row[key]) for key in ("low", "high") if row.get(key) is not None)
        value = row.get("edtf") or row.get("edtf_literal") or "–".join(bounds)
        said = [row.get("text"), row.get("kind"), row.get("modality"), value, row.get("unit")]
    else:
        said = [f"«{_shortened(str(row.get('text') or ''))}»", _speaker(row.get("speaker"))]
    return harmless(" ".join(str(part) for part in said if part) or NOTHING)


def _values(sides: object) -> str:
    """The values of a predicted dispute's sides, one against the other."""
    sides = sides if isinstance(sides, list) else []
    return " / ".join(str(side.get("value")) for side in sides if isinstance(side, Mapping) and side.get("value"))


def _speaker(source: object) -> str:
    """What names a speaker: a key, or the first that a system gives of what the scorer reads."""
    if isinstance(source, Mapping):
        return next((str(source[key]) for key in ("name", "text", "wikidata", "entity_id") if source.get(key)), "?")
    return str(source or "?")


def _shortened(text: str, longest: int = 60) -> str:
    """The beginning and the end of a long quote, which is where its bounds are to be seen."""
    return text if len(text) <= longest else f"{text[: longest // 2].rstrip()} … {text[-longest // 2 :].lstrip()}"


def harmless(text: str) -> str:
    """Escape what would move the cursor or break out of its isolate: control characters and marks of direction."""
    return "".join(
        repr(each)[1:-1] if category(each) in ("Cc", "Cs", "Zl", "Zp") or each in _TURNS else each for each in text
    )


_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Embeddings, overrides and isolates."""
