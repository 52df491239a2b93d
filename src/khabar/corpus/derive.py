"""What follows from seeds and annotations and is therefore never annotated: texts, zones, types, tokens, phenomena."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from khabar.records import (
    CONFIGS,
    Claim,
    Conflict,
    Document,
    Entity,
    Number,
    Quote,
    Registered,
    Row,
    Seed,
    Span,
    TokenRow,
    Zones,
    ZoneSpan,
)
from khabar.records.labels import Phenomenon, QuoteType, Zone
from khabar.text.arabic import classes, token_spans
from khabar.text.grounding import is_clitic_before
from khabar.text.spans import intersection, normal
from khabar.text.tokens import iob2, last_letter

Tables = dict[str, dict[str, list[Row]]]
"""Split → config → rows, sorted."""


def derive(seeds: Sequence[Seed], texts: Mapping[str, str], rows: Sequence[Row]) -> Tables:
    """Make the rows of every config and split. Rows are sorted, so the same input gives the same tables."""
    zones = {row.doc_id: row.zones for row in rows if isinstance(row, Zones)}
    entities = _by_document(row for row in rows if isinstance(row, Entity))
    tables: Tables = {}
    for split in sorted({seed.split for seed in seeds}):
        mine = {seed.doc_id: seed for seed in seeds if seed.split == split}
        stories = {seed.story for seed in mine.values()}
        made: dict[str, list[Row]] = {config: [] for config in CONFIGS}
        for doc_id, seed in sorted(mine.items()):
            covering = zones.get(doc_id) or (ZoneSpan(0, len(texts[doc_id]), "body"),)
            made["documents"].append(_document(seed, texts[doc_id], covering))
            made["tokens"].extend(tokens(doc_id, texts[doc_id], entities[doc_id]))
        for row in rows:
            owner: str = getattr(row, "doc_id", "")
            if owner in mine and not isinstance(row, Zones):
                completed = _completed(row, texts[owner], zones.get(owner, ()), entities[owner])
                made[str(row.__struct_config__.tag)].append(completed)
            elif isinstance(row, (Conflict, Registered)) and row.story in stories:
                made[str(row.__struct_config__.tag)].append(row)
        tables[split] = {config: sorted(found, key=_order) for config, found in made.items()}
    return tables


def _by_document(rows: Iterable[Entity]) -> dict[str, list[Entity]]:
    found: dict[str, list[Entity]] = defaultdict(list)
    for row in rows:
        found[row.doc_id].append(row)
    return found


def _order(row: Row) -> tuple[object, ...]:
    if isinstance(row, (Entity, Number)):
        return (row.doc_id, row.start, -row.end, row.id)
    if isinstance(row, Quote):
        return (row.doc_id, row.content[0].start if row.content else -1, row.id)
    if isinstance(row, TokenRow):
        return (row.doc_id, row.paragraph)
    if isinstance(row, Conflict):
        return (row.story, row.issue_id)
    if isinstance(row, Registered):
        return (row.story, row.entity_id)
    return (getattr(row, "id", None) or getattr(row, "doc_id", ""),)


def _document(seed: Seed, text: str, zones: tuple[ZoneSpan, ...]) -> Document:
    return Document(
        doc_id=seed.doc_id,
        story=seed.story,
        outlet=seed.outlet,
        title=seed.title,
        text=text,
        sha256=seed.sha256,
        lang=seed.lang,
        published=seed.published,
        published_evidence=seed.published_evidence,
        zones=zones,
        rights=seed.rights,
    )


def _completed(row: Row, text: str, zones: Sequence[ZoneSpan], entities: Sequence[Entity]) -> Row:
    if isinstance(row, Entity):
        tags = [*row.phenomena]
        # A fused لل leaves its first lam outside, which no proclitic pattern of the span's own start shows.
        if _has_clitic(text, row.start):
            tags.append("clitic")
        if any(other.start <= row.start and row.end <= other.end and other is not row for other in entities):
            tags.append("nested")
        return _tagged(row, tags, _zone(zones, row.start))
    if isinstance(row, Number):
        return _tagged(
            row, [*row.phenomena, *(["clitic"] if _has_clitic(text, row.start) else [])], _zone(zones, row.start)
        )
    if isinstance(row, Quote):
        tags = [*row.phenomena]
        if row.speaker_mention is None:
            tags.append("implicit_speaker")
        if len(row.source_chain) > 1:
            tags.append("chain")
        if len(row.content) > 1:
            tags.append("discontinuous")
        start = row.content[0].start if row.content else row.cue[0].start
        return msgspec.structs.replace(
            _tagged(row, tags, _zone(zones, start)), type=quote_type(row.content, row.marked, text)
        )
    return msgspec.structs.replace(row, zone=_zone(zones, row.start)) if isinstance(row, Claim) else row


def _tagged(row: Row, tags: Sequence[Phenomenon | str], zone: Zone | None) -> Row:
    return msgspec.structs.replace(row, phenomena=tuple(sorted(set(tags))), zone=zone)


def _zone(zones: Sequence[ZoneSpan], offset: int) -> Zone | None:
    return next((zone.zone for zone in zones if zone.start <= offset < zone.end), None)


def _has_clitic(text: str, start: int) -> bool:
    return any(is_clitic_before(text, start - length, start) for length in (1, 2) if start >= length)


def quote_type(content: Sequence[Span], marked: Sequence[Span], text: str) -> QuoteType:
    """direct when every letter of the content stands inside marks, indirect when none does, else mixed."""
    kinds = classes(text)
    spans = normal((span.start, span.end) for span in content)
    inside = intersection(spans, normal((span.start, span.end) for span in marked))

    def letters(parts: Iterable[tuple[int, int]]) -> int:
        return sum(kinds[start:end].count("L") + kinds[start:end].count("N") for start, end in parts)

    quoted = letters(inside)
    if not quoted:
        return "indirect"
    return "direct" if quoted == letters(spans) else "mixed"


def tokens(doc_id: str, text: str, entities: Sequence[Entity]) -> list[TokenRow]:
    """Tokens and tags of each line that has any; `paragraph` is the line's index in the text."""
    spans = [(row.start, row.end, row.label) for row in entities]
    rows: list[TokenRow] = []
    line_start = 0
    for paragraph, line in enumerate(text.split("\n")):
        places = [(line_start + start, line_start + end) for start, end in token_spans(line)]
        if places:
            words = tuple(text[start:end] for start, end in places)
            anchors = [start + last_letter(word) for (start, _), word in zip(places, words, strict=True)]
            starts, ends = zip(*places, strict=True)
            rows.append(
                TokenRow(
                    doc_id=doc_id, paragraph=paragraph, tokens=words, starts=starts, ends=ends,
                    tags=tuple(iob2(anchors, spans)),
                )
            )  # fmt: skip
        line_start += len(line) + 1
    return rows
