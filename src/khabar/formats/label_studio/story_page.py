"""The page of a story: its articles in turn as one text, with claims placed in issues, and back.

A claim is a region labelled with its position, an issue a region labelled with its status, put on words of its first
claim; both name the issue by its key. Offsets of the page are those of an article plus where it begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from khabar.formats.label_studio import fields
from khabar.formats.label_studio.document_page import columns_of, page_order, read_claim, read_columns, row_as_region
from khabar.formats.label_studio.fields import POSITIONS, SPEAKS_FOR, STATUSES
from khabar.formats.label_studio.page import Page, Problem, Region, in_text_order, row_id, row_region
from khabar.formats.label_studio.relations import Drawing, PartsOfRegions
from khabar.records import Claim, Conflict, Position, Registered, Span

GAP = "\n\n"
UNPLACED_LABEL = "claim"
"""Label of a claim that answers no issue yet."""
LABELS = {*POSITIONS, *STATUSES, UNPLACED_LABEL, "anchor"}
"""The labels of the page."""
_WHOLES = {"anchor": (*POSITIONS, UNPLACED_LABEL)}
_ISSUE = "khabar-issue-"


class ArticlePlace(msgspec.Struct, frozen=True):
    """Where an article stands in the text of a story's page: `[start, end)` in code points."""

    doc_id: str
    start: int
    end: int


def story_text(texts: Mapping[str, str]) -> tuple[str, tuple[ArticlePlace, ...]]:
    """Put the articles of a story in turn, each under a line with its doc_id, isolated to read left to right."""
    written, places = "", []
    for doc_id in sorted(texts):
        written += f"{GAP if written else ''}— \u2066{doc_id}\u2069 —\n"
        places.append(ArticlePlace(doc_id, len(written), len(written) + len(texts[doc_id])))
        written += texts[doc_id]
    return written, tuple(places)


def article_at(offset: int, articles: Sequence[ArticlePlace]) -> ArticlePlace:
    """The article an offset of the page lies in; before the first, or under a title line, the one before it."""
    return articles[max(0, bisect_right([article.start for article in articles], offset) - 1)]


def story_page(
    claims: Iterable[Claim], issues: Iterable[Conflict], registry: Iterable[Registered], texts: Mapping[str, str]
) -> Page:
    """Show the claims and issues of one story. An issue without a claim stands at the beginning of the text."""
    text, articles = story_text(texts)
    starts = {article.doc_id: article.start for article in articles}
    regions, parts = [], Drawing()
    first: dict[str, Region] = {}
    for claim in claims:
        shift = starts[claim.doc_id]
        shown = fields.PLACED if claim.position else fields.CLAIM
        region = row_as_region(claim, claim.position or UNPLACED_LABEL, shown, shift)
        parts.give(region.id, "anchor", _moved(claim.anchor, shift))
        first.setdefault(claim.issue_id, region)
        regions.append(region)
    begin = articles[0].start
    nowhere = Region("", "", begin, begin + 1, text[begin : begin + 1])
    for issue in issues:
        key, shown_words = _ISSUE + row_region(issue.issue_id), fields.show(fields.ISSUE, columns_of(issue))
        place = first.get(issue.issue_id, nowhere)
        regions.append(replace(place, id=key, label=issue.status, attributes=shown_words))
    regions += parts.regions.values()
    speaks = tuple(f"{row.entity_id} > {row.speaks_for}" for row in registry if row.speaks_for is not None)
    notes = {SPEAKS_FOR.name: speaks} if speaks else {}
    return Page(tuple(sorted(regions, key=page_order)), tuple(parts.links), notes)


def story_rows(
    page: Page, story: str, articles: Sequence[ArticlePlace], problem: Problem
) -> tuple[list[Claim], list[Conflict], dict[str, str]]:
    """Read claims, issues, and who speaks for whom. What cannot be a row is reported and left out."""
    regions = [region for region in in_text_order(page.regions) if _is_in_one(region, articles, problem)]
    parts = PartsOfRegions(replace(page, regions=tuple(regions)), problem, _WHOLES)
    claims: list[Claim] = []
    for region in regions:
        if region.label in POSITIONS:
            claim = _claim(region, story, articles, parts, problem)
            claims += [claim] if claim is not None else []
        elif region.label == UNPLACED_LABEL:
            problem("claim-unplaced", f"claim {region.text!r:.60} has no position on an issue", offset=region.start)
        elif region.label not in LABELS:
            problem("region-unknown", f"{region.label!r} is no label of this page", offset=region.start)
    issues: list[Conflict] = []
    for region in regions:
        if region.label in STATUSES:
            columns = read_columns(region, fields.ISSUE, {"story": story, "status": region.label}, problem)
            if columns is not None:
                issues.append(Conflict(**columns, positions=positions_of(columns["issue_id"], claims)))
    return claims, issues, _speaks_for(page, problem)


def _claim(
    region: Region, story: str, articles: Sequence[ArticlePlace], parts: PartsOfRegions, problem: Problem
) -> Claim | None:
    article = article_at(region.start, articles)
    known = {
        "id": row_id(region, f"{story}-c"),
        "doc_id": article.doc_id,
        "position": region.label,
        "start": region.start - article.start,
        "end": region.end - article.start,
        "text": region.text,
    }
    claim = read_claim(region, fields.PLACED, known, parts, problem)
    return None if claim is None else msgspec.structs.replace(claim, anchor=_moved(claim.anchor, -article.start))


def _moved(span: Span | None, by: int) -> Span | None:
    return None if span is None else Span(span.start + by, span.end + by, span.text)


def _is_in_one(region: Region, articles: Sequence[ArticlePlace], problem: Problem) -> bool:
    """Whether a region lies in one article, all of it: the lines between hold nothing. Reports what does not."""
    article = article_at(region.start, articles)
    inside = article.start <= region.start and region.end <= article.end
    if not inside:
        problem("span-outside", f"{region} does not lie in one article", offset=region.start)
    return inside


def positions_of(issue_id: str, claims: Iterable[Claim]) -> tuple[Position, ...]:
    """The positions of an issue as its claims name them: positions by name, claims by id."""
    members: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        if claim.issue_id == issue_id:
            members[claim.position].append(claim.id)
    return tuple(Position(position, tuple(sorted(members[position]))) for position in sorted(members))


def _speaks_for(page: Page, problem: Problem) -> dict[str, str]:
    bodies: dict[str, str] = {}
    for line in page.notes.get(SPEAKS_FOR.name, ()):
        who, arrow, body = (part.strip() for part in line.partition(">"))
        if arrow and who and body and who not in bodies:
            bodies[who] = body
        else:
            problem("value-wrong", f"speaks_for holds {line!r}, where `spokesperson > body` is asked for")
    return bodies


def in_articles(problem: Problem, articles: Sequence[ArticlePlace]) -> Problem:
    """Report problems at the offset they have in their article."""

    def report(incident: str, message: str, *, offset: int | None = None, fix: str | None = None) -> None:
        if offset is None:
            problem(incident, message, fix=fix)
        else:
            article = article_at(offset, articles)
            problem(incident, message, doc_id=article.doc_id, offset=offset - article.start, fix=fix)

    return report
