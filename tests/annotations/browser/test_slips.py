"""A key meant for the next region does not relabel the one before, whatever a browser is set to; and a change is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.annotations.browser.one_article import Round, difference
from tests.annotations.browser.page import Annotator, annotator

pytestmark = pytest.mark.slow

SETTINGS = {
    "as Label Studio comes": {},
    "select after creating": {"selectAfterCreate": True},
    "keep the label": {"continuousLabeling": True},
    "both": {"selectAfterCreate": True, "continuousLabeling": True},
}
STEPS = {
    "select after creating": ("entities", "quotes"),
    "keep the label": ("numbers", "claims"),
    "both": ("entities", "claims"),
}
"""Where a setting is tried by keys; without any in every step, as with both by mouse."""
IN_A_ROW = {
    "entities": (("1", "PERS"), ("5", "GPE")),
    "numbers": (("1", "count"), ("7", "date")),
    "quotes": (("1", "content"), ("2", "cue")),
    "claims": (("1", "claim"), ("2", "anchor")),
}
"""Step → the key and label of one region, and of the next."""
REGIONS = "Array.from(Htx.annotationStore.selected.areas.values(), (each) => [each.text, each.labelName])"


@pytest.fixture
def at_work(opened: Round) -> Iterator[Annotator]:
    with annotator(opened.server) as who:
        yield who


def drawn(who: Annotator, key: str, surface: str) -> None:
    """Press a key, drag: nothing else, as in a long morning."""
    who.press(key, who.page.locator(".lsf-label_selected"))
    who.sweep(surface)
    who.region(surface).wait_for()


def palette(page: Page, label: str) -> Locator:
    """A label to click on."""
    return page.locator(".lsf-label").filter(has=page.locator("small").get_by_text(label, exact=True))


@pytest.mark.parametrize("setting", SETTINGS)
def test_two_regions_in_a_row(opened: Round, at_work: Annotator, setting: str) -> None:
    page = at_work.page
    page.evaluate("(set) => localStorage.setItem('labelStudio:settings', JSON.stringify(set))", SETTINGS[setting])
    for step in STEPS.get(setting, IN_A_ROW):
        (first, label), (second, other) = IN_A_ROW[step]
        at_work.open(*opened.place(step), is_empty=step == "numbers")
        drawn(at_work, first, "نبيل الشامي")
        drawn(at_work, second, "ريّاضِ")
        regions = page.evaluate(REGIONS)
        assert ["نبيل الشامي", label] in regions, step
        assert ["ريّاضِ", other] in regions, step
        expect(page.locator("#khabar-change")).to_have_count(0)
        at_work.submit()


def test_two_regions_in_a_row_by_mouse_alone(opened: Round, at_work: Annotator) -> None:
    """Of each step: a click on a label is its key, also where it follows a region just drawn."""
    page = at_work.page
    page.evaluate("(set) => localStorage.setItem('labelStudio:settings', JSON.stringify(set))", SETTINGS["both"])
    for step, ((_, label), (_, other)) in IN_A_ROW.items():
        at_work.open(*opened.place(step), is_empty=step == "numbers")
        for clicked, surface in ((label, "نبيل الشامي"), (other, "ريّاضِ")):
            palette(page, clicked).click()
            at_work.sweep(surface)
            at_work.region(surface).wait_for()
        regions = page.evaluate(REGIONS)
        assert ["نبيل الشامي", label] in regions, step
        assert ["ريّاضِ", other] in regions, step
        expect(page.locator("#khabar-change")).to_have_count(0)


def test_a_region_that_is_chosen_is_relabelled_and_can_be_taken_back(opened: Round, at_work: Annotator) -> None:
    page = at_work.page
    at_work.open(*opened.place("entities"))
    at_work.select("بوتين")
    at_work.press("4", page.locator(".lsf-label_selected").filter(has_text="ORG"))
    said = page.locator("#khabar-change")
    expect(said).to_contain_text("«بوتين» PERS → ORG")
    said.get_by_role("button").click()
    expect(said).to_have_count(0)
    assert ["بوتين", "PERS"] in page.evaluate(REGIONS)
    at_work.submit()
    assert opened.pull()[2]["label"] == "PERS"


def test_words_selected_before_the_key_are_marked_by_the_next_drag(opened: Round, at_work: Annotator) -> None:
    """Somebody forgot the key, presses it now, and drags over the same words: the browser would move them."""
    at_work.open(*opened.place("entities"))
    at_work.sweep("نبيل الشامي")
    drawn(at_work, "1", "نبيل الشامي")
    assert ["نبيل الشامي", "PERS"] in at_work.page.evaluate(REGIONS)


def test_keys_typed_into_a_field_relabel_nothing(opened: Round, at_work: Annotator) -> None:
    """What was just drawn shows its fields, and takes what is typed there."""
    page = at_work.page
    at_work.open(*opened.place("entities"))
    drawn(at_work, "1", "نبيل الشامي")
    expect(page.locator(".khabar-field").filter(visible=True).first).to_be_visible()
    at_work.fill("wikidata", "Q5")
    at_work.box("name").click()
    page.keyboard.type("5")
    assert ["نبيل الشامي", "PERS"] in page.evaluate(REGIONS)


def typed_and_entered(who: Annotator) -> None:
    who.box("wikidata").click()
    who.page.keyboard.type("Q5")
    who.page.keyboard.press("Enter")
    who.press("5", palette(who.page, "GPE").and_(who.page.locator(".lsf-label_selected")))


def typed_and_left_by_mouse(who: Annotator) -> None:
    who.box("wikidata").click()
    who.page.keyboard.type("Q5")
    palette(who.page, "GPE").click()


@pytest.mark.parametrize("go_on", [typed_and_entered, typed_and_left_by_mouse])
def test_the_next_region_from_a_field(opened: Round, at_work: Annotator, go_on: Callable[[Annotator], None]) -> None:
    """What was typed stays with its region, which keeps its label; the next one has nothing of it."""
    at_work.open(*opened.place("entities"))
    drawn(at_work, "1", "نبيل الشامي")
    go_on(at_work)
    at_work.sweep("ريّاضِ")
    at_work.region("ريّاضِ").wait_for()
    at_work.submit()
    come = {row["text"]: row for row in difference(opened.pull())[1] if row["layer"] == "entities"}
    assert {surface: (row["label"], row.get("wikidata")) for surface, row in come.items()} == {
        "نبيل الشامي": ("PERS", "Q5"),
        "ريّاضِ": ("GPE", None),
    }


def test_the_next_region_from_a_list(opened: Round, at_work: Annotator) -> None:
    """A choice was picked last, and its list has the focus."""
    page = at_work.page
    at_work.open(*opened.place("numbers"), is_empty=True)
    drawn(at_work, "1", "عاجل")
    field = page.locator(".khabar-field").filter(has_text="modality", visible=True)
    field.locator("[data-testid^=select-trigger]").click()
    page.get_by_role("option", name="approx").click()
    drawn(at_work, "7", "ريّاضِ")
    regions = page.evaluate(REGIONS)
    assert ["عاجل", "count"] in regions
    assert ["ريّاضِ", "date"] in regions
