"""Rows become pages and come back: nothing is lost, and what an annotator changes is what changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from khabar.annotations.label_studio.start import shown_again
from khabar.annotations.rounds import in_file_order, read_articles
from khabar.formats.label_studio.document_page import document_page, document_rows, zones_row
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import Page, Region, row_region, to_page, to_results
from khabar.formats.standoff import Link
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Claim, Entity, Number, Quote, Registered, Row, Span, Zones, ZoneSpan
from tests.formats.label_studio.strategies import DOC, LINES, TEXT, documents

ROOT = Path(__file__).parents[3]
PASSES = ["annotations/gold/kursk.jsonl", "annotations/rounds/first/a.jsonl", "annotations/rounds/first/b.jsonl"]


def no_problem(incident: str, message: str, *, offset: int | None = None, fix: str | None = None) -> None:
    raise AssertionError((incident, message, offset))


def through(page: Page) -> Page:
    """What a server gives back: JSON."""
    return to_page(json.loads(json.dumps(to_results(page))), no_problem)


def read(page: Page) -> list[Row]:
    return document_rows(through(page), DOC, TEXT, no_problem)


def problems(page: Page) -> list[tuple[str, str, int | None]]:
    found: list[tuple[str, str, int | None]] = []

    def problem(incident: str, message: str, *, offset: int | None = None, fix: str | None = None) -> None:
        found.append((incident, message, offset))

    document_rows(through(page), DOC, TEXT, problem)
    return found


def by_content(rows: Sequence[Row]) -> list[bytes]:
    return sorted(msgspec.json.encode(row) for row in rows)


@settings(deadline=None)
@given(documents())
def test_any_rows_come_back(rows: list[Row]) -> None:
    assert by_content(read(document_page(rows, TEXT))) == by_content(rows)


@pytest.mark.parametrize("name", PASSES)
def test_passes_come_back(name: str, own_sources: tuple[Path, Path]) -> None:
    """All rows of gold and of both passes, with their issues, in the order of their files."""
    rows = [located.row for located in read_rows(ROOT / name, Incidents())]
    again = shown_again(rows, read_articles(own_sources[0]), no_problem)
    assert again == [row for row in rows if not isinstance(row, Registered)]
    assert in_file_order(rows[::-1]) == rows


def region(key: str, label: str, surface: str, **attributes: str) -> Region:
    start = TEXT.index(surface)
    return Region(
        key, label, start, start + len(surface), surface, {name: (text,) for name, text in attributes.items()}
    )


def linked(*ends: tuple[str, str]) -> tuple[Link, ...]:
    return tuple(Link("", source, target) for source, target in ends)


def rows_of(kind: type[Row], *regions: Region, links: Sequence[tuple[str, str]] = ()) -> list[Row]:
    return [row for row in read(Page(regions, linked(*links))) if isinstance(row, kind)]


def test_what_annotators_add_by_hand() -> None:
    """New regions have Label Studio's own ids: rows take theirs from them, the same on every pull."""
    [row] = rows_of(Entity, region("aB3_-x", "PERS", "بُوتين", entity_id="vladimir_putin"))
    assert row == Entity(
        id=f"{DOC}-e-aB3_-x", doc_id=DOC, start=6, end=12, text="بُوتين", label="PERS", name="بُوتين", entity_id="vladimir_putin"
    )  # fmt: skip


def test_a_name_says_who_it_is() -> None:
    """Nobody types a key: a name that the registry has is that entity, another one is a new entity."""
    mention = region("a", "PERS", "بُوتين", name="بوتين")
    [row] = document_rows(Page((mention,)), DOC, TEXT, no_problem, names=Names((("putin", "بوتين"),)), with_zones=False)
    assert isinstance(row, Entity)
    assert row.entity_id == "putin"
    [row] = rows_of(Entity, mention)
    assert isinstance(row, Entity)
    assert row.entity_id == "بوتين"


