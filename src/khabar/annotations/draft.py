"""Drafts: what a system says of a story as rows to be corrected, each marked so that nothing takes it for gold.

A row is a draft until whoever has checked it removes its key `draft`: `khabar.reading.rows` refuses marked rows.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from khabar.annotations.label_studio.registry import registered
from khabar.annotations.label_studio.start import start_of_system
from khabar.annotations.rounds import Articles, in_file_order
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.rows import DRAFT
from khabar.records import Number, PredictedNumber, Row
from khabar.text.values import value_of


def draft(story: str, system: str, articles: Articles, incidents: Incidents | None = None) -> list[Row]:
    """Rows of a story as a system has it: zones, mentions, numbers, quotes, disputes, and the registry they need.

    `incidents` takes the warnings about what the system says; else a UserWarning. Raises InputError if there is no such
    story or no such system.
    """
    documents = [document for document in articles.documents if document.story == story]
    if not documents:
        known = ", ".join(sorted(set(articles.stories.values())))
        message = f"the seeds have no story {story!r}; there is: {known}"
        raise InputError([Incident("story-unknown", message, fix="name one of these, or other seeds with --seeds")])
    rows = [_completed(row) for row in start_of_system(system, documents, incidents).rows]
    return in_file_order([*rows, *registered(rows, story, (), None)])


def _completed(row: Row) -> Row:
    """A number with what its modality implies, and what the guidelines take for the common case."""
    if not isinstance(row, Number):
        return row
    row = msgspec.structs.replace(row, factuality=row.factuality or "asserted")
    if row.kind in ("date", "ident"):
        return row
    value = value_of(msgspec.convert(row, PredictedNumber, from_attributes=True))
    return msgspec.structs.replace(
        row,
        low=str(value.low) if row.low is None and value.low is not None else row.low,
        high=str(value.high) if row.high is None and value.high is not None else row.high,
        low_incl=value.low_incl,
        high_incl=value.high_incl,
        modality=row.modality or value.modality,
        role=row.role or "level",
    )


def encoded(rows: Iterable[Row]) -> bytes:
    """The bytes of a file of drafts: rows that carry the mark first."""
    mark = msgspec.json.encode({DRAFT: True})[:-1] + b","
    return b"".join(mark + msgspec.json.encode(row)[1:] + b"\n" for row in rows)
