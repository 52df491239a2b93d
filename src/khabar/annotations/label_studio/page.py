"""A page: what an annotator sees and changes of one task, free of how Label Studio writes it down.

A *region* is a labelled stretch of the page's text with attributes (control name → the words picked or typed there);
a *link* joins two regions; a *note* is what is typed for the whole page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A labelled stretch `[start, end)` in code points of the page's text, the surface it is said to have, and the
    words of its controls. `id` is unique in its page; see `row_region`."""

    id: str
    label: str
    start: int
    end: int
    text: str
    attributes: Mapping[str, Values] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """All regions of a page, the links between them by id (whichever way they were drawn), and its notes."""

    regions: tuple[Region, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    notes: Mapping[str, Values] = field(default_factory=dict)


_PLAIN, _CODED = "khabar-row-", "khabar-hex-"


def row_region(row_id: str) -> str:
    """The id of the region that stands for a row. The page makes a CSS class of it, so nothing else may be in it."""
    return _PLAIN + row_id if re.fullmatch(r"[A-Za-z0-9_-]+", row_id) else _CODED + row_id.encode().hex()


def row_id(region: Region, made: str) -> str:
    """The id of the row a region stands for; `made` begins the ids of those an annotator adds."""
    if region.id.startswith(_PLAIN):
        return region.id.removeprefix(_PLAIN)
    if region.id.startswith(_CODED):
        return bytes.fromhex(region.id.removeprefix(_CODED)).decode()
    return f"{made}-{region.id}"