def test_what_is_left_empty_means_what_the_guidelines_say() -> None:
    [number] = rows_of(Number, region("n", "count", "14 ألف جندي", low="14000", modality="more_than"))
    assert isinstance(number, Number)
    assert (number.low_incl, number.high_incl, number.factuality, number.role) == (False, False, "asserted", "level")
    assert (number.core.text, number.calendar, number.scored) == ("14 ألف جندي", None, True)
    [date] = rows_of(Number, region("n", "date", "24 أبريل"))
    assert isinstance(date, Number)
    assert (date.low_incl, date.calendar, date.role) == (None, "gregorian", None)


def test_what_the_text_says_to_the_letter_is_not_typed() -> None:
    """Digits say their bound, the words beside the core what is counted, a whole date what it resolves to."""
    mention, core = region("n", "count", "14 ألف جندي", unit="جندي"), region("c", "core", "14 ألف")
    [number] = rows_of(Number, mention, core)
    assert isinstance(number, Number)
    assert (number.low, number.high, number.modality, number.counted, number.unit) == (
        "14000", "14000", "exact", "جندي", "جندي",
    )  # fmt: skip
    [most] = rows_of(Number, replace(mention, attributes={"modality": ("at_most",)}), core)
    assert isinstance(most, Number)
    assert (most.low, most.high, most.modality) == (None, "14000", "at_most")
    [nothing] = rows_of(Number, replace(mention, attributes={"low": ("—",), "high": ("—",)}), core)
    assert isinstance(nothing, Number)
    assert (nothing.low, nothing.high, nothing.counted) == (None, None, None)
    [date] = rows_of(Number, region("d", "date", "24 أبريل", edtf_literal="2025-04-24"))
    [partial] = rows_of(Number, region("d", "date", "24 أبريل", edtf_literal="XXXX-04-24"))
    assert isinstance(date, Number)
    assert isinstance(partial, Number)
    assert (date.edtf, date.anchor, partial.edtf) == ("2025-04-24", None, None)


def test_what_was_said_before_in_the_article_is_not_typed_again() -> None:
    """The unit of a noun, and the evidence of a date that does not resolve itself; `—` takes them away."""
    first = region("a", "count", "14 ألف جندي", low="14000", counted="جندي", unit="soldier")
    again = region("b", "count", "كورسك", low="2", counted="الجندي")
    without = region("c", "count", "أبريل", low="2", counted="جندي", unit="—")
    rows = [row for row in rows_of(Number, first, again, without) if isinstance(row, Number)]
    assert [row.unit for row in rows] == ["soldier", "soldier", None]
    resolved = region("a", "date", "24 أبريل", edtf="2025-04-24", evidence="published 2025-04-28")
    later = region("b", "date", "نص", edtf="2025-04-28")
    whole = region("c", "date", "ـ نص", edtf_literal="2025-04")
    dates = {row.text: row.anchor for row in rows_of(Number, resolved, later, whole) if isinstance(row, Number)}
    assert dates == {"24 أبريل": "published 2025-04-28", "نص": "published 2025-04-28", "ـ نص": None}


def test_a_name_is_keyed_once_and_names_its_speaker() -> None:
    first = region("a", "PERS", "بُوتين", entity_id="vladimir_putin", wikidata="Q7747")
    again = replace(first, id="b", attributes={}, start=40, end=45, text="وأضاف")
    again = replace(again, attributes={"name": ("بُوتين",)})
    entities = rows_of(Entity, first, again)
    assert [(row.entity_id, row.wikidata) for row in entities if isinstance(row, Entity)] == [
        ("vladimir_putin", "Q7747")
    ] * 2
    content, mention = region("c", "content", "14 ألف جندي في كورسك"), region("d", "speaker", "بُوتين")
    [quote] = rows_of(Quote, first, content, mention, links=[("c", "d")])
    assert isinstance(quote, Quote)
    assert (quote.speaker, quote.source_chain, quote.speaker_mention) == (
        "vladimir_putin",
        ("vladimir_putin",),
        Span(6, 12, "بُوتين"),
    )
    another = replace(
        first, id="e", label="OCC", start=60, end=65, text=TEXT[60:65], attributes={"entity_id": ("vladimir_putin",)}
    )
    without = replace(
        another, id="f", start=66, end=70, text=TEXT[66:70], attributes={**another.attributes, "wikidata": ("—",)}
    )
    items = [row.wikidata for row in rows_of(Entity, first, another, without) if isinstance(row, Entity)]
    assert items == ["Q7747", "Q7747", None], "an entity's item is given once"
    [unlabelled] = rows_of(Quote, content, mention, links=[("c", "d")])
    assert isinstance(unlabelled, Quote)
    assert unlabelled.speaker == "بُوتين", "whose mention no entity lies in is who it says"
    assert [each[1] for each in problems(Page((content,)))] == ["content '14 ألف جندي في كورسك': speaker is missing"]


