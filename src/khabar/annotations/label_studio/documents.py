"""The page of a document: its rows as regions and links, and back.

Each row has one region that stands for it (a mention, a number, the first span of a quote's content, a claim) and
carries its attributes; its other spans are regions of their own, linked to it. What is in a page decides all of a row
but its id. Lists of spans are read in text order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from khabar.annotations.label_studio.faces import (
    ALTERNATIVE,
    CLAIM,
    ENTITY,
    ENTITY_LABELS,
    NUMBER,
    NUMBER_LABELS,
    OTHER_SPEAKERS,
    QUOTE,
    ZONE_LABELS,
    Face,
    attributes,
    read,
)
from khabar.annotations.label_studio.page import Page, Region, row_id, row_region
from khabar.annotations.label_studio.parts import (
    Parts,
    Shared,
    assigned,
    by_label,
    is_bare_cue,
    only,
    span_of,
    spans_of,
)
from khabar.annotations.label_studio.results import Report
from khabar.annotations.label_studio.understanding import meant_entity, meant_speaker
from khabar.annotations.label_studio.zones import zone_regions, zones_row
from khabar.records import Claim, Entity, Number, Quote, Reading, Row, Span, Zones

UNPLACED = {"issue_id": "", "position": ""}
"""What the page of a document does not say of a claim: the story's page does."""


def document_page(rows: Iterable[Row], text: str) -> Page:
    """Show the rows of one document. Rows of other layers than a document's are left out."""
    regions: list[Region] = []
    parts = Shared()
    for row in rows:
        if isinstance(row, Zones):
            regions += zone_regions(row, text)
        elif isinstance(row, Entity):
            regions.append(_region(row, row.label, ENTITY))
        elif isinstance(row, Number):
            regions.append(_region(row, row.kind, NUMBER))
            if row.core != Span(row.start, row.end, row.text):
                parts.give(row_region(row.id), "core", [row.core])
            parts.give(row_region(row.id), "modifier", [row.modifier] if row.modifier else [])
        elif isinstance(row, Claim):
            regions.append(_region(row, "claim", CLAIM))
            parts.give(row_region(row.id), "anchor", [row.anchor] if row.anchor else [])
        elif isinstance(row, Quote):
            regions += _quote_regions(row, parts)
    return Page((*regions, *parts.regions.values()), tuple(parts.links))


