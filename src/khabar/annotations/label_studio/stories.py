"""The page of a story: its articles in turn as one text, with claims placed in issues, and back.

A claim is a region labelled with its position, an issue a region labelled with its status, put on words of its first
claim; both name the issue by its key. Offsets of the page are those of an article plus where it begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from khabar.annotations.label_studio.faces import (
    CLAIM,
    ISSUE,
    PLACED,
    POSITIONS,
    SPEAKS_FOR,
    STATUSES,
    attributes,
    read,
)
from khabar.annotations.label_studio.page import Page, Region, row_id, row_region
from khabar.annotations.label_studio.parts import Shared, assigned, by_label, only
from khabar.annotations.label_studio.results import Report
from khabar.records import Claim, Conflict, Position, Registered

GAP = "\n\n"
UNPLACED_LABEL = "claim"
"""Label of a claim that answers no issue yet."""
_WHOLES = {"anchor": (*POSITIONS, UNPLACED_LABEL)}
_ISSUE = "khabar-issue-"


class Article(msgspec.Struct, frozen=True):
    """Where an article stands in the text of a story's page: `[start, end)` in code points."""

    doc_id: str
    start: int
    end: int


def story_text(texts: Mapping[str, str]) -> tuple[str, tuple[Article, ...]]:
    """Put the articles of a story in turn, each under a line with its doc_id, isolated to read left to right."""
    written, articles = "", []
    for doc_id in sorted(texts):
        written += f"{GAP if written else ''}— \u2066{doc_id}\u2069 —\n"
        articles.append(Article(doc_id, len(written), len(written) + len(texts[doc_id])))
        written += texts[doc_id]
    return written, tuple(articles)


def story_page(
    claims: Iterable[Claim], issues: Iterable[Conflict], registry: Iterable[Registered], texts: Mapping[str, str]
) -> Page:
    """Show the claims and issues of one story. An issue without a claim stands at the beginning of the text."""
    text, articles = story_text(texts)
    begins = {article.doc_id: article.start for article in articles}
    regions, parts = [], Shared()
    first: dict[str, Region] = {}
    for claim in claims:
        at = begins[claim.doc_id]
        columns = {name: getattr(claim, name) for name in claim.__struct_fields__}
        key, start, end = row_region(claim.id), at + claim.start, at + claim.end
        faces = PLACED if claim.position else CLAIM
        label = claim.position or UNPLACED_LABEL
        region = Region(key, label, start, end, claim.text, attributes(faces, columns))
        if claim.anchor is not None:
            anchor = claim.anchor
            parts.give(key, "anchor", [msgspec.structs.replace(anchor, start=at + anchor.start, end=at + anchor.end)])
        first.setdefault(claim.issue_id, region)
        regions.append(region)
    for issue in issues:
        columns = {name: getattr(issue, name) for name in issue.__struct_fields__}
        there = first.get(issue.issue_id)
        key, shown = _ISSUE + row_region(issue.issue_id), attributes(ISSUE, columns)
        if there is None:
            begin = articles[0].start
            there = Region(key, issue.status, begin, begin + 1, text[begin : begin + 1])
        regions.append(replace(there, id=key, label=issue.status, attributes=shown))
    speaks = tuple(f"{each.entity_id} > {each.speaks_for}" for each in registry if each.speaks_for is not None)
    notes = {SPEAKS_FOR.name: speaks} if speaks else {}
    return Page((*regions, *parts.regions.values()), tuple(parts.links), notes)


def story_rows(
    page: Page, story: str, articles: Sequence[Article], report: Report
) -> tuple[list[Claim], list[Conflict], dict[str, str]]:
    """Read claims, issues, and who speaks for whom. What cannot be a row is reported and left out."""
    page = Page(tuple(_within(page.regions, articles, report)), page.links, page.notes)
    parts = assigned(page, report, _WHOLES)
    begins = {article.doc_id: article.start for article in articles}
    claims: list[Claim] = []
    for region in by_label(page.regions, lambda each: each.label in POSITIONS):
        doc_id = article_at(region.start, articles).doc_id
        at = begins[doc_id]
        anchor = only(parts, region, "anchor", report)
        known = {
            "id": row_id(region, f"{story}-c"),
            "doc_id": doc_id,
            "position": region.label,
            "start": region.start - at,
            "end": region.end - at,
            "text": region.text,
            "anchor": anchor and msgspec.structs.replace(anchor, start=anchor.start - at, end=anchor.end - at),
        }
        columns = _read(PLACED, region, known, report)
        if columns is not None:
            claims.append(Claim(**columns))
    issues: list[Conflict] = []
    for region in by_label(page.regions, lambda each: each.label in STATUSES):
        columns = _read(ISSUE, region, {"story": story, "status": region.label}, report)
        if columns is not None:
            issues.append(Conflict(**columns, positions=_positions(columns["issue_id"], claims)))
    for region in by_label(page.regions, lambda each: each.label == UNPLACED_LABEL):
        report("claim-unplaced", f"claim {region.text!r:.60} has no position on an issue", region.start)
    for region in by_label(
        page.regions, lambda each: each.label not in (*POSITIONS, *STATUSES, UNPLACED_LABEL, "anchor")
    ):
        report("region-unknown", f"{region.label!r} is no label of this page", region.start)
    return claims, issues, _speaks_for(page, report)


def _read(faces: Any, region: Region, known: Mapping[str, Any], report: Report) -> dict[str, Any] | None:
    def problem(message: str) -> None:
        report("value-wrong", f"{region.label} {region.text!r:.50}: {message}", region.start)

    return read(faces, region.attributes, known, problem)


def article_at(offset: int, articles: Sequence[Article]) -> Article:
    """The article an offset of the page lies in; before the first, or under a title line, the one before it."""
    return articles[max(0, bisect_right([article.start for article in articles], offset) - 1)]


def _within(regions: Iterable[Region], articles: Sequence[Article], report: Report) -> Iterable[Region]:
    """The regions that lie in one article, all of them: the lines between hold nothing."""
    for region in regions:
        article = article_at(region.start, articles)
        if article.start <= region.start and region.end <= article.end:
            yield region
        else:
            report("span-outside", f"{region.label} {region.text!r:.50} does not lie in one article", region.start)


def _positions(issue_id: str, claims: Iterable[Claim]) -> tuple[Position, ...]:
    members: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.issue_id == issue_id:
            members[claim.position].append(claim.id)
    return tuple(Position(position, tuple(sorted(members[position]))) for position in sorted(members))


def _speaks_for(page: Page, report: Report) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in page.notes.get(SPEAKS_FOR.name, ()):
        who, arrow, body = (part.strip() for part in line.partition(">"))
        if arrow and who and body and who not in found:
            found[who] = body
        else:
            report("value-wrong", f"speaks_for holds {line!r}, where `spokesperson > body` is asked for", None)
    return found
