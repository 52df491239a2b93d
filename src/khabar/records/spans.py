"""Spans: half-open stretches of a text, in Unicode code points."""

import msgspec

from khabar.records.labels import Zone


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch `[start, end)` of a document and its surface: `document.text[start:end] == text`.

    Where the document's text is withheld, the surface is empty.
    """

    start: int
    """First code point of the span, counted from 0 in the whole text."""
    end: int
    """The code point behind the last one."""
    text: str = ""
    """The surface between the two offsets; empty where the text is withheld."""


class ZoneSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of whole lines, line breaks included, and the zone they belong to."""

    start: int
    """First code point of the span, counted from 0 in the whole text."""
    end: int
    """The code point behind the last one."""
    zone: Zone
    """What the lines are."""
