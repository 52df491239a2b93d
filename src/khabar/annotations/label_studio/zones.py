"""Zones as regions: each that is not body is one, and what lies between is body.

So the page shows what is not to be labelled, and an annotator can mend it. A zone holds whole lines: one drawn over
part of a line takes the line, its break included.
"""

from __future__ import annotations

from collections.abc import Iterable

from khabar.annotations.label_studio.page import Region
from khabar.annotations.label_studio.results import in_text_order
from khabar.records import Zones, ZoneSpan


def zone_regions(row: Zones, text: str) -> list[Region]:
    """Show the zones of a document; a body that follows a body is shown, as else the two would be one."""
    regions = []
    for before, zone in zip((None, *row.zones), row.zones, strict=False):
        if zone.zone != "body" or (before is not None and before.zone == "body"):
            key, surface = f"zone-{zone.start}-{zone.end}", text[zone.start : zone.end]
            regions.append(Region(key, zone.zone, zone.start, zone.end, surface))
    return regions


def zones_row(doc_id: str, text: str, regions: Iterable[Region]) -> Zones:
    """Read the zones of a document. Zones that overlap stand in the row as they are, for the checks to find."""
    zones: list[ZoneSpan] = []
    at = 0
    for region in in_text_order(regions):
        start, end = _whole_lines(text, region.start, region.end)
        if at < start:
            zones.append(ZoneSpan(at, start, "body"))
        zones.append(ZoneSpan(start, end, region.label))  # type: ignore[arg-type]  # the caller chose by label
        at = end
    if at < len(text):
        zones.append(ZoneSpan(at, len(text), "body"))
    return Zones(doc_id=doc_id, zones=tuple(zones))


def _whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    first = text.rfind("\n", 0, start) + 1
    if text[end - 1 : end] == "\n":
        return first, end
    following = text.find("\n", end)
    return first, len(text) if following < 0 else following + 1
