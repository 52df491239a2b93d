"""Claims as cards: dragged to the answers of a question, on the real server with a real mouse."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from khabar.annotations.label_studio.configuration import QUESTIONS
from tests.annotations.browser.one_article import ROWS, Round, difference
from tests.annotations.browser.page import annotator

pytestmark = pytest.mark.slow

CLAIMS, ISSUE = [row for row in ROWS if row["layer"] == "claims"], next(r for r in ROWS if r["layer"] == "conflicts")


def test_a_card_dragged_to_an_answer(opened: Round) -> None:
    """Status and subtype are picked, a field that the new status hides goes, and nothing asks another host."""
    with annotator(opened.server, height=768) as who:
        who.open_question(*opened.place(QUESTIONS, "true_report"))
        expect(who.pile("A")).to_contain_text("سيُفتح قريبا")
        expect(who.pile("B")).to_contain_text("سلمى")
        who.deal("c2", "C")
        who.page.get_by_text("apparent").click()
        who.choose("subtype", "different_event")
        who.submit()
        assert who.hosts == {"127.0.0.1"}
    wanted = {
        **{name: value for name, value in ISSUE.items() if name != "type"},
        "status": "apparent",
        "subtype": "different_event",
        "positions": [{"position": "A", "claim_ids": ["c1"]}, {"position": "C", "claim_ids": ["c2"]}],
    }
    gone, come = difference(opened.pull())
    assert gone == [CLAIMS[1], ISSUE]
    assert come == [{**CLAIMS[1], "position": "C"}, wanted]


def test_another_question_of_the_same_claims(opened: Round) -> None:
    """It is asked in the story's last task; its claims are rows of their own, and one more task opens."""
    key = "s-another-1"
    with annotator(opened.server) as who:
        who.open_question(*opened.place(QUESTIONS, key))
        for card, position in (("c1", "A"), ("c2", "B")):
            who.deal(card, position)
        who.page.get_by_text("contested").click()
        who.choose("type", "temporal")
        who.fill("question_ar", "متى يُفتح؟")
        who.fill("question", "When will it open?")
        who.submit()
        expect(who.page.frame_locator("#khabar-notes iframe").locator("main")).to_contain_text("nothing to mend")
        opened.push()
        who.open_question(*opened.place(QUESTIONS, "s-another-2"))
    gone, come = difference(opened.pull())
    assert not gone
    claims = [{**row, "id": f"{row['id']}-{key}", "issue_id": key} for row in CLAIMS]
    assert come == [
        *claims,
        {
            "layer": "conflicts", "issue_id": key, "story": "s", "question": "When will it open?",
            "question_ar": "متى يُفتح؟", "status": "contested", "type": "temporal", "scope": "within",
            "positions": [
                {"position": "A", "claim_ids": [f"c1-{key}"]}, {"position": "B", "claim_ids": [f"c2-{key}"]},
            ],
        },
    ]  # fmt: skip


def test_a_card_goes_to_a_pile_by_keyboard(opened: Round) -> None:
    """`/` goes to the search, Enter to its first card, a letter puts it in the pile, an arrow goes to the next card.
    So do Label Studio's own keys."""
    with annotator(opened.server, height=768) as who:
        keys, focus = who.page.keyboard, who.page.locator(":focus")
        who.open_question(*opened.place(QUESTIONS, "s-another-1"))
        who.page.locator("#khabar-search").wait_for()
        keys.press("/")
        keys.press("Enter")
        expect(focus).to_have_attribute("data-ranker-id", "c1")
        keys.press("ArrowDown")
        expect(focus).to_have_attribute("data-ranker-id", "c2")
        keys.press("b")
        expect(who.pile("B")).to_contain_text("سلمى")
        expect(focus).to_have_attribute("data-ranker-id", "c1")
        keys.press("Space")
        expect(who.page.locator("[id^=rbd-announcement]")).to_contain_text("lifted")
        keys.press("ArrowLeft")
        expect(who.page.locator("[id^=rbd-announcement]")).to_contain_text("to list A")
        keys.press("Space")
        expect(who.pile("A")).to_contain_text("سيُفتح قريبا")
        who.pile("B").focus()
        keys.press("0")
        expect(who.pile("_")).to_contain_text("سلمى")
        who.page.get_by_role("button", name="Undo").click()
        expect(who.pile("B")).to_contain_text("سلمى")
        keys.press("1")  # a status, as always
        who.choose("type", "polarity")
        keys.press("q")
        for name, words in (("question_ar", "هل سيُفتح؟"), ("question", "Will it?")):
            expect(focus).to_have_attribute("name", name)
            keys.type(words)
            keys.press("Enter")
        who.submit()
        expect(who.page.locator("#khabar-left")).to_contain_text("left: 1")  # another question is open
    _, come = difference(opened.pull())
    [issue] = [row for row in come if row["layer"] == "conflicts"]
    assert (issue["status"], [each["position"] for each in issue["positions"]]) == ("conflict", ["A", "B"])
    assert (issue["question_ar"], issue["question"]) == ("هل سيُفتح؟", "Will it?")


