"""What an annotator is spared: a label that stays, parts that follow their whole, fields that need no Enter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks import hand
from playwright.sync_api import expect

from khabar.annotations.server.environment import LAUNCHER
from khabar.formats.label_studio.fields import NUMBER_LABELS
from khabar.formats.label_studio.relations import WHOLES
from tests.annotations.browser.one_article import ROWS, Round, difference, span
from tests.annotations.browser.page import Annotator, annotator

pytestmark = pytest.mark.slow

SELECTED = ".lsf-label_selected"
RELATIONS = "Htx.annotationStore.selected.relationStore.relations.map(({node1, node2}) => [node1.text, node2.text])"


@pytest.fixture
def at_work(opened: Round) -> Iterator[Annotator]:
    with annotator(opened.server) as who:
        yield who


def begin(who: Annotator, key: str, surface: str) -> None:
    """Press the key of a label, and drag."""
    who.press(key, who.page.locator(SELECTED))
    go_on(who, surface)


def go_on(who: Annotator, surface: str) -> None:
    """Drag, without a key."""
    who.sweep(surface)
    who.region(surface).wait_for()


def come(opened: Round, layer: str) -> list[dict[str, Any]]:
    """Rows of a layer that are new; the others are as they were."""
    gone, new = difference(opened.pull())
    assert not gone
    return [row for row in new if row["layer"] == layer]


def test_the_script_the_count_and_the_reader_have_one_scheme() -> None:
    script = LAUNCHER.with_name("marking.js").read_text("utf-8")

    def table(name: str) -> dict[str, Any]:
        words = re.search(rf"const {name} = (\{{.*?\}});", script, re.DOTALL)
        assert words
        quoted = re.sub(r"(\w+):", r'"\1":', words[1].replace("NUMBERS", json.dumps(NUMBER_LABELS)))
        return dict(json.loads(re.sub(r",\s*\}", "}", quoted)))

    numbers = re.search(r"const NUMBERS = (\[.*?\]);", script)
    assert numbers
    assert tuple(json.loads(numbers[1])) == NUMBER_LABELS
    assert table("NEXT") == hand.NEXT
    assert {
        **dict.fromkeys(NUMBER_LABELS, "core"),
        **{whole: part for whole, (part, _) in table("INNER").items()},
    } == hand.INNER
    read = {part: [whole for whole in wholes if whole != "cue"] for part, wholes in WHOLES.items()}
    assert table("WHOLES") == read, "a cue is a whole only once it has a speaker"


def test_the_label_stays_until_another_is_chosen_or_esc_lets_go(opened: Round, at_work: Annotator) -> None:
    """What is typed between two drags needs no Enter, and Tab leads to the fields."""
    page = at_work.page
    at_work.open(*opened.place("entities"))
    begin(at_work, "5", "ريّاضِ")
    page.keyboard.press("Tab")
    page.keyboard.type("الرياض")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Q3692")
    go_on(at_work, "مدينةِ")
    begin(at_work, "1", "نبيل")
    go_on(at_work, "الشامي")
    page.keyboard.press("Escape")
    expect(page.locator(SELECTED)).to_have_count(0)
    at_work.sweep("خبرٌ")
    at_work.submit()
    rows = {row["text"]: (row["label"], row["entity_id"], row.get("wikidata")) for row in come(opened, "entities")}
    assert rows == {
        "ريّاضِ": ("GPE", "الرياض", "Q3692"),
        "مدينةِ": ("GPE", "مدينةِ", None),
        "نبيل": ("PERS", "نبيل", None),
        "الشامي": ("PERS", "الشامي", None),
    }


def test_a_quote_in_one_motion(opened: Round, at_work: Annotator) -> None:
    """One key: the content, what stands in marks inside it, its cue, its speaker, the next content."""
    at_work.open(*opened.place("quotes"))
    label = at_work.page.locator(SELECTED)
    begin(at_work, "1", "لم يعلّق")
    expect(label).to_contain_text("cue")
    go_on(at_work, "يعلّق")
    expect(label).to_contain_text("cue")
    go_on(at_work, "ريّاضِ")
    expect(label).to_contain_text("speaker")
    go_on(at_work, "بوتين")
    expect(label).to_contain_text("content")
    go_on(at_work, "عاجل")
    at_work.page.keyboard.press("Tab")
    at_work.page.keyboard.type("سلمى")
    at_work.submit()
    first, second = sorted(come(opened, "quotes"), key=lambda row: -row["content"][0]["start"])
    assert (first["content"], first["marked"]) == ([span("لم يعلّق")], [span("يعلّق")])
    assert (first["cue"], first["speaker_mention"]) == ([span("ريّاضِ")], span("بوتين"))
    assert first["speaker"] == "vladimir_putin"
    assert (second["content"], second["speaker"], "cue" in second) == ([span("عاجل")], "salma", False)


def test_a_part_of_two_quotes_and_a_part_taken_back(opened: Round, at_work: Annotator) -> None:
    """Alt+R relates it to the second, and the motion goes on from there; Ctrl+Z takes a part back with its arrow."""
    page = at_work.page
    at_work.open(*opened.place("quotes"))
    begin(at_work, "1", "ريّاضِ")
    before = page.evaluate(RELATIONS)
    go_on(at_work, "خبرٌ")
    assert page.evaluate(RELATIONS) == [*before, ["ريّاضِ", "خبرٌ"]]
    page.keyboard.press("Control+z")
    page.wait_for_function(f"({RELATIONS}).length === {len(before)}")
    expect(at_work.region("خبرٌ")).to_have_count(0)
    begin(at_work, "2", "عاجل")
    begin(at_work, "1", "لم يعلّق")
    page.keyboard.press("Alt+r")
    at_work.click("عاجل")
    expect(page.locator(SELECTED)).to_contain_text("speaker")
    go_on(at_work, "بوتين")
    page.wait_for_function(f"({RELATIONS}).length === {len(before) + 3}")
    assert page.evaluate(RELATIONS)[-3:] == [["ريّاضِ", "عاجل"], ["لم يعلّق", "عاجل"], ["لم يعلّق", "بوتين"]]


def test_a_number_and_its_core(opened: Round, at_work: Annotator) -> None:
    """A drag inside it is the core, once; the kind stays; a modifier by its key belongs to the number before it."""
    at_work.open(*opened.place("numbers"), is_empty=True)
    begin(at_work, "1", "المصنعَ سيُفتح قريبا")
    go_on(at_work, "سيُفتح")
    begin(at_work, "=", "خبرٌ عاجل")
    go_on(at_work, "ريّاضِ")
    at_work.submit()
    first, second = sorted(come(opened, "numbers"), key=lambda row: -row["start"])
    assert (first["kind"], first["core"], first["modifier"]) == ("count", span("سيُفتح"), span("خبرٌ عاجل"))
    assert (second["kind"], second["text"], second["core"]) == ("count", "ريّاضِ", span("ريّاضِ"))


def test_a_claim_and_its_anchor(opened: Round, at_work: Annotator) -> None:
    """Also where claims overlap, so that the letters alone do not say whose it is."""
    at_work.open(*opened.place("claims"))
    begin(at_work, "1", "وبوتين لم يعلّق، ونفت سلمى")
    go_on(at_work, "بوتين")
    begin(at_work, "1", "سلمى الخبر")
    go_on(at_work, "الخبر")
    at_work.submit()
    rows = [row for row in opened.pull() if row["layer"] == "claims" and row not in ROWS]
    assert rows == [], "no question has them yet"
    assert at_work.page.evaluate(RELATIONS)[-2:] == [["وبوتين لم يعلّق، ونفت سلمى", "بوتين"], ["سلمى الخبر", "الخبر"]]


def test_a_drag_that_marks_nothing_opens_no_trap(opened: Round, at_work: Annotator) -> None:
    """A click beside the region just drawn leaves it selected: the next key still begins the next region."""
    at_work.open(*opened.place("entities"))
    begin(at_work, "5", "ريّاضِ")
    at_work.click("عاجل")
    begin(at_work, "1", "نبيل")
    at_work.submit()
    assert {row["text"]: row["label"] for row in come(opened, "entities")} == {"ريّاضِ": "GPE", "نبيل": "PERS"}
