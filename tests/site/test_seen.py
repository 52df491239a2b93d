"""The site in a real browser: every page, both directions, phone, dark, print, keyboard, and by axe.

After a click or a key, what is looked at is waited for: by playwright's `expect`, never by `count()` or `is_visible()`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.site.conftest import ATTACKS, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

ARTICLE = "003_00ed3343057c9bc2"
ALTERED = "001_ea995a0eb7f62475.a"
KINDS = (
    "index.html",
    "boards/0.0.9.html",
    "boards/0.0.1.html",
    "systems/rules.html",
    "systems/hostile.html",
    "articles/index.html",
    f"articles/{ARTICLE}.html",
    f"articles/{ARTICLE}/rules.html",
    f"articles/{ARTICLE}/hostile.html",
    "stories/kursk.html",
    "stories/kursk-wording.html",
    "pairs/contrast.html",
    f"articles/{ALTERED}.html",
    "stories/kursk.a.html",
)
"""A page of each kind; systems that say much, nothing and evil."""
LANGUAGES = {"en": "ltr", "ar": "rtl"}


LOOKS = """() => {
  const looks = new Map();
  for (const each of document.body.querySelectorAll("*")) {
    const text = [...each.childNodes].map((node) => node.nodeType === Node.TEXT_NODE ? node.data.trim() : "").join("");
    if (!each.checkVisibility() || !(text || each.matches("input, select, textarea"))) continue;
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(each);
    const look = [each.tagName, each.className, color, fontSize, fontWeight, textShadow];
    for (let behind = each; behind; behind = behind.parentElement) {
      const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(behind);
      const layer = [backgroundColor, backgroundImage, opacity, filter].join();
      if (layer !== "rgba(0, 0, 0, 0),none,1,none") look.push(layer);
    }
    const key = look.join(";"), size = each.querySelectorAll("*").length;
    looks.set(key, [...(looks.get(key) ?? []), {each, rank: size - 1e6 * Math.min(text.length, 20)}]);
  }
  for (const alike of looks.values())
    for (const {each} of alike.sort((one, other) => one.rank - other.rank).slice(0, 8)) each.dataset.look = "";
  return looks.size;
}"""
"""Marks eight elements of each kind and look of words: element and class; colour, size and weight; all that is behind.

Those of twenty letters, as of few it may say nothing; of these the smallest, as it looks at all that is in one.
"""


def by_axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA and its best practices; with the first element each.

    Contrast is that of all words, once what was folded is open. Of words that look alike axe is shown eight: of
    thousands it takes a minute.
    """
    found = violations(page, rules={"color-contrast": {"enabled": False}})
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    assert page.evaluate(LOOKS) > 0
    return found + violations(page, "[data-look]", runOnly=["color-contrast"])


