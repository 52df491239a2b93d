"""Questions proposed from claims: what is counted or named together is asked about together."""

from __future__ import annotations

from typing import Any

from khabar.annotations.label_studio.questions import by_value, proposed, topics
from khabar.records import Claim, Row
from tests.annotations.story import ONE, TWO, claim, entity, number, span

ROWS: list[Row] = [
    number(ONE, "600 جندي", "600", "600"),
    number(TWO, "700 جندي", "700", "700"),
    entity(ONE, "كورسك", "GPE", "kursk"),
    entity(TWO, "كورسك", "GPE", "kursk"),
    entity(TWO, "زيلينسكي", "PERS", "zelensky"),
]


def said(key: str, doc: str, surface: str, anchor: str, **columns: Any) -> Claim:
    return claim(key, doc, surface, "", "narrator", issue_id="", anchor=span(doc, anchor), **columns)


SOLDIERS = said("c1", ONE, "600 جندي قتلوا في كورسك", "600"), said("c2", TWO, "700 جندي قتلوا", "700")
BATTLE = said("c3", ONE, "المعركة انتهت", "المعركة"), said("c4", TWO, "انتهاء المعركة في كورسك", "المعركة")


def test_what_is_counted_is_a_topic() -> None:
    assert topics(SOLDIERS[0], ROWS[:1]) == [("count", "جندي")]


def test_what_else_is_named_is_one() -> None:
    assert topics(BATTLE[1], ROWS[3:]) == [("word", "kursk"), ("word", "انتهاء"), ("word", "معركه"), ("word", "كورسك")]


def test_no_anchor_no_topic() -> None:
    assert topics(claim("c5", ONE, "المعركة انتهت", "", "narrator"), ROWS) == []


def test_claims_that_share_a_topic_are_asked_about_together() -> None:
    assert proposed([*SOLDIERS, *BATTLE], ROWS) == {("count", "جندي"): SOLDIERS, ("word", "معركه"): BATTLE}


def test_one_source_in_one_article_makes_no_question() -> None:
    again = said("c6", ONE, "جندي قتلوا في كورسك", "قتلوا")
    assert proposed([SOLDIERS[0], again], ROWS) == {}


def test_equal_values_share_a_position() -> None:
    claims = [said(key, ONE, "600 جندي", "600", value=value) for key, value in (("a", "1"), ("b", "2"), ("c", "1"))]
    assert by_value(claims) == {"A": ("a", "c"), "B": ("b",)}
