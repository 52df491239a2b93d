"""What an annotator does in the page is what changes in the file: real server, real browser, real mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from khabar.formats.label_studio.document_page import STEPS
from tests.annotations.browser.one_article import ROWS, Round, difference, span
from tests.annotations.browser.page import annotator

pytestmark = pytest.mark.slow


def test_unchanged_pages_change_nothing(opened: Round) -> None:
    assert opened.pull() == ROWS


def test_a_drag_gives_the_offsets_of_the_text(opened: Round) -> None:
    """Over whole words, and from the second letter of a word, whose first is a clitic; nothing asks another host.

    A name that the registry has says who it is; another one is typed as a name.
    """
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.drag("1", "نبيل الشامي")
        page.drag("5", "ريّاضِ")
        page.select("ريّاضِ")
        page.fill("who", "الرياض")
        page.submit()
        assert page.hosts == {"127.0.0.1"}
    gone, come = difference(opened.pull())
    marked = {row["text"]: row for row in come if row["layer"] == "entities"}
    assert not gone
    assert set(marked) == {"نبيل الشامي", "ريّاضِ"}
    for surface, (label, key) in {"نبيل الشامي": ("PERS", "nabil_shami"), "ريّاضِ": ("GPE", "الرياض")}.items():
        row = marked[surface]
        assert {name: row[name] for name in ("start", "end", "text")} == span(surface)
        assert (row["label"], row["entity_id"]) == (label, key)
    assert [row["entity_id"] for row in come if row["layer"] == "registry"] == ["الرياض"]


def test_what_is_edited_changes_and_nothing_else(opened: Round) -> None:
    """A region gets another label, an attribute that is chosen and one that is typed; another is deleted and drawn again,
    a word longer."""
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.select("بوتين")
        page.press("4", page.page.locator(".lsf-label_selected").filter(has_text="ORG"))
        page.select("بوتين")
        page.choose("scored", "not scored")
        page.fill("wikidata", "Q7747")
        page.select("الوزيرُ")
        page.page.keyboard.press("Backspace")
        page.drag("3", "الوزيرُ\u00a0نبيل")
        page.select("الوزيرُ")
        page.fill("who", "نبيل الشامي")
        page.submit()
    gone, come = difference(opened.pull())
    assert gone == [ROWS[1], ROWS[2]]
    (longer, edited) = come
    assert edited == {**ROWS[2], "label": "ORG", "wikidata": "Q7747", "scored": False}
    assert {name: longer[name] for name in ("start", "end", "text")} == span("الوزيرُ\u00a0نبيل")
    assert (longer["label"], longer["entity_id"]) == ("OCC", "nabil_shami")


def test_a_relation_drawn(opened: Round) -> None:
    """A speaker's mention is marked, and related to what is said: Alt+R, then a click on the other."""
    with annotator(opened.server) as page:
        page.open(*opened.place("quotes"))
        page.drag("3", "نبيل")
        page.select("المصنعَ سيُفتح قريبا")
        page.page.keyboard.press("Alt+r")
        page.click("نبيل")
        page.submit()
    quote = ROWS[4]
    assert difference(opened.pull()) == ([quote], [{**quote, "speaker_mention": span("نبيل")}])


def test_names_are_offered_and_new_ones_too_once_submitted(opened: Round) -> None:
    """In every step: the registry grows with what is submitted."""
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.drag("5", "ريّاضِ")
        page.fill("who", "الرياض")
        page.submit()
        expect(page.page.frame_locator("#khabar-notes iframe").locator("main")).to_contain_text("nothing to mend")
        opened.push()
        page.open(*opened.place("quotes"))
        page.select("المصنعَ سيُفتح قريبا")
        addressee = page.page.locator(".khabar-name").filter(has_text="addressee", visible=True).locator("input")
        expect(addressee).to_have_attribute("list", "khabar-names")
        offered = page.page.locator("#khabar-names option")
        expect(offered).to_have_count(4)
        names = offered.evaluate_all("(options) => options.map((each) => each.value)")
        assert set(names) == {"نبيل الشامي", "سلمى", "بوتين", "الرياض"}
        addressee.fill("الرياض")
        page.page.keyboard.press("Enter")
        page.submit()
    quote = ROWS[4]
    gone, come = difference(opened.pull())
    assert gone == [quote]
    assert {**quote, "addressee": "الرياض"} in come


def test_all_fields_of_a_region_are_beside_the_text(opened: Round) -> None:
    """In every step, on a screen of 1366 × 768, without scrolling."""
    more = {"numbers": {"7": "ريّاضِ"}}
    with annotator(opened.server, height=768) as page:
        for step in STEPS:
            page.open(*opened.place(step), is_empty=step == "numbers")
            for key, surface in {"1": "عاجل", **more.get(step, {})}.items():
                page.drag(key, surface)
                page.select(surface)
                side = page.page.locator(".khabar-side").bounding_box()
                assert side is not None
                for field in page.page.locator(".khabar-field").filter(visible=True).all():
                    box, where = field.bounding_box(), (step, key, field.inner_text())
                    assert box is not None, where
                    assert side["y"] <= box["y"], where
                    assert box["y"] + box["height"] <= min(768, side["y"] + side["height"]), where
