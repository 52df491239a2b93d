"""What goes without saying in the page of a document: what the text says to the letter, and what was said before it.

Nothing here is guessed. Digits say their number, the words of a mention beside its core are what is counted, and what
an annotator said of an entity, a unit or a date is not asked again in the same article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from khabar.formats.label_studio.fields import noun_key
from khabar.formats.label_studio.page import row_region
from khabar.records import Entity, Number, Span
from khabar.text.values import written_number

COUNTING = ("count", "measure", "money", "duration", "ordinal")
"""Kinds of numbers whose mention holds a noun beside its core."""
BOUNDED = (*COUNTING, "percent", "ratio", "set")
"""Kinds of numbers that have bounds."""


def literal(kind: str, mention: Span, core: Span) -> dict[str, str | None]:
    """The number that the core writes in digits, and the words of the mention beside it, where it is at one end."""
    before, after = mention.text[: core.start - mention.start], mention.text[core.end - mention.start :]
    is_inside = mention.start <= core.start and core.end <= mention.end
    rest = (before or after).strip() if is_inside and not (before and after) else ""
    return {
        "digits": written_number(core.text) if kind in BOUNDED else None,
        "rest": (rest or None) if kind in COUNTING else None,
    }


@dataclass
class Said:
    """What the rows before a region say, in text order: entity → Wikidata item, kind and noun → unit, and the evidence
    of the last date that has one."""

    items: dict[str, str | None] = field(default_factory=dict)
    units: dict[tuple[str, str], str | None] = field(default_factory=dict)
    evidence: str | None = None

    def hear(self, row: Entity | Number) -> None:
        """Remember what a row says."""
        if isinstance(row, Entity):
            self.items[row.entity_id] = row.wikidata
            return
        key = noun_key(row.kind, row.counted)
        if key is not None:
            self.units[key] = row.unit
        self.evidence = row.anchor or self.evidence

    @property
    def columns(self) -> Mapping[str, Any]:
        """What fields look at."""
        return {"items": self.items, "units": self.units, "evidence": self.evidence}


def only_nulls(rows: Iterable[Entity | Number]) -> dict[str, Mapping[str, Any]]:
    """Id of a row → what was said before it, of its columns that are null.

    A value stands in the page even where it goes without saying, so that editing one region edits one row.
    """
    heard = Said()
    known: dict[str, Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row.start, row.end, row_region(row.id))):
        if isinstance(row, Entity):
            known[row.id] = {} if row.wikidata else {"items": dict(heard.items)}
        else:
            units, evidence = ({} if row.unit else dict(heard.units)), (None if row.anchor else heard.evidence)
            known[row.id] = {"units": units, "evidence": evidence}
        heard.hear(row)
    return known
