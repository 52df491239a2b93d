"""What follows from seeds and annotations and is therefore never annotated: texts, zones, types, tokens, phenomena."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from khabar.corpus.tables import Tables
from khabar.records import (
    CONFIGS,
    Claim,
    Conflict,
    Entity,
    Number,
    Quote,
    Registered,
    Row,
    Seed,
    TokenRow,
    Zones,
    ZoneSpan,
)
from khabar.seeds.store import document
from khabar.text.arabic import token_spans
from khabar.text.search import is_clitic_before
from khabar.text.spans import iob2, last_letter, lines_of, quote_type, zone_at


def derive(seeds: Sequence[Seed], texts: Mapping[str, str], rows: Sequence[Row]) -> Tables:
    """Make the rows of every config and split. Rows are sorted, so the same input gives the same tables."""
    zones = {row.doc_id: row.zones for row in rows if isinstance(row, Zones)}
    entities: dict[str, list[Entity]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Entity):
            entities[row.doc_id].append(row)
    tables: Tables = {}
    for split in sorted({seed.split for seed in seeds}):
        in_split = {seed.doc_id: seed for seed in seeds if seed.split == split}
        stories = {seed.story for seed in in_split.values()}
        configs: dict[str, list[Row]] = {config: [] for config in CONFIGS}
        for doc_id, seed in in_split.items():
            configs["documents"].append(document(seed, texts[doc_id], zones.get(doc_id)))
            configs["tokens"].extend(tokens(doc_id, texts[doc_id], entities[doc_id]))
        for row in rows:
            doc_id = row.article or ""
            if doc_id in in_split and not isinstance(row, Zones):
                row = _completed(row, texts[doc_id], zones.get(doc_id, ()), entities[doc_id])
            elif not (isinstance(row, (Conflict, Registered)) and row.story in stories):
                continue
            configs[row.layer].append(row)
        tables[split] = {config: sorted(found, key=_order) for config, found in configs.items()}
    return tables


def _order(row: Row) -> tuple[object, ...]:
    if isinstance(row, (Entity, Number)):
        return (row.doc_id, row.start, -row.end, row.id)
    if isinstance(row, Quote):
        return (row.doc_id, row.content[0].start if row.content else -1, row.id)
    if isinstance(row, TokenRow):
        return (row.doc_id, row.paragraph)
    return (row.story, row.key) if isinstance(row, (Conflict, Registered)) else (row.key,)


def _completed(row: Row, text: str, zones: Sequence[ZoneSpan], entities: Sequence[Entity]) -> Row:
    """A row with its zone and the phenomena that follow from its offsets; a quote with its type."""
    if not isinstance(row, (Entity, Number, Quote, Claim)):
        return row
    if isinstance(row, Claim):
        return msgspec.structs.replace(row, zone=zone_at(zones, row.start))
    tags: list[str] = [*row.phenomena]
    if isinstance(row, Quote):
        start = row.content[0].start if row.content else row.cue[0].start
        tags += ["implicit_speaker"] if row.speaker_mention is None else []
        tags += ["chain"] if len(row.source_chain) > 1 else []
        tags += ["discontinuous"] if len(row.content) > 1 else []
        row = msgspec.structs.replace(row, type=quote_type(row.content, row.marked, text))
    else:
        start = row.start
        # A fused لل leaves its first lam outside, which no proclitic pattern of the span's own start shows.
        clitic = any(is_clitic_before(text, start - length, start) for length in (1, 2) if start >= length)
        tags += ["clitic"] if clitic else []
    if isinstance(row, Entity):
        outer = (other for other in entities if other.start <= row.start and row.end <= other.end and other is not row)
        tags += ["nested"] if any(outer) else []
    return msgspec.structs.replace(row, phenomena=tuple(sorted(set(tags))), zone=zone_at(zones, start))


def tokens(doc_id: str, text: str, entities: Sequence[Entity]) -> list[TokenRow]:
    """Tokens and tags of each line that has any; `paragraph` is the line's index in the text."""
    spans = [(row.start, row.end, row.label) for row in entities]
    rows: list[TokenRow] = []
    for paragraph, (line_start, line) in enumerate(lines_of(text)):
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
    return rows
