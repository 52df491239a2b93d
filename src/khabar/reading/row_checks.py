"""Checks on annotation rows: surfaces, references between rows, and what the label scheme rules out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from khabar.reading.causes import why_not_there
from khabar.reading.incidents import Incident
from khabar.reading.rows import Located
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row, Zones
from khabar.text.values import as_fraction, is_date

Place = Mapping[str, str]
"""doc_id → text."""
Report = Callable[..., None]

NARRATOR = "narrator"
"""Source of a claim nobody in the text is said to make."""


def check(located: Sequence[Located], texts: Mapping[str, str], stories: Mapping[str, str]) -> list[Incident]:
    """Check all rows of a gold or of a pass against the texts (by doc_id), the stories (by doc_id) and each other."""
    incidents: list[Incident] = []

    def reporter(item: Located) -> Report:
        doc_id = getattr(item.row, "doc_id", None)

        def report(incident: str, message: str, offset: int | None = None) -> None:
            incidents.append(Incident(incident, message, item.file, item.line, doc_id, offset))

        return report

    boilerplate = {
        item.row.doc_id: [(zone.start, zone.end) for zone in item.row.zones if zone.zone == "boilerplate"]
        for item in located
        if isinstance(item.row, Zones)
    }
    for item in located:
        doc_id = getattr(item.row, "doc_id", None)
        if doc_id is not None and doc_id not in texts:
            reporter(item)("document-unknown", f"no document {doc_id!r} in the seeds")
        elif isinstance(item.row, Zones):
            _check_zones(item.row, texts[item.row.doc_id], reporter(item))
        elif doc_id is not None:
            _check_spans(item.row, texts[doc_id], boilerplate.get(doc_id, []), reporter(item))
        if isinstance(item.row, Number):
            _check_number(item.row, reporter(item))
    _check_ids(located, reporter)
    _check_crossing(located, reporter)
    _check_references(located, stories, reporter)
    _check_issues(located, stories, reporter)
    return sorted(incidents, key=lambda incident: (incident.file or "", incident.line or 0))


def _spans(row: Row) -> Iterator[tuple[str, int, int, str]]:
    """All spans of a row: name, start, end, surface."""
    if isinstance(row, (Entity, Number, Claim)):
        yield "span", row.start, row.end, row.text
    if isinstance(row, Number):
        yield "core", row.core.start, row.core.end, row.core.text
        if row.modifier is not None:
            yield "modifier", row.modifier.start, row.modifier.end, row.modifier.text
    if isinstance(row, Claim) and row.anchor is not None:
        yield "anchor", row.anchor.start, row.anchor.end, row.anchor.text
    if isinstance(row, Quote):
        other = [span for reading in row.alternatives for span in reading.content or ()]
        mention = [] if row.speaker_mention is None else [row.speaker_mention]
        named = {"content": row.content, "cue": row.cue, "marked": row.marked, "speaker": mention, "alternative": other}
        for name, spans in named.items():
            for span in spans:
                yield name, span.start, span.end, span.text


def _check_spans(row: Row, text: str, boilerplate: list[tuple[int, int]], report: Report) -> None:
    for name, start, end, surface in _spans(row):
        if start < 0 or end <= start:
            report("span-empty", f"{name} is [{start}, {end})", start)
        elif end > len(text):
            report("span-outside", f"{name} is [{start}, {end}) in a text of {len(text)} code points", start)
        elif text[start:end] != surface:
            cause = why_not_there(text, start, end, surface)
            report("span-surface", f"{name}: the text has {text[start:end]!r}, the row {surface!r}; {cause}", start)
        elif any(first <= start and end <= last for first, last in boilerplate):
            report("row-in-boilerplate", f"{name} {surface!r} lies in boilerplate", start)
    if isinstance(row, Number) and not (row.start <= row.core.start and row.core.end <= row.end):
        report("core-outside", f"core [{row.core.start}, {row.core.end}) in [{row.start}, {row.end})", row.core.start)
    if isinstance(row, Quote) and not row.content and not row.cue:
        report("value-wrong", "neither content nor cue holds a span")
    if isinstance(row, Quote) and row.source_chain and row.source_chain[-1] != row.speaker:
        report("chain-end", f"the chain ends with {row.source_chain[-1]!r}, the speaker is {row.speaker!r}")


def _check_zones(row: Zones, text: str, report: Report) -> None:
    at = 0
    for zone in row.zones:
        if zone.start != at or not (zone.end == len(text) or text[zone.end - 1 : zone.end] == "\n"):
            report("zones-broken", f"zone [{zone.start}, {zone.end}) does not follow {at} in whole lines", zone.start)
        at = zone.end
    if at != len(text):
        report("zones-broken", f"the zones end at {at}, the text at {len(text)}", at)


def _check_number(row: Number, report: Report) -> None:
    for key in ("low", "high"):
        try:
            as_fraction(getattr(row, key))
        except ValueError as error:
            report("number-not-numeric", f"{key}: {error}", row.start)
    for key in ("edtf", "edtf_literal"):
        value = getattr(row, key)
        if value is not None and not is_date(value):
            report("date-not-edtf", f"{key} is {value!r}", row.start)


def _check_ids(located: Iterable[Located], reporter: Callable[[Located], Report]) -> None:
    ids: dict[tuple[str, str], int] = {}
    contents: dict[tuple[object, ...], int] = {}
    for item in located:
        row = item.row
        layer = type(row).__name__.lower()
        key = getattr(row, "id", None) or getattr(row, "issue_id", None)
        if isinstance(row, Registered):
            key = f"{row.story}/{row.entity_id}"
        if isinstance(row, Zones):
            key = row.doc_id
        if key is not None:
            if (layer, key) in ids:
                reporter(item)("id-repeated", f"{layer} id {key!r} is on line {ids[layer, key]} already")
            ids.setdefault((layer, key), item.line)
        content: tuple[object, ...] | None = None
        if isinstance(row, Entity):
            content = (row.doc_id, row.start, row.end, row.label)
        elif isinstance(row, Number):
            content = (row.doc_id, row.start, row.end, row.core, row.kind, row.low, row.high, row.edtf)
        elif isinstance(row, Quote):
            content = (row.doc_id, row.content, row.cue, row.speaker)
        if content is not None:
            if (layer, content) in contents:
                reporter(item)("row-repeated", f"the same row is on line {contents[layer, content]} already")
            contents.setdefault((layer, content), item.line)


def _check_crossing(located: Iterable[Located], reporter: Callable[[Located], Report]) -> None:
    by_document: dict[str, list[tuple[int, int, Located]]] = defaultdict(list)
    for item in located:
        if isinstance(item.row, Entity):
            by_document[item.row.doc_id].append((item.row.start, -item.row.end, item))
    for entries in by_document.values():
        entries.sort(key=lambda entry: entry[:2])
        still_open: list[Entity] = []
        for _, _, item in entries:
            row = item.row
            assert isinstance(row, Entity)
            while still_open and still_open[-1].end <= row.start:
                still_open.pop()
            if still_open and row.end > still_open[-1].end:
                reporter(item)("spans-cross", f"{row.text!r} crosses {still_open[-1].text!r}", row.start)
            else:
                still_open.append(row)


def _check_references(
    located: Sequence[Located], stories: Mapping[str, str], reporter: Callable[[Located], Report]
) -> None:
    entities = {(item.row.story, item.row.entity_id) for item in located if isinstance(item.row, Registered)}
    for item in located:
        row, wanted = item.row, []
        if isinstance(row, Entity):
            wanted = [row.entity_id]
        elif isinstance(row, Quote):
            others = [reading.speaker for reading in row.alternatives]
            wanted = [key for key in (row.speaker, *row.source_chain, row.addressee, *others) if key is not None]
        elif isinstance(row, Claim):
            wanted = [row.source] if row.source != NARRATOR else []
        elif isinstance(row, Registered):
            wanted = [row.speaks_for] if row.speaks_for is not None else []
        story = row.story if isinstance(row, Registered) else stories.get(getattr(row, "doc_id", ""), "")
        for key in dict.fromkeys(wanted):
            if (story, key) not in entities:
                reporter(item)("reference-unknown", f"{key!r} is not in the registry")


def _check_issues(
    located: Sequence[Located], stories: Mapping[str, str], reporter: Callable[[Located], Report]
) -> None:
    claims = {item.row.id: item.row for item in located if isinstance(item.row, Claim)}
    issues = {item.row.issue_id for item in located if isinstance(item.row, Conflict)}
    listed: set[str] = set()
    for item in located:
        row = item.row
        if isinstance(row, Claim) and row.issue_id not in issues:
            reporter(item)("reference-unknown", f"there is no issue {row.issue_id!r}", row.start)
        if not isinstance(row, Conflict):
            continue
        report = reporter(item)
        members: list[Claim] = []
        for position in row.positions:
            for key in position.claim_ids:
                claim = claims.get(key)
                if claim is None:
                    report("reference-unknown", f"there is no claim {key!r}")
                elif stories.get(claim.doc_id, row.story) != row.story:
                    report("reference-unknown", f"claim {key!r} stands in a document of another story")
                elif (claim.issue_id, claim.position) != (row.issue_id, position.position) or key in listed:
                    report("reference-unknown", f"claim {key!r} says it belongs elsewhere, or stands here twice")
                else:
                    members.append(claim)
                listed.add(key)
        if len({(claim.doc_id, claim.source) for claim in members}) < 2:
            report("issue-thin", f"issue {row.issue_id!r} has one source in one document")
        disputed = row.status in ("conflict", "contested")
        if disputed != (row.type is not None) or (row.status == "apparent") != (row.subtype is not None):
            report("issue-fields", f"status {row.status}, type {row.type}, subtype {row.subtype}")
        if disputed and len(row.positions) < 2:
            report("issue-fields", f"a {row.status} issue needs two positions")
    for item in located:
        if isinstance(item.row, Claim) and item.row.id not in listed:
            reporter(item)("reference-unknown", f"claim {item.row.id!r} stands in no position", item.row.start)
