"""Claims as cards: dragged to the answers of a question, on the real server with a real mouse."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from khabar.annotations.label_studio.configuration import QUESTIONS
from tests.annotations.browser.one_article import ROWS, Round, difference
from tests.annotations.browser.page import annotator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label_studio")]

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
