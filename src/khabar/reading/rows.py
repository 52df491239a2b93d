"""Annotation rows: files of them, files of errors, and the checks of rows.

Checked are surfaces, references between rows, and what the label scheme rules out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

from khabar.reading.incidents import Incident, Incidents, Report
from khabar.reading.limits import LONGEST_CITATION
from khabar.reading.lines import json_objects
from khabar.reading.offset_checks import why_not_there
from khabar.reading.shape import shaped
from khabar.records import BY_LAYER, Claim, Conflict, Entity, Number, Quote, Registered, Row, Zones
from khabar.records.errors import Error
from khabar.text.dates import is_date
from khabar.text.values import as_fraction


@dataclass(frozen=True, slots=True)
class Located:
    """A row and where it stands."""

    row: Row
    file: str
    line: int


DRAFT = "draft"
"""Marks a row that a system wrote and nobody has checked."""


def read_rows(path: Path, incidents: Incidents) -> list[Located]:
    """Read one annotation file; problems of form are added to `incidents`."""
    located: list[Located] = []
    drafts: list[int] = []
    for number, value, report in json_objects(path, incidents):
        if value.pop(DRAFT, False):
            drafts.append(number)
            continue
        kind = BY_LAYER.get(str(value.get("layer")))
        if kind is None:
            report("value-wrong", f"layer is {value.get('layer')!r}, not one of {', '.join(BY_LAYER)}")
            continue
        row = shaped(value, kind, report)
        if row is not None:
            located.append(Located(row, str(path), number))
    if drafts:
        message = f"{len(drafts)} row(s) of the file are drafts that nobody has checked; this is the first"
        incidents.report("row-draft", message, file=path, line=drafts[0])
    return located


def read_gold(folder: Path, incidents: Incidents) -> list[Located]:
    """Read all annotation files of a folder (`*.jsonl`), in the order of their names."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        incidents.report("file-missing", f"no .jsonl file in {folder}", file=folder)
    return [located for path in paths for located in read_rows(path, incidents)]


def read_errors(path: Path, incidents: Incidents) -> list[Error]:
    """Read a file of errors. Problems of form are added to `incidents`; an empty file holds no error."""
    errors: list[Error] = []
    if path.is_file() and path.stat().st_size == 0:
        return errors
    for number, value, report in json_objects(path, incidents):
        if not value.keys() & {"layer", "outcome", "cause"}:
            fix = "khabar score FILE --errors errors.jsonl writes errors"
            incidents.report("option-wrong", "this is no file of errors", file=path, line=number, fix=fix)
            return errors
        error = shaped(value, Error, report)
        if error is not None:
            errors.append(error)
    return errors


_Reporter = Callable[[Located], Report]


def check(located: Sequence[Located], texts: Mapping[str, str], stories: Mapping[str, str]) -> list[Incident]:
    """Check all rows of a gold or of a pass against the texts (by doc_id), the stories (by doc_id) and each other."""
    incidents = Incidents()

    def reporter(item: Located) -> Report:
        return incidents.at(item.file, item.line, item.row.article)

    boilerplate = {
        item.row.doc_id: [(zone.start, zone.end) for zone in item.row.zones if zone.zone == "boilerplate"]
        for item in located
        if isinstance(item.row, Zones)
    }
    for item in located:
        row, report = item.row, reporter(item)
        doc_id = row.article
        if doc_id is not None and doc_id not in texts:
            report("document-unknown", f"no document {doc_id!r} in the seeds")
        elif isinstance(row, Zones):
            _check_zones(row, texts[row.doc_id], report)
        elif doc_id is not None:
            _check_spans(row, texts[doc_id], boilerplate.get(doc_id, []), report)
        if isinstance(row, Number):
            _check_number(row, report)
        if isinstance(row, Quote):
            _check_quote(row, report)
    _check_repetition(located, reporter)
    _check_crossing(located, reporter)
    _check_references(located, stories, reporter)
    _check_issues(located, stories, reporter)
    return sorted(incidents, key=lambda incident: (incident.file or "", incident.line or 0))


