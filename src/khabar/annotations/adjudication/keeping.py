"""Keeping both readings in gold, where reasonable readers differ for good: as alternatives, or as don't-care rows."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.agreement.matching import renamed
from khabar.records import Entity, Number, Quote, Reading, Row

Marked = Entity | Number | Quote
"""Rows that can be in gold without being scored."""


def kept_both(found: Disagreement) -> tuple[Row, ...] | None:
    """The rows that keep both readings, or None where gold has no way to.

    One quote read in two ways is a's row with b's content and speaker among its `alternatives`. Whether a row is there
    at all, and rows that differ otherwise, become `scored: false`; of two rows at one place a's is kept.
    """
    if found.layer == "quotes" and len(found.a) == len(found.b) == 1:
        a, b = found.a[0], found.b[0]
        assert isinstance(a, Quote)
        assert isinstance(b, Quote)
        readings = _other_readings(a, b)
        return (replace(a, alternatives=readings),) if readings != a.alternatives else None
    a_rows, b_rows = ([row for row in rows if isinstance(row, Marked)] for rows in (found.a, found.b))
    if (len(a_rows), len(b_rows)) != (len(found.a), len(found.b)):
        return None
    places = {_place(row) for row in a_rows}
    added = [row for row in b_rows if _place(row) not in places]
    # A row of b that had a partner goes by a's id.
    ids = renamed([row.id for row in added], {}, {row.id for row in a_rows})
    return tuple(replace(row, scored=False) for row in [*a_rows, *(replace(row, id=ids[row.id]) for row in added)])


def _place(row: Marked) -> tuple[object, ...]:
    if isinstance(row, Quote):
        return row.content, row.cue, row.speaker
    return row.start, row.end


def _other_readings(a: Quote, b: Quote) -> tuple[Reading, ...]:
    """a's alternatives, then what else b holds to be right, each once and none of them a's own reading."""

    def whole(quote: Quote, reading: Reading) -> Reading:
        content = quote.content if reading.content is None else reading.content
        return Reading(content=content, speaker=quote.speaker if reading.speaker is None else reading.speaker)

    def told(reading: Reading) -> Reading:
        content = None if reading.content == a.content else reading.content
        return Reading(content=content, speaker=None if reading.speaker == a.speaker else reading.speaker)

    known = {Reading(), *(told(whole(a, reading)) for reading in a.alternatives)}
    return (*a.alternatives, *_fresh((told(whole(b, each)) for each in (Reading(), *b.alternatives)), known))


def _fresh(readings: Iterable[Reading], known: set[Reading]) -> Iterable[Reading]:
    return [reading for reading in dict.fromkeys(readings) if reading not in known]
