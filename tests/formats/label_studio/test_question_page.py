"""Issues become pages of cards and come back: nothing is lost, and what is dragged is what changes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.annotations.label_studio.start import shown_again
from khabar.annotations.rounds import in_file_order, read_articles
from khabar.corpus.withheld import with_surfaces
from khabar.formats.label_studio.fields import POSITIONS
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import Page, to_page, to_results
from khabar.formats.label_studio.question_page import (
    GONE,
    card,
    cards_now,
    positions_of,
    question_page,
    question_rows,
    speakers,
)
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, Registered, Span, labels
from tests.formats.label_studio.strategies import words

ROOT = Path(__file__).parents[3]
TEXT = "قالت الوزارة إن 12 سدًا <مغلقة>.\nوقالت البلدية إن 14 سدًا مغلقة.\n"


def no_problem(incident: str, message: str, *, offset: int | None = None, fix: str | None = None) -> None:
    raise AssertionError((incident, message, offset))


def claim(key: str, surface: str = "12 سدًا <مغلقة>", doc_id: str = "one", **columns: object) -> Claim:
    start = TEXT.index(surface)
    given: dict[str, object] = {"source": "ministry", "stance": "asserted", **columns}
    return Claim(
        id=key, doc_id=doc_id, issue_id="", position="", start=start, end=start + len(surface), text=surface,
        anchor=Span(start, start + 2, surface[:2]), **given,  # type: ignore[arg-type]
    )  # fmt: skip


CLAIMS = {each.id: each for each in (claim("c1", value="12"), claim("c2", "14 سدًا مغلقة", "two"), claim("c3"))}
NOTES = {"status": ("conflict",), "question": ("How many?",), "question_ar": ("كم سدًا؟",), "type": ("numeric",)}
ASKED = Page(notes=NOTES, piles={"A": ("c1",), "B": ("c2",)})


def through(page: Page) -> Page:
    """What a server gives back: JSON, and the cards that nobody dragged."""
    results = json.loads(json.dumps(to_results(page)))
    for each in results:
        if each["type"] == "ranker":
            each["value"]["ranker"] = {
                "_": ["another"],
                **{position: [] for position in POSITIONS},
                **each["value"]["ranker"],
            }
    return to_page(results, no_problem)


def read(page: Page, taken: frozenset[str] = frozenset()) -> tuple[list[Claim], Conflict | None]:
    return question_rows(through(page), "dams", "demo", CLAIMS, no_problem, taken)


@st.composite
def issues(draw: st.DrawFn) -> tuple[list[Claim], Conflict]:
    """An issue as its status allows it, with the claims of its positions, in order."""
    ids = draw(st.lists(words, min_size=1, max_size=6, unique=True))
    placed = [
        claim(key, doc_id=draw(st.sampled_from(["one", "two"])), value=draw(st.none() | words))
        for key in sorted(ids)
    ]  # fmt: skip
    where = [draw(st.sampled_from(POSITIONS)) for _ in placed]
    placed = [
        Claim(**{name: getattr(each, name) for name in each.__struct_fields__} | {"issue_id": "dams", "position": at})
        for each, at in zip(placed, where, strict=True)
    ]
    status = draw(st.sampled_from(get_args(labels.Status)))
    disputed = status in ("conflict", "contested")
    return placed, Conflict(
        issue_id="dams", story="demo", question=draw(words), question_ar=draw(words), status=status,
        type=draw(st.sampled_from(get_args(labels.ConflictType))) if disputed else None,
        subtype=draw(st.sampled_from(get_args(labels.Subtype))) if status == "apparent" else None,
        scope=draw(st.sampled_from(get_args(labels.Scope))), note=draw(st.none() | words),
        positions=positions_of("dams", placed),
    )  # fmt: skip


@settings(deadline=None)
@given(issues())
def test_any_issue_comes_back(case: tuple[list[Claim], Conflict]) -> None:
    placed, issue = case
    cards = {each.id: each for each in placed}
    claims, again = question_rows(through(question_page(issue, placed)), "dams", "demo", cards, no_problem)
    assert again == issue
    assert in_file_order(claims) == in_file_order(placed)


@pytest.mark.usefixtures("fetched")
def test_claims_and_issues_of_every_story_come_back() -> None:
    """All of gold and of both passes of each round, shared spans and all statuses among them."""
    articles = read_articles(ROOT / "seeds")
    files = [*(ROOT / "annotations" / "gold").glob("*.jsonl"), *(ROOT / "annotations" / "rounds").glob("*/[abc].jsonl")]
    assert len(files) > len(set(articles.stories.values()))
    for path in files:
        rows = [with_surfaces(located.row, articles.texts) for located in read_rows(path, Incidents())]
        wanted = [row for row in rows if isinstance(row, (Claim, Conflict))]
        again = [row for row in shown_again(rows, articles, no_problem) if isinstance(row, (Claim, Conflict))]
        assert again == in_file_order(wanted), path.name


def test_a_card_that_is_dragged_is_a_claim_of_that_position() -> None:
    claims, issue = read(replace(ASKED, piles={"A": ("c1", "c3"), "B": ("c2",)}))
    assert [(each.id, each.issue_id, each.position) for each in claims] == [
        ("c1", "dams", "A"), ("c3", "dams", "A"), ("c2", "dams", "B"),
    ]  # fmt: skip
    assert issue is not None
    assert [(each.position, each.claim_ids) for each in issue.positions] == [("A", ("c1", "c3")), ("B", ("c2",))]


def test_the_scope_follows_from_the_articles_of_the_cards() -> None:
    scopes = [read(replace(ASKED, piles=piles))[1] for piles in (ASKED.piles, {"A": ("c1",), "B": ("c3",)})]
    assert [issue.scope for issue in scopes if issue] == ["across", "within"]


def test_a_claim_on_two_questions_is_a_row_in_each() -> None:
    claims, issue = read(ASKED, frozenset({"c1"}))
    assert [each.id for each in claims] == ["c1-dams", "c2"]
    assert issue is not None
    assert issue.positions[0].claim_ids == ("c1-dams",)


@pytest.mark.parametrize(
    "page",
    [Page(), replace(ASKED, notes={"status": ("no question",)}), Page(notes={"speaks_for": ("a > b",)})],
    ids=["nobody asks", "no question", "who speaks for whom"],
)
def test_a_page_that_asks_nothing(page: Page) -> None:
    assert read(page) == ([], None)


def test_cards_of_claims_that_are_gone_leave_their_question() -> None:
    claims, issue = read(replace(ASKED, piles={"A": ("c1", "gone"), "B": ("c2",)}))
    assert [each.id for each in claims] == ["c1", "c2"]
    assert issue is not None


def test_what_a_status_hides_says_nothing() -> None:
    """A type that was picked before the status was changed does not show any more."""
    notes = {**NOTES, "status": ("apparent",), "subtype": ("as_of",)}
    _, issue = read(replace(ASKED, notes=notes))
    assert issue is not None
    assert (issue.type, issue.subtype) == (None, "as_of")


def test_what_is_missing_is_told_all_at_once() -> None:
    told: list[str] = []

    def problem(incident: str, message: str, *, offset: int | None = None, fix: str | None = None) -> None:
        told.append(message)

    assert question_rows(Page(piles=ASKED.piles), "dams", "demo", CLAIMS, problem) == ([], None)
    assert told == ["status is missing", "question_ar is missing", "question is missing"]


def test_a_card_shows_who_says_what_and_where() -> None:
    shown = card(CLAIMS["c1"], TEXT, Names((("ministry", "وزارة الري"),)))
    assert (shown["id"], shown["title"]) == ("c1", "وزارة الري")
    assert "<mark>12</mark> سدًا &lt;مغلقة&gt;" in shown["html"]
    assert "قالت الوزارة" in shown["html"]
    assert "البلدية" not in shown["html"], "another line"
    assert "<bdi>12</bdi>" in shown["html"]


def test_cards_stay_while_claims_come_and_go() -> None:
    """Label Studio cannot open a page that places a card it does not have."""
    one, two, three = (card(each, TEXT, Names()) for each in CLAIMS.values())
    now = cards_now([one, three], [two, one])
    assert [(each["id"], each["title"]) for each in now] == [("c1", "ministry"), ("c3", "ministry"), ("c2", GONE)]
    assert cards_now([one, three], now) == now
    assert cards_now([one, two, three], now) == [one, two, three]


def test_who_speaks_for_whom_is_said_on_one_page() -> None:
    registry = [
        Registered(entity_id=key, story="demo", name=key, speaks_for=body) for key, body in (("a", "b"), ("b", None))
    ]
    assert speakers(through(question_page(None, (), registry)), no_problem) == {"a": "b"}
    told: list[str] = []
    speakers(Page(notes={"speaks_for": ("a speaks for b",)}), lambda incident, message: told.append(message))
    assert "spokesperson > body" in told[0]