def violations(page: Page, within: str | None = None, **options: object) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found: dict[str, Any] = Axe().run(page, within, {"resultTypes": ["violations"], **options}).response
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])})"
        + str(each["nodes"][0].get("failureSummary", ""))[:300]
        for each in found["violations"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_its_direction(visit: Visit, pages: list[str], language: str) -> None:
    """And says nothing to the console, asks for nothing elsewhere, and opens no dialog, or `visit` fails."""
    mine = [path for path in pages if path.startswith(f"{language}/")]
    of_pairs = 1 + 2 + 10  # the pairs, two variants of the story, their articles
    assert len(mine) == 1 + 2 + 5 + 1 + 5 * (1 + 4) + 2 + of_pairs
    for path in mine:
        page = visit(path)
        root = page.evaluate("({lang, dir} = document.documentElement, {lang, dir, title: document.title})")
        assert (root["lang"], root["dir"]) == (language, LANGUAGES[language])
        assert root["title"]
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("getComputedStyle(document.body).direction") == LANGUAGES[language]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        start, end = page.evaluate(
            "{ const { left, right } = document.querySelector('main').getBoundingClientRect(); [left, innerWidth - right] }"
        )
        assert min(start, end) >= 14, f"{path}: no margin"


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(visit: Visit, kind: str) -> None:
    """In English by day; Arabic by night follows below. Colours do not depend on the language."""
    assert by_axe(visit(f"en/{kind}")) == []


def test_axe_finds_nothing_at_the_entrance(visit: Visit) -> None:
    page = visit("index.html")
    assert by_axe(page) == []
    page.get_by_role("link", name="العربية").click()
    expect(page).to_have_url(re.compile("/ar/index.html$"))


@pytest.mark.parametrize("kind", KINDS)
def test_in_the_dark(visit: Visit, kind: str) -> None:
    visit.page.emulate_media(color_scheme="dark")
    page = visit(f"ar/{kind}")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 26)"
    assert by_axe(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone(browser: Browser, address: str, language: str) -> None:
    """360 pixels wide, no page scrolls sideways, and nothing of it stands outside."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    visit = Visit(context.new_page(), address)
    for kind in KINDS:
        page = visit(f"{language}/{kind}")
        assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [360, 360], kind
        assert page.evaluate("scrollTo(-500, 0), scrollX") == 0, kind
    assert by_axe(visit(f"{language}/index.html")) == []
    context.close()
    assert not visit.wrong


def test_on_paper(visit: Visit) -> None:
    """What one clicks is gone; what was folded is open."""
    visit.page.emulate_media(media="print")
    page = visit("en/systems/rules.html")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(page.locator("#test-quotes table").first).to_be_visible()
    page = visit(f"ar/articles/{ARTICLE}/rules.html")
    expect(page.locator(".controls")).to_be_hidden()
    expect(page.locator(".words").first).to_be_visible()
    assert len(page.pdf()) > 10_000


def test_from_a_folder_without_a_server(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    visit = Visit(context.new_page(), site.as_uri() + "/")
    page = visit("en/index.html")
    expect(page.get_by_role("button", name="System").first, "the script ran").to_be_attached()
    page.get_by_role("link", name="Entities").first.click()
    expect(page).to_have_url(re.compile("#test-entities$"))
    assert page.evaluate("getComputedStyle(document.querySelector('.brand a')).textDecorationLine") == "none"
    context.close()
    assert not visit.wrong


def test_without_script_all_is_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "en/index.html")
    for part in page.locator(".panel, .slice summary").all():
        expect(part).to_be_visible()
    expect(page.locator("form.filter")).to_be_hidden()
    page.locator(".findings a", has_text="Numbers").click()
    expect(page.locator("#test-numbers:target")).to_be_in_viewport()
    page.goto(address + f"en/articles/{ARTICLE}/rules.html")
    page.get_by_label("Also what both have").check()
    agreed = page.locator(".d.agreed.entities").first
    expect(agreed, "marks are chosen by style alone").to_have_css("border-bottom-style", "dotted")
    page.get_by_label("Entities", exact=True).uncheck()
    expect(agreed).to_have_css("border-bottom-style", "none")
    expect(page.locator(".scripted").first).to_be_hidden()
    context.close()


def test_by_keyboard(visit: Visit) -> None:
    """The first stop leads past the head; a heading sorts by Enter, and says so."""
    page = visit("en/index.html")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    panel = page.locator(".panel:visible")
    by_name, by_figure = panel.locator("[data-sort=name]"), panel.locator("[data-sort=value]")
    by_name.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(by_name).to_have_attribute("aria-sort", "ascending")
    expect(by_figure).to_have_attribute("aria-sort", "none")
    expect(page.locator(".sorted")).to_contain_text("System")
    expect(panel.locator(".who a").first).to_have_text(ATTACKS[1])
    by_figure.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".who a").first).to_have_text(re.compile("Rules|Counter"))
    expect(by_figure).to_have_attribute("aria-sort", "descending")


def test_the_finding_comes_first(visit: Visit) -> None:
    """Who leads on each layer and whether that is real, before any table, and all of it on the first screen."""
    page = visit("en/index.html")
    said = page.locator("#test .findings li", has_text="Numbers")
    expect(said).to_contain_text(re.compile("Rules 0.9.*leads, but is not told apart from .?Counter"))
    expect(said).to_be_in_viewport(ratio=1)
    alone = page.locator("#test .findings li", has_text="Conflicts")
    expect(alone).to_contain_text("No ranked system is told apart from saying nothing.")


def test_one_layer_at_a_time(visit: Visit) -> None:
    """`counter` speaks of numbers alone, and is not listed elsewhere; what says nothing is the floor, and has no rank."""
    page = visit("en/index.html")
    panel = page.locator(".panel:visible")
    expect(panel).to_have_count(1)
    expect(panel, "the layer with most systems comes first").to_have_attribute("data-layer", "numbers")
    expect(panel.locator(".ranked tr")).to_have_count(3)
    page.get_by_role("link", name="Quotes").first.click()
    expect(panel).to_have_attribute("data-layer", "quotes")
    expect(panel.locator(".ranked tr")).to_have_count(2)
    page.get_by_role("link", name="Numbers").first.click()
    expect(panel.locator(".ranked .rank").first).to_have_text("1 (1–2)")
    expect(panel.locator(".floor")).to_contain_text(re.compile("saying nothing scores .?0.000"))
    counter = panel.locator(".ranked tr", has_text="Counter")
    expect(counter, "what it took, where that is known").to_contain_text("150,000 + 30,000")
    expect(page.locator(".findings [aria-current]")).to_have_count(1)
    expect(page.locator(".slices:visible")).to_have_count(1)


def test_the_address_holds_what_is_shown(visit: Visit) -> None:
    page = visit("en/index.html")
    page.get_by_role("link", name="Numbers").first.click()
    panel = page.locator(".panel:visible")
    panel.locator("[data-sort=name]").get_by_role("button").click()
    page.get_by_label("Filter systems").fill("rul")
    expect(panel.locator(".ranked tr:visible")).to_have_count(1)
    expect(page).to_have_url(re.compile("#test-numbers&sort=name&q=rul$"))
    page.get_by_role("link", name="العربية").click()
    expect(page).to_have_url(re.compile("/ar/index.html#test-numbers&sort=name&q=rul$"))
    expect(panel, "the script of the next page ran").to_have_count(1)
    expect(panel).to_have_attribute("data-layer", "numbers")
    expect(panel.locator(".ranked tr:visible")).to_have_count(1)
    page.go_back()
    expect(panel).to_have_count(1)
    expect(panel.locator("[data-sort=name]")).to_have_attribute("aria-sort", "ascending")
    page.go_back()
    expect(panel.locator("[data-sort=value]")).to_have_attribute("aria-sort", "descending")


def test_ten_systems_fit_the_screen_of_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True)
    visit = Visit(context.new_page(), address)
    page = visit("en/index.html#test-numbers")
    height = page.locator(".panel:visible .ranked").evaluate("body => body.offsetHeight / body.rows.length")
    assert 10 * height <= 740
    row = page.locator(".panel:visible .ranked tr").first
    where = {
        part: row.locator(part).evaluate("each => each.getBoundingClientRect().top") for part in (".who", ".n", ".plot")
    }
    assert where[".n"] < where[".plot"], "the figure stands beside the name"
    context.close()
    assert not visit.wrong


def test_slices_are_those_of_the_layer(visit: Visit) -> None:
    page = visit("en/index.html#test-numbers")
    part = page.locator(".slice:visible", has_text="By kind")
    part.locator("summary").click()
    expect(part.get_by_role("columnheader", name="Kind · percent · F1")).to_be_visible()
    part.get_by_role("button", name="Kind · date · F1").click()
    expect(part.locator("tbody tr").first).to_have_text(re.compile(r"^\s*(Rules|Counter)"))


def test_an_error_is_one_click_away(visit: Visit) -> None:
    """From a system's count of a cause to these errors, from there to the place, and back."""
    page = visit("en/systems/rules.html")
    page.locator(f".causes-table a[href*='{ARTICLE}']").first.click()
    fault = page.locator(".fault:target")
    expect(fault).to_be_in_viewport()
    fault.locator("a.num").click()
    place = page.locator(".ref:target")
    expect(place).to_be_visible()
    place.click()
    expect(fault).to_be_visible()


def test_from_error_to_error(visit: Visit) -> None:
    """By keys and buttons, through those of one cause or of all, with a count of where one is."""
    page = visit(f"en/articles/{ARTICLE}/rules.html")
    counter = page.locator(".counter")
    every = page.locator(".text .fault").count()
    expect(counter).to_have_text(f"– / {every}")
    page.keyboard.press("j")
    expect(counter).to_have_text(f"1 / {every}")
    page.keyboard.press("k")
    expect(counter).to_have_text(f"{every} / {every}")
    page.get_by_label("The next error").click()
    expect(counter).to_have_text(f"1 / {every}")
    page.get_by_label("Cause").select_option(index=1)
    shown = page.locator(".text .fault:visible")
    expect(shown).to_have_count(page.locator(".causes li").first.locator(".refs a").count())
    page.get_by_label("Cause").select_option(index=0)
    page.get_by_label("Quotes", exact=True).uncheck()
    expect(page.locator(".text .fault.quotes:visible")).to_have_count(0)


def test_evidence_leads_to_its_place(visit: Visit) -> None:
    page = visit("ar/stories/kursk.html#i-treaty_signed")
    evidence = page.locator("#i-treaty_signed .evidence a").last
    words = evidence.locator(".claim").inner_text()
    evidence.click()
    claim = page.locator(".m.conflicts:target")
    expect(claim).to_have_count(1)
    assert words.startswith(claim.inner_text()[:10])
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile("/en/articles/002_"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_story_is_told_before_anything_is_opened(browser: Browser, address: str, language: str, width: int) -> None:
    """A headline, sentences and the matrix in under 6,000 pixels; cards on demand."""
    context = browser.new_context(viewport={"width": width, "height": 800}, is_mobile=width < 500)
    visit = Visit(context.new_page(), address)
    page = visit(f"{language}/stories/kursk.html")
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    expect(page.locator(".matrix .asked")).to_have_count(38)
    expect(page.locator("details[open]")).to_have_count(0)
    page.locator(".matrix .asked a").first.click()
    expect(page.locator(".issue:target .claims")).to_be_visible()
    context.close()
    assert not visit.wrong


def test_questions_are_searched_and_filtered(visit: Visit) -> None:
    page = visit("en/stories/kursk.html")
    shown = page.locator(".matrix .asked:visible")
    page.get_by_label("Search").fill("treaty")
    expect(shown).to_have_count(4)
    page.get_by_label("Search").fill("")
    page.get_by_label("Only apparent").uncheck()
    expect(shown).to_have_count(16)


def test_evidence_is_translated_and_says_so(visit: Visit) -> None:
    page = visit("en/stories/kursk.html#i-treaty_signed")
    expect(page.locator("#i-treaty_signed .translated").last).to_contain_text(
        "Our translation: Putin's visit to Pyongyang"
    )
    expect(visit("ar/stories/kursk.html#i-treaty_signed").locator(".translated")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pairs_stand_side_by_side(visit: Visit, language: str) -> None:
    """What is altered is marked in one variant, and what it replaced in the other; each system's answer to either."""
    page = visit(f"{language}/pairs/contrast.html")
    page.locator(".matrix .asked a").first.click()
    card = page.locator(".pair:target")
    expect(card.locator(".member")).to_have_count(2)
    expect(card.locator(".changed.altered").first).to_be_visible()
    expect(card.locator(".changed.kept").first).to_be_visible()
    tops = card.locator(".member").evaluate_all("each => each.map((member) => member.getBoundingClientRect().top)")
    assert tops[0] == tops[1]
    expect(card.locator(".member").first.locator(".calls li")).to_have_count(3)
    expect(card.locator(".calls .wrong")).to_have_count(2)


def test_what_is_altered_is_marked_in_the_article(visit: Visit) -> None:
    page = visit(f"en/articles/{ALTERED}.html")
    expect(page.locator(".altered-note")).to_contain_text("No outlet published this article so")
    mark = page.locator(".m.altered").first
    expect(mark).to_have_css("outline-style", "dashed")
    expect(mark).to_have_attribute("title", re.compile("^altered; before: "))
    page.get_by_label("Numbers", exact=True).uncheck()
    expect(mark, "no layer hides it").to_have_css("outline-style", "dashed")
    page.get_by_role("link", name="The article as it was published").click()
    expect(page.locator(".m.altered")).to_have_count(0)


def test_a_contrast_set_has_a_board_of_pairs(visit: Visit) -> None:
    page = visit("en/index.html#contrast")
    panel = page.locator(".panel:visible")
    expect(panel.locator(".ranked .who").first).to_contain_text("Reader")
    expect(panel.locator(".ranked tr").first).to_contain_text(re.compile("1.000.*by chance .?0.250", re.DOTALL))
    page.get_by_role("link", name="The pairs, side by side").click()
    expect(page.locator("h1")).to_have_text("Seeds, in pairs")


@pytest.mark.parametrize(("language", "first_is_left"), [("en", True), ("ar", False)])
def test_wordings_stand_in_the_order_of_the_page(visit: Visit, language: str, first_is_left: bool) -> None:
    page = visit(f"{language}/stories/kursk-wording.html")
    first, second = (page.locator(".columns").first.locator("> li").nth(number) for number in (0, 1))
    assert (first.bounding_box()["x"] < second.bounding_box()["x"]) is first_is_left  # type: ignore[index]


def test_a_closed_part_opens_for_a_link(visit: Visit) -> None:
    page = visit("en/systems/rules.html#test-quotes")
    expect(page.locator("#test-quotes[open]")).to_have_count(1)
    expect(page.locator("#test-numbers:not([open])")).to_have_count(1)
    visit("en/systems/rules.html#%E0%A4%A")  # no page has such a name


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_words_are_words(visit: Visit, pages: list[str], language: str) -> None:
    """They stand there to be read; nothing runs (`visit` fails on dialogs), and no element is theirs."""
    for path in (path for path in pages if path.startswith(language) and "hostile" in path):
        page = visit(path)
        assert page.locator("img, iframe, object, embed, base").count() == 0, path
        assert page.locator("script").count() == 1
        assert page.locator("h1").count() == 1
        assert "\u202e" not in page.locator("main").inner_html(), "a turn of direction is told, not made"
        text = page.locator("main").inner_text()
        assert "<script>alert('script')</script>" in text
        assert "49" not in page.locator("h1").inner_text()
        assert page.locator("a[href^=javascript]").count() == 0
    board = visit(f"{language}/index.html")
    assert board.locator("a", has_text="onerror").first.inner_text().startswith('"><img')
