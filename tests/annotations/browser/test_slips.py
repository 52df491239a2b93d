"""A key meant for the next region does not relabel the one before, whatever a browser is set to; and a change is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from khabar.annotations.label_studio.configuration import STORIES
from tests.annotations.browser.one_article import Round
from tests.annotations.browser.page import Annotator, annotator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label_studio")]

SETTINGS = {
    "as Label Studio comes": {},
    "select after creating": {"selectAfterCreate": True},
    "keep the label": {"continuousLabeling": True},
    "both": {"selectAfterCreate": True, "continuousLabeling": True},
}
IN_A_ROW = {
    "entities": (("1", "PERS"), ("5", "GPE")),
    "numbers": (("1", "count"), ("7", "date")),
    "quotes": (("1", "content"), ("2", "cue")),
    "claims": (("1", "claim"), ("2", "anchor")),
    STORIES: (("1", "A"), ("a", "conflict")),
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


@pytest.mark.parametrize("setting", SETTINGS)
def test_two_regions_in_a_row(opened: Round, at_work: Annotator, setting: str) -> None:
    """Of each step."""
    page = at_work.page
    page.evaluate("(set) => localStorage.setItem('labelStudio:settings', JSON.stringify(set))", SETTINGS[setting])
    for step, ((first, label), (second, other)) in IN_A_ROW.items():
        at_work.open(*opened.place(step), is_empty=step == "numbers")
        drawn(at_work, first, "نبيل الشامي")
        drawn(at_work, second, "ريّاضِ")
        regions = page.evaluate(REGIONS)
        assert ["نبيل الشامي", label] in regions, step
        assert ["ريّاضِ", other] in regions, step
        expect(page.locator("#khabar-change")).to_have_count(0)
        at_work.submit()


def test_what_was_just_drawn_shows_its_fields(opened: Round, at_work: Annotator) -> None:
    at_work.open(*opened.place("entities"))
    drawn(at_work, "1", "نبيل الشامي")
    expect(at_work.page.locator(".khabar-field").filter(visible=True).first).to_be_visible()


def test_a_label_clicked_starts_the_next_region_too(opened: Round, at_work: Annotator) -> None:
    page = at_work.page
    at_work.open(*opened.place("entities"))
    drawn(at_work, "1", "نبيل الشامي")
    page.locator(".lsf-label").filter(has_text="GPE").click()
    at_work.sweep("ريّاضِ")
    at_work.region("ريّاضِ").wait_for()
    regions = page.evaluate(REGIONS)
    assert ["نبيل الشامي", "PERS"] in regions
    assert ["ريّاضِ", "GPE"] in regions


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


def test_keys_typed_into_a_field_relabel_nothing(opened: Round, at_work: Annotator) -> None:
    page = at_work.page
    at_work.open(*opened.place("entities"))
    drawn(at_work, "1", "نبيل الشامي")
    at_work.fill("wikidata", "Q5")
    page.locator(".khabar-field").filter(has_text="name", visible=True).locator(
        "textarea, input[type=text]"
    ).last.click()
    page.keyboard.type("5")
    assert ["نبيل الشامي", "PERS"] in page.evaluate(REGIONS)