def _check_spans(row: Row, text: str, boilerplate: list[tuple[int, int]], report: Report) -> None:
    for name, span in row.spans():
        start, end = span.start, span.end
        if start < 0 or end <= start:
            report("span-empty", f"{name} is [{start}, {end})", start)
        elif end > len(text):
            report("span-outside", f"{name} is [{start}, {end}) in a text of {len(text)} code points", start)
        elif text[start:end] != span.text:
            cause = why_not_there(text, start, end, span.text)
            report("span-surface", f"{name}: the text has {text[start:end]!r}, the row {span.text!r}; {cause}", start)
        elif any(first <= start and end <= last for first, last in boilerplate):
            report("row-in-boilerplate", f"{name} {span.text!r} lies in boilerplate", start)


def _check_zones(row: Zones, text: str, report: Report) -> None:
    expected = 0
    for zone in row.zones:
        if zone.start != expected or not (zone.end == len(text) or text[zone.end - 1 : zone.end] == "\n"):
            message = f"zone [{zone.start}, {zone.end}) does not follow {expected} in whole lines"
            report("zones-broken", message, zone.start)
        expected = zone.end
    if expected != len(text):
        report("zones-broken", f"the zones end at {expected}, the text at {len(text)}", expected)


def _check_number(row: Number, report: Report) -> None:
    if not (row.start <= row.core.start and row.core.end <= row.end):
        report("core-outside", f"core [{row.core.start}, {row.core.end}) in [{row.start}, {row.end})", row.core.start)
    for key in ("low", "high"):
        try:
            as_fraction(getattr(row, key))
        except ValueError as error:
            report("number-not-numeric", f"{key}: {error}", row.start)
    for key in ("edtf", "edtf_literal"):
        value = getattr(row, key)
        if value is not None and not is_date(value):
            report("gold-date", f"{key} is {value!r}", row.start)


def _check_quote(row: Quote, report: Report) -> None:
    if not row.content and not row.cue:
        report("value-wrong", "neither content nor cue holds a span")
    if row.source_chain and row.source_chain[-1] != row.speaker:
        report("chain-end", f"the chain ends with {row.source_chain[-1]!r}, the speaker is {row.speaker!r}")


def _check_repetition(located: Iterable[Located], reporter: _Reporter) -> None:
    """Report rows whose key another row of their kind has, and rows that say the same as another."""
    keys: dict[tuple[str, str], Located] = {}
    contents: dict[tuple[object, ...], Located] = {}
    for item in located:
        kind, key = type(item.row).__name__.lower(), item.row.key
        first = keys.setdefault((kind, key), item)
        if first is not item:
            reporter(item)("id-repeated", f"{kind} id {key!r} is on line {first.line} already")
        content = _content(item.row)
        first = item if content is None else contents.setdefault((kind, *content), item)
        if first is not item:
            reporter(item)("row-repeated", f"the same row is on line {first.line} already")


def _content(row: Row) -> tuple[object, ...] | None:
    """What makes two rows the same."""
    if isinstance(row, Entity):
        return row.doc_id, row.start, row.end, row.label
    if isinstance(row, Number):
        return row.doc_id, row.start, row.end, row.core, row.kind, row.low, row.high, row.edtf
    return (row.doc_id, row.content, row.cue, row.speaker) if isinstance(row, Quote) else None


def _check_crossing(located: Iterable[Located], reporter: _Reporter) -> None:
    """Report mentions that overlap another one without lying inside it."""
    by_document: dict[str, list[tuple[Entity, Located]]] = defaultdict(list)
    for item in located:
        if isinstance(item.row, Entity):
            by_document[item.row.doc_id].append((item.row, item))
    for mentions in by_document.values():
        still_open: list[Entity] = []
        for row, item in sorted(mentions, key=lambda mention: (mention[0].start, -mention[0].end)):
            while still_open and still_open[-1].end <= row.start:
                still_open.pop()
            if still_open and row.end > still_open[-1].end:
                reporter(item)("spans-cross", f"{row.text!r} crosses {still_open[-1].text!r}", row.start)
            else:
                still_open.append(row)


def _check_references(located: Sequence[Located], stories: Mapping[str, str], reporter: _Reporter) -> None:
    entities = {(item.row.story, item.row.entity_id) for item in located if isinstance(item.row, Registered)}
    for item in located:
        row = item.row
        for key in dict.fromkeys(row.references):
            if (row.story_key(stories), key) not in entities:
                reporter(item)("reference-unknown", f"{key!r} is not in the registry")


