"""An error in lines: its layer and cause, what is gold, and what was predicted.

Each line begins with Latin and ends with its one piece of Arabic, which is isolated: it reads in terminals that set
Arabic from right to left and in those that do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from khabar.records.errors import Error
from khabar.records.labels import Layer
from khabar.text.terminal import NOTHING, harmless, isolated, shortened

_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """An error in words; `NOTHING` stands for gold that a false alarm lacks, and for the prediction of a miss."""

    layer: Layer
    gold: str
    predicted: str
    cause: str

    def __str__(self) -> str:
        lines = [f"{self.layer}: {self.cause}"]
        lines += [
            f"  {whose:<5}  {isolated(words)}"
            for whose, words in (("gold", self.gold), ("yours", self.predicted))
            if words != NOTHING
        ]
        return "\n".join(lines)


def error_line(error: Error) -> ErrorLine:
    """Put an error into words."""
    return ErrorLine(error.layer, _words(error.gold, error.layer), _words(error.predicted, error.layer), error.cause)


def _words(row: Mapping[str, Any] | None, layer: Layer) -> str:
    """A row or prediction of a file of errors: its surface and what matters of it, as one harmless line."""
    if row is None:
        return NOTHING
    if layer == "conflicts":
        words = [row.get("flip"), row.get("direction"), row.get("issue_id"), row.get("type"), _values(row.get("sides"))]
        words += [f"{record['type']} ({record['story']})" for record in row.get("records", ())]
    elif layer == "entities":
        words = [row.get("text"), row.get("label")]
    elif layer == "numbers":
        bounds = dict.fromkeys(str(row[key]) for key in ("low", "high") if row.get(key) is not None)
        value = row.get("edtf") or row.get("edtf_literal") or "–".join(bounds)
        words = [row.get("text"), row.get("kind"), row.get("modality"), value, row.get("unit")]
    else:
        # The bounds of a long quote are to be seen at its two ends.
        words = [f"«{shortened(str(row.get('text') or ''), _LONGEST_QUOTE)}»", _speaker(row.get("speaker"))]
    if "ungrounded" in row:
        place = row.get("nearest")
        near = shortened(str(place.get("text")), _LONGEST_QUOTE) if isinstance(place, Mapping) else None
        words.append(f"[not in the text; nearest: {near}]" if near and row["ungrounded"] == "text" else "[not there]")
    return harmless(" ".join(str(part) for part in words if part) or NOTHING)


def _values(sides: object) -> str:
    """The values of a predicted dispute's sides, one against the other."""
    sides = sides if isinstance(sides, list) else []
    return " / ".join(str(side.get("value")) for side in sides if isinstance(side, Mapping) and side.get("value"))


def _speaker(source: object) -> str:
    """What names a speaker: a key, or the first that a system gives of what the scorer reads."""
    if isinstance(source, Mapping):
        return next((str(source[key]) for key in ("name", "text", "wikidata", "entity_id") if source.get(key)), "?")
    return str(source or "?")