def test_a_search_hides_cards_in_no_pile_and_changes_nothing_else(opened: Round) -> None:
    """Words are compared without diacritics, whatever alef and taa marbuta they have, in any order."""
    with annotator(opened.server, height=768) as who:
        who.open_question(*opened.place(QUESTIONS, "s-another-1"))
        search = who.page.get_by_role("searchbox")
        expect(who.pile("_")).to_have_count(2)
        for typed, left in (("قَرِيبًا سـيفتح", "c1"), ("ونفت سلمي ألخبر", "c2"), ("yes", "c1")):
            search.fill(typed)
            expect(who.pile("_").filter(visible=True)).to_have_count(1)
            expect(who.page.locator(f"[data-ranker-id={left}]")).to_be_visible()
        search.fill("القاهرة")
        expect(who.pile("_").filter(visible=True)).to_have_count(0)
        expect(who.page.locator("#khabar-search")).to_contain_text("0 / 2")
        expect(who.page.locator("#khabar-pending")).to_be_hidden()
        search.fill("قريبا")
        who.deal("c1", "A")
        search.press("Escape")
        expect(who.pile("_").filter(visible=True)).to_have_count(1)
        assert who.page.evaluate("Htx.annotationStore.selected.names.get('positions').dataSource.itemIds._") == ["c2"]


def test_words_run_as_they_are_written(opened: Round) -> None:
    """A question mark ends an English question on the right, an Arabic one on the left: typed, entered, and empty."""
    edges = """(box) => {
      const range = document.createRange(), text = document.createTreeWalker(box, NodeFilter.SHOW_TEXT).nextNode();
      return [0, text.length - 1].map((at) => {
        range.setStart(text, at); range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left;
      });
    }"""
    with annotator(opened.server, height=768) as who:
        who.open_question(*opened.place(QUESTIONS, "true_report"))
        for name, is_english in (("question", True), ("question_ar", False)):
            field = who.page.locator(f".khabar-field:has([name^='{name}:'])")
            first, last = field.locator("p").evaluate(edges)
            assert (first < last) == is_english, name
            field.get_by_role("button", name="Edit Region").click()
            expect(field.locator("input")).to_have_css("unicode-bidi", "plaintext")


def test_what_is_wrong_is_said_after_submit(opened: Round) -> None:
    """A conflict of one answer, from a source alone; the card that is in no pile is named at the last task."""
    with annotator(opened.server) as who:
        who.open_question(*opened.place(QUESTIONS, "true_report"))
        notes = who.page.frame_locator("#khabar-notes iframe").locator("main")
        who.deal("c2", "_")
        who.submit()
        expect(notes).to_contain_text("a conflict issue needs two positions")
        expect(notes).to_contain_text("has one source in one document")
        said = json.loads(opened.khabar("annotate", "check", "page", opened.name, "--json", code=1))
        [unplaced] = [each for each in said["incidents"] if each["id"] == "claim-unplaced"]
        assert (unplaced["level"], unplaced["doc_id"], unplaced["offset"]) == ("warning", "d", CLAIMS[1]["start"])
        who.deal("c2", "B")
        who.submit()
        expect(notes).to_contain_text("nothing to mend")
    assert opened.pull() == ROWS