def _columns(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _region(row: Entity | Number | Claim, label: str, faces: tuple[Face, ...]) -> Region:
    shown = attributes(faces, _columns(row))
    return Region(row_region(row.id), label, row.start, row.end, row.text, shown)


def _quote_regions(row: Quote, parts: Shared) -> list[Region]:
    key = row_region(row.id)
    ends_well = row.source_chain[-1:] == (row.speaker,)
    speakers = tuple(each.speaker for each in row.alternatives if each.content is None and each.speaker)
    columns = {
        **_columns(row),
        "through": row.source_chain[:-1] if ends_well else None,
        OTHER_SPEAKERS.column: speakers,
    }
    label, (head, *more) = ("content", row.content) if row.content else ("cue", row.cue)
    shown = attributes((*QUOTE, OTHER_SPEAKERS), columns)
    regions = [Region(key, label, head.start, head.end, head.text, shown)]
    parts.give(key, "piece" if label == "content" else "cue", more)
    parts.give(key, "cue", row.cue if label == "content" else ())
    parts.give(key, "marked", row.marked)
    parts.give(key, "speaker", [row.speaker_mention] if row.speaker_mention else [])
    for turn, reading in enumerate(each for each in row.alternatives if each.content):
        other, (first, *rest) = f"{key}-alternative-{turn}", reading.content or ()
        shown = attributes(ALTERNATIVE, {"speaker": reading.speaker})
        regions.append(Region(other, "alternative", first.start, first.end, first.text, shown))
        parts.links.append((key, other))
        parts.give(other, "piece", rest)
    return regions


def document_rows(page: Page, doc_id: str, text: str, report: Report) -> list[Row]:
    """Read the rows of one document: what cannot be a row is reported and left out. Claims have no issue yet."""
    parts = assigned(page, report)
    rows: list[Row] = [zones_row(doc_id, text, by_label(page.regions, lambda each: each.label in ZONE_LABELS))]
    entities: list[Entity] = []
    for region in by_label(page.regions, lambda each: each.label in ENTITY_LABELS):
        known = {**_placed(region, doc_id, "e"), "label": region.label, "meant": meant_entity(region, entities)}
        columns = _read(ENTITY, region, known, report)
        if columns is not None:
            entities.append(Entity(**columns))
    rows += entities
    for region in by_label(page.regions, lambda each: each.label in NUMBER_LABELS):
        spans = {
            "core": only(parts, region, "core", report) or span_of(region),
            "modifier": only(parts, region, "modifier", report),
        }
        columns = _read(NUMBER, region, {**_placed(region, doc_id, "n"), "kind": region.label, **spans}, report)
        if columns is not None:
            rows.append(Number(**columns))
    for region in by_label(page.regions, lambda each: each.label == "content" or is_bare_cue(each)):
        quote = _quote(region, parts, doc_id, entities, report)
        if quote is not None:
            rows.append(quote)
    for region in by_label(page.regions, lambda each: each.label == "claim"):
        known = {**_placed(region, doc_id, "c"), **UNPLACED, "anchor": only(parts, region, "anchor", report)}
        columns = _read(CLAIM, region, known, report)
        if columns is not None:
            rows.append(Claim(**columns))
    labels = {*ZONE_LABELS, *ENTITY_LABELS, *NUMBER_LABELS, "content", "piece", "cue", "marked", "speaker"}
    labels |= {"alternative", "core", "modifier", "claim", "anchor"}
    for region in by_label(page.regions, lambda each: each.label not in labels):
        report("region-unknown", f"{region.label!r} is no label of this page", region.start)
    return rows


def _placed(region: Region, doc_id: str, letter: str) -> dict[str, Any]:
    made = row_id(region, f"{doc_id}-{letter}")
    return {"id": made, "doc_id": doc_id, "start": region.start, "end": region.end, "text": region.text}


def _read(faces: tuple[Face, ...], region: Region, known: Mapping[str, Any], report: Report) -> dict[str, Any] | None:
    def problem(message: str) -> None:
        report("value-wrong", f"{region.label} {region.text!r:.50}: {message}", region.start)

    columns = read(faces, region.attributes, known, problem)
    if columns is not None:
        columns.pop("meant", None)
    return columns


def _quote(region: Region, parts: Parts, doc_id: str, entities: list[Entity], report: Report) -> Quote | None:
    mine = parts.get(region.id, {})
    mention = only(parts, region, "speaker", report)
    made = row_id(region, f"{doc_id}-q")
    known = {"id": made, "doc_id": doc_id, "meant": meant_speaker(mention, entities)}
    columns = _read((*QUOTE, OTHER_SPEAKERS), region, known, report)
    if columns is None:
        return None
    through = columns.pop("through")
    readings = [Reading(speaker=key) for key in columns.pop(OTHER_SPEAKERS.column)]
    for other in mine.get("alternative", []):
        content = spans_of([other, *parts.get(other.id, {}).get("piece", [])])
        readings.append(Reading(content=content, speaker=(other.attributes.get("speaker") or (None,))[0]))
    bare = region.label == "cue"
    return Quote(
        **columns,
        content=() if bare else spans_of([region, *mine.get("piece", [])]),
        cue=spans_of([*([region] if bare else []), *mine.get("cue", [])]),
        marked=spans_of(mine.get("marked", [])),
        speaker_mention=mention,
        source_chain=() if through is None else (*through, columns["speaker"]),
        alternatives=tuple(readings),
    )