@pytest.mark.parametrize("turned", [False, True])
def test_discontinuous_content_whichever_way_it_is_drawn(turned: bool) -> None:
    head, piece = region("a", "content", "14 ألف جندي", speaker="putin"), region("b", "piece", "كورسك")
    cue, marked = region("c", "cue", "قال"), region("d", "marked", "ألف")
    links = [("a", "b"), ("a", "c")]
    links = [(two, one) for one, two in links] if turned else links
    [quote] = rows_of(Quote, cue, head, piece, marked, links=links)
    assert isinstance(quote, Quote)
    assert [span.text for span in quote.content] == ["14 ألف جندي", "كورسك"]
    assert [span.text for span in (*quote.cue, *quote.marked)] == ["قال", "ألف"], "what lies in one whole needs no link"


def test_parts_that_belong_to_nothing_are_told() -> None:
    one = region("a", "content", "14 ألف جندي", speaker="putin")
    two, inside = replace(one, id="b"), region("c", "marked", "ألف")
    assert [(kind, at) for kind, _, at in problems(Page((one, two, inside)))] == [("part-loose", inside.start)]
    assert rows_of(Quote, one, two, inside, links=[("c", "b")])
    cue = region("d", "cue", "قال")
    assert [(kind, at) for kind, _, at in problems(Page((one, cue)))] == [("part-loose", cue.start)]
    assert [kind for kind, *_ in problems(Page((one, cue), linked(("d", "gone"))))] == ["part-loose", "part-loose"]
    assert [kind for kind, *_ in problems(Page((one, two), linked(("a", "b"))))] == ["part-loose"]


def test_zones_take_whole_lines() -> None:
    """A zone drawn over some letters of a line is the line; what nobody marked is body."""
    drawn = Region("z", "heading", LINES[1] + 2, LINES[1] + 5, TEXT[LINES[1] + 2 : LINES[1] + 5])
    row = zones_row(DOC, TEXT, [drawn])
    assert row == Zones(
        doc_id=DOC,
        zones=(
            ZoneSpan(0, LINES[1], "body"),
            ZoneSpan(LINES[1], LINES[2], "heading"),
            ZoneSpan(LINES[2], len(TEXT), "body"),
        ),
    )


def test_all_problems_of_a_page_at_once() -> None:
    wrong = [
        region("a", "PERS", "بُوتين", scored="perhaps"),
        region("b", "count", "14", modality="some"),
        region("c", "FOOD", "كورسك"),
        region("d", "cue", "قال"),
    ]
    page = replace(Page(tuple(wrong)), links=linked(("a", "b")))
    assert sorted(kind for kind, *_ in problems(page)) == [
        "part-loose", "part-loose", "region-unknown", "value-wrong", "value-wrong",
    ]  # fmt: skip


def test_ids_of_any_shape_make_regions_a_page_can_style() -> None:
    """Label Studio makes a CSS class of a region's id; other characters would leave it without colour."""
    for row_id in ("000_x-e001", "c#1", "مثال", "a b", "row:1"):
        assert row_region(row_id).replace("-", "").replace("_", "").isalnum()
        assert row_region(row_id).isascii()


def test_claims_have_no_issue_in_their_documents_page() -> None:
    [claim] = rows_of(Claim, region("k", "claim", "14 ألف جندي في كورسك", value="14000"))
    assert isinstance(claim, Claim)
    assert (claim.issue_id, claim.position, claim.source, claim.stance) == ("", "", "narrator", "asserted")
