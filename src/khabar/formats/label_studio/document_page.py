"""The page of a document: its rows as regions and links, and back.

Each row has one region that stands for it (a mention, a number, the first span of a quote's content, a claim) and
carries its attributes; its other spans are regions of their own, linked to it. What is in a page decides all of a row
but its id. Lists of spans are read in text order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from khabar.formats.label_studio import fields
from khabar.formats.label_studio.fields import ENTITY_LABELS, NUMBER_LABELS, OTHER_SPEAKERS, ZONE_LABELS, Field
from khabar.formats.label_studio.names import NOBODY, Names
from khabar.formats.label_studio.page import Page, Region, in_text_order, row_id, row_region
from khabar.formats.label_studio.relations import Drawing, PartsOfRegions, is_bare_cue, span_of, spans_of
from khabar.formats.label_studio.understanding import Said, literal, only_nulls
from khabar.formats.standoff import Link
from khabar.reading.incidents import Report
from khabar.records import Claim, Entity, Number, Quote, Reading, Row, Span, Zones, ZoneSpan, only

UNPLACED = {"issue_id": "", "position": ""}
"""What the page of a document does not say of a claim: the page of a question does."""
STEPS: dict[str, tuple[str, ...]] = {
    "entities": ENTITY_LABELS,
    "numbers": (*NUMBER_LABELS, "core", "modifier"),
    "quotes": ("content", "piece", "cue", "marked", "speaker", "alternative"),
    "claims": ("claim", "anchor", *ZONE_LABELS),
}
"""The steps in which a document is annotated, each in a page of its own → the labels there."""
LABELS = {label for labels in STEPS.values() for label in labels}
"""All labels of a document."""


def document_page(rows: Iterable[Row], text: str) -> Page:
    """Show the rows of one document. Rows of other layers than a document's are left out.

    Regions stand in text order, the longer first; of equal spans the one with attributes comes last: the page nests
    it innermost, where a click selects it.
    """
    regions: list[Region] = []
    parts = Drawing()
    rows = list(rows)
    said = only_nulls((*only(rows, Entity), *only(rows, Number)))
    for row in rows:
        if isinstance(row, Zones):
            regions += _zone_regions(row, text)
        elif isinstance(row, Entity):
            regions.append(_row_as_region(row, row.label, fields.ENTITY, **said[row.id]))
        elif isinstance(row, Number):
            whole = Span(row.start, row.end, row.text)
            known = {**said[row.id], **literal(row.kind, whole, row.core)}
            regions.append(_row_as_region(row, row.kind, fields.NUMBER, **known))
            parts.give(row_region(row.id), "core", None if row.core == whole else row.core)
            parts.give(row_region(row.id), "modifier", row.modifier)
        elif isinstance(row, Claim):
            regions.append(_row_as_region(row, "claim", fields.CLAIM))
            parts.give(row_region(row.id), "anchor", row.anchor)
        elif isinstance(row, Quote):
            regions += _quote_regions(row, parts)
    regions += parts.regions.values()
    return Page(tuple(sorted(regions, key=_page_order)), tuple(parts.links))


def _page_order(region: Region) -> tuple[int, int, bool, str]:
    return region.start, -region.end, bool(region.attributes), region.id


def columns_of(row: Row) -> dict[str, Any]:
    """The columns of a row by name."""
    return {name: getattr(row, name) for name in row.__struct_fields__}


def _row_as_region(row: Entity | Number | Claim, label: str, shown: tuple[Field, ...], **known: Any) -> Region:
    columns = columns_of(row) | known
    return Region(row_region(row.id), label, row.start, row.end, row.text, fields.show(shown, columns))


def _quote_regions(row: Quote, parts: Drawing) -> list[Region]:
    key = row_region(row.id)
    ends_with_speaker = row.source_chain[-1:] == (row.speaker,)
    columns = columns_of(row) | {
        "through": row.source_chain[:-1] if ends_with_speaker else None,
        OTHER_SPEAKERS.column: tuple(
            each.speaker for each in row.alternatives if each.content is None and each.speaker
        ),
    }
    label, (head, *more) = ("content", row.content) if row.content else ("cue", row.cue)
    regions = [Region(key, label, head.start, head.end, head.text, fields.show(fields.QUOTE, columns))]
    parts.give(key, "piece" if label == "content" else "cue", *more)
    parts.give(key, "cue", *(row.cue if label == "content" else ()))
    parts.give(key, "marked", *row.marked)
    parts.give(key, "speaker", row.speaker_mention)
    for number, reading in enumerate(reading for reading in row.alternatives if reading.content):
        other, (first, *rest) = f"{key}-alternative-{number}", reading.content or ()
        shown = fields.show(fields.ALTERNATIVE, {"speaker": reading.speaker})
        regions.append(Region(other, "alternative", first.start, first.end, first.text, shown))
        parts.links.append(Link("", key, other))
        parts.give(other, "piece", *rest)
    return regions


def _zone_regions(row: Zones, text: str) -> list[Region]:
    """The zones that are not body, as what lies between is; a body after a body is shown, else the two would be one."""
    regions = []
    for before, zone in zip((None, *row.zones), row.zones, strict=False):
        if zone.zone != "body" or (before is not None and before.zone == "body"):
            key, surface = f"zone-{zone.start}-{zone.end}", text[zone.start : zone.end]
            regions.append(Region(key, zone.zone, zone.start, zone.end, surface))
    return regions


def document_rows(
    page: Page,
    doc_id: str,
    text: str,
    problem: Report,
    *,
    names: Names = NOBODY,
    elsewhere: Sequence[Entity] = (),
    with_zones: bool = True,
) -> list[Row]:
    """Read the rows of one document: what cannot be a row is reported and left out. Claims have no issue yet.

    Keys stand in the page as `names` has them. Entities `elsewhere` are those of another page: they too say whom a
    speaker mention names. A page of steps that show no zones is read without.
    """
    page = names.read(page)
    parts = PartsOfRegions(page, problem)
    regions = in_text_order(page.regions)
    zones: list[Region] = []
    entities: list[Entity] = []
    heard = Said()
    others: dict[type[Row], list[Row]] = {Number: [], Quote: [], Claim: []}
    for region in regions:
        if region.label in ENTITY_LABELS:
            known = {"label": region.label, "understood": _meant_entity(region, entities, names), **heard.columns}
            columns = _read_columns(region, fields.ENTITY, {**_placed(region, doc_id, "e"), **known}, problem)
            if columns is not None:
                entities.append(Entity(**columns))
                heard.hear(entities[-1])
    for region in regions:
        row: Row | None = None
        if region.label in ZONE_LABELS:
            zones.append(region)
        elif region.label in NUMBER_LABELS:
            row = _number(region, parts, doc_id, heard, problem)
        elif region.label == "content" or is_bare_cue(region):
            row = _quote(region, parts, doc_id, [*elsewhere, *entities], names, problem)
        elif region.label == "claim":
            row = _claim(region, parts, doc_id, problem)
        elif region.label not in LABELS:
            problem("region-unknown", f"{region.label!r} is no label of this page", offset=region.start)
        if row is not None:
            others[type(row)].append(row)
    first = [zones_row(doc_id, text, zones)] if with_zones else []
    return [*first, *entities, *(row for rows in others.values() for row in rows)]


def _placed(region: Region, doc_id: str, letter: str) -> dict[str, Any]:
    key = row_id(region, f"{doc_id}-{letter}")
    return {"id": key, "doc_id": doc_id, "start": region.start, "end": region.end, "text": region.text}


def _read_columns(
    region: Region, shown: tuple[Field, ...], known: Mapping[str, Any], problem: Report
) -> dict[str, Any] | None:
    """Read the columns a region shows beside those known; None, and reported, if they make no row."""

    def wrong(message: str) -> None:
        problem("value-wrong", f"{region}: {message}", offset=region.start, fix="fill the field in the page")

    columns = fields.read(shown, region.attributes, known, wrong)
    if columns is not None:
        columns = {name: value for name, value in columns.items() if name not in fields.CONTEXT}
    return columns


def _claim(region: Region, parts: PartsOfRegions, doc_id: str, problem: Report) -> Claim | None:
    known = {**_placed(region, doc_id, "c"), **UNPLACED, "anchor": parts.one(region, "anchor")}
    columns = _read_columns(region, fields.CLAIM, known, problem)
    return None if columns is None else Claim(**columns)


def _number(region: Region, parts: PartsOfRegions, doc_id: str, heard: Said, problem: Report) -> Number | None:
    mention = span_of(region)
    core = parts.one(region, "core") or mention
    spans = {"core": core, "modifier": parts.one(region, "modifier")}
    shown = {name: region.attributes.get(name, ()) for name in ("high", "modality")}
    typed = {f"typed_{name}": words[0] if words and words != (fields.NULL,) else None for name, words in shown.items()}
    implied = {**heard.columns, **literal(region.label, mention, core)}
    known = {**_placed(region, doc_id, "n"), "kind": region.label, **spans, **typed, **implied}
    columns = _read_columns(region, fields.NUMBER, known, problem)
    if columns is None:
        return None
    number = Number(**columns)
    heard.hear(number)
    return number


def _quote(
    region: Region, parts: PartsOfRegions, doc_id: str, entities: Sequence[Entity], names: Names, problem: Report
) -> Quote | None:
    mention = parts.one(region, "speaker")
    known = {
        "id": row_id(region, f"{doc_id}-q"),
        "doc_id": doc_id,
        "understood": _meant_speaker(mention, entities, names),
    }
    columns = _read_columns(region, fields.QUOTE, known, problem)
    if columns is None:
        return None
    through = columns.pop("through")
    readings = [Reading(speaker=key) for key in columns.pop(OTHER_SPEAKERS.column)]
    for other in parts.of(region, "alternative"):
        content = spans_of([other, *parts.of(other, "piece")])
        readings.append(Reading(content=content, speaker=(other.attributes.get("speaker") or (None,))[0]))
    bare = region.label == "cue"
    return Quote(
        **columns,
        content=() if bare else spans_of([region, *parts.of(region, "piece")]),
        cue=spans_of([*([region] if bare else []), *parts.of(region, "cue")]),
        marked=spans_of(parts.of(region, "marked")),
        speaker_mention=mention,
        source_chain=() if through is None else (*through, columns["speaker"]),
        alternatives=tuple(readings),
    )


def _meant_entity(region: Region, earlier: Sequence[Entity], names: Names) -> dict[str, str]:
    """Whom a mention without a key names: the nearest earlier mention of the same label and name says its key; else it
    is whoever the name stands for."""
    if region.attributes.get("entity_id"):
        return {}
    name = (region.attributes.get("name") or (region.text,))[0]
    for entity in reversed(earlier):
        if (entity.label, entity.name) == (region.label, name):
            return {"entity_id": entity.entity_id}
    return {"entity_id": names.key_of(name)}


def _meant_speaker(mention: Span | None, entities: Sequence[Entity], names: Names) -> dict[str, str]:
    """Whom a speaker mention names: the one thing that the outermost entities inside name; where there are none,
    whoever its words stand for."""
    if mention is None:
        return {}
    inside = [entity for entity in entities if mention.start <= entity.start and entity.end <= mention.end]
    keys = {
        entity.entity_id
        for entity in inside
        if not any(other is not entity and other.start <= entity.start and entity.end <= other.end for other in inside)
    }
    return {"speaker": keys.pop() if keys else names.key_of(mention.text)} if len(keys) < 2 else {}


def zones_row(doc_id: str, text: str, regions: Iterable[Region]) -> Zones:
    """Read the zones of a document; what nobody marked is body.

    A zone drawn over part of a line takes the line, its break included. Zones that overlap stand in the row as they
    are, for the checks to find.
    """
    zones: list[ZoneSpan] = []
    done = 0
    for region in in_text_order(regions):
        start, end = _whole_lines(text, region.start, region.end)
        if done < start:
            zones.append(ZoneSpan(done, start, "body"))
        zones.append(ZoneSpan(start, end, region.label))  # type: ignore[arg-type]  # the caller chose by label
        done = end
    if done < len(text):
        zones.append(ZoneSpan(done, len(text), "body"))
    return Zones(doc_id=doc_id, zones=tuple(zones))


def _whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    first = text.rfind("\n", 0, start) + 1
    if text[end - 1 : end] == "\n":
        return first, end
    following = text.find("\n", end)
    return first, len(text) if following < 0 else following + 1