def _check_issues(located: Sequence[Located], stories: Mapping[str, str], reporter: _Reporter) -> None:
    claims = {item.row.id: item.row for item in located if isinstance(item.row, Claim)}
    issues = {item.row.issue_id for item in located if isinstance(item.row, Conflict)}
    listed: set[str] = set()
    for item in located:
        if isinstance(item.row, Claim) and item.row.issue_id not in issues:
            reporter(item)("reference-unknown", f"there is no issue {item.row.issue_id!r}", item.row.start)
        if isinstance(item.row, Conflict):
            members = _members(item.row, claims, listed, stories, reporter(item))
            _check_issue(item.row, members, reporter(item))
    for item in located:
        if isinstance(item.row, Claim) and item.row.id not in listed:
            reporter(item)("reference-unknown", f"claim {item.row.id!r} stands in no position", item.row.start)


def _members(
    issue: Conflict, claims: Mapping[str, Claim], listed: set[str], stories: Mapping[str, str], report: Report
) -> list[Claim]:
    """Give the claims of an issue's positions that stand there rightly. `listed` gathers those of all issues."""
    members: list[Claim] = []
    for position in issue.positions:
        for key in position.claim_ids:
            claim = claims.get(key)
            if claim is None:
                report("reference-unknown", f"there is no claim {key!r}")
            elif stories.get(claim.doc_id, issue.story) != issue.story:
                report("reference-unknown", f"claim {key!r} stands in a document of another story")
            elif (claim.issue_id, claim.position) != (issue.issue_id, position.position) or key in listed:
                report("reference-unknown", f"claim {key!r} says it belongs elsewhere, or stands here twice")
            else:
                members.append(claim)
            listed.add(key)
    return members


def _check_issue(issue: Conflict, members: Sequence[Claim], report: Report) -> None:
    if len({(claim.doc_id, claim.source) for claim in members}) < 2:
        report("issue-thin", f"issue {issue.issue_id!r} has one source in one document")
    disputed = issue.status in ("conflict", "contested")
    if disputed != (issue.type is not None) or (issue.status == "apparent") != (issue.subtype is not None):
        report("issue-fields", f"status {issue.status}, type {issue.type}, subtype {issue.subtype}")
    if disputed and len(issue.positions) < 2:
        report("issue-fields", f"a {issue.status} issue needs two positions")
    if issue.status == "corroborated" and len(issue.positions) > 1:
        report("issue-fields", "a corroborated issue has one position")
    _check_values(issue, members, report)


def _check_values(issue: Conflict, members: Sequence[Claim], report: Report) -> None:
    """Check that values go with the status: one answer a position, and answers of a hard issue exclude each other."""
    values: dict[str, set[str]] = {position.position: set() for position in issue.positions}
    for claim in members:
        if claim.value is not None:
            values[claim.position].add(claim.value)
        if issue.status == "conflict" and claim.end - claim.start > LONGEST_CITATION:
            message = (
                f"claim {claim.id!r} has {claim.end - claim.start} code points, where {LONGEST_CITATION} can be met"
            )
            report("gold-unmatchable", message)
    for position, answers in values.items():
        if {"yes", "no"} <= answers:
            report("issue-values", f"position {position} of issue {issue.issue_id!r} says both yes and no")
    for position, other in combinations(sorted(values) if issue.status == "conflict" else (), 2):
        for x, y in product(sorted(values[position]), sorted(values[other])):
            if x == y or (issue.type == "numeric" and _overlap(x, y)):
                report("issue-values", f"hard issue {issue.issue_id!r}: {position} says {x}, and {other} {y}")


def _overlap(amount: str, other: str) -> bool:
    """Tell whether two amounts, such as 12, 10..12 or ..12, have a number in common; of what is no amount, no."""
    try:
        (low, high), (least, most) = _amount(amount), _amount(other)
    except ValueError:
        return False
    return (low is None or most is None or low <= most) and (least is None or high is None or least <= high)


def _amount(value: str) -> tuple[Fraction | None, Fraction | None]:
    """Read the bounds of an amount; None where it is open. Raises ValueError where it is none."""
    low, dots, high = value.partition("..")
    bounds = as_fraction(low or None), as_fraction((high if dots else low) or None)
    if bounds == (None, None):
        raise ValueError(value)
    return bounds
