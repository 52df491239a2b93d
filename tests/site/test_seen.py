"""The site in a real browser: every page, both directions, phone, dark, print, keyboard, and by axe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

ARTICLE = "003_00ed3343057c9bc2"
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
)
"""A page of each kind; systems that say much, nothing and evil."""
DARK = (
    "index.html",
    "systems/rules.html",
    f"articles/{ARTICLE}/rules.html",
    "stories/kursk.html",
    "stories/kursk-wording.html",
)
"""Those that have colours of their own."""
LANGUAGES = {"en": "ltr", "ar": "rtl"}


def by_axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA and its best practices, each with the first element it is about."""
    from axe_playwright_python.sync_playwright import Axe

    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])})"
        + str(each["nodes"][0].get("failureSummary", ""))[:300]
        for each in found["violations"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_its_direction(visit: Visit, pages: list[str], language: str) -> None:
    """And says nothing to the console, asks for nothing elsewhere, and opens no dialog, or `visit` fails."""
    mine = [path for path in pages if path.startswith(f"{language}/")]
    assert len(mine) == 1 + 2 + 4 + 1 + 5 * (1 + 4) + 2
    for path in mine:
        page = visit(path)
        root = page.evaluate("({lang, dir} = document.documentElement, {lang, dir, title: document.title})")
        assert (root["lang"], root["dir"]) == (language, LANGUAGES[language])
        assert root["title"]
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("getComputedStyle(document.body).direction") == LANGUAGES[language]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(visit: Visit, kind: str) -> None:
    """In English by day; Arabic by night follows below."""
    assert by_axe(visit(f"en/{kind}")) == []


def test_axe_finds_nothing_at_the_entrance(visit: Visit) -> None:
    page = visit("index.html")
    assert by_axe(page) == []
    page.get_by_role("link", name="العربية").click()
    assert page.url.endswith("/ar/index.html")


@pytest.mark.parametrize("kind", DARK)
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
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.locator("#quotes table").first.is_visible()
    page = visit(f"ar/articles/{ARTICLE}/rules.html")
    assert not page.locator(".controls").is_visible()
    assert page.locator(".words").first.is_visible()
    assert len(page.pdf()) > 10_000


def test_from_a_folder_without_a_server(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    visit = Visit(context.new_page(), site.as_uri() + "/")
    page = visit("en/index.html")
    assert page.get_by_role("button", name="Entities").count() >= 1, "the script ran"
    assert page.evaluate("getComputedStyle(document.querySelector('.brand a')).textDecorationLine") == "none"
    context.close()
    assert not visit.wrong


def test_without_script_all_is_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "en/index.html")
    assert page.locator(".slice").count() > 15
    assert all(page.locator(".slice").nth(at).is_visible() for at in range(page.locator(".slice").count()))
    assert page.locator("form.filter:visible").count() == 0
    page.goto(address + f"en/articles/{ARTICLE}/rules.html")
    page.get_by_label("Gold", exact=True).check()
    assert not page.locator(".side.s").first.is_visible(), "views change by style alone"
    page.get_by_label("Quotes", exact=True).uncheck()
    assert page.evaluate("getComputedStyle(document.querySelector('.g .m.quotes:not(.aside)')).backgroundColor") == (
        "rgba(0, 0, 0, 0)"
    )
    context.close()


def test_by_keyboard(visit: Visit) -> None:
    """The first stop leads past the head; a heading sorts by Enter, and says so."""
    page = visit("en/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    heading = page.locator("table.main th[data-column=conflicts]")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert page.locator("table.main [aria-sort]").count() == 1
    assert "Conflicts" in page.locator(".sorted").inner_text()
    values = page.locator("table.main td[data-h=Conflicts]").evaluate_all("cells => cells.map(c => c.dataset.v)")
    assert values.pop() == "", "who does not speak of it comes last"
    assert [*map(float, values)] == sorted(map(float, values), reverse=True)
    letters = page.locator("table.main td[data-h=Conflicts] .letters").evaluate_all(
        "all => all.map(e => e.lastChild.data)"
    )
    assert letters == ["a"] * 3, "no test separates anybody on five disputes"
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"


def test_rank_is_that_of_the_column(visit: Visit) -> None:
    page = visit("en/index.html")
    assert page.locator("table.main tbody tr").first.inner_text().startswith("1")
    page.locator("table.main th[data-column=conflicts]").get_by_role("button").click()
    first = page.locator("table.main tbody tr").first
    assert first.locator(".rank").inner_text() == "1 (1–3)"


def test_the_board_of_one_layer(visit: Visit) -> None:
    """`counter` speaks of numbers alone: it is not among those that speak of quotes."""
    page = visit("en/index.html")
    rows = page.locator("table.main tbody tr:visible")
    assert rows.count() == 4
    page.locator("select[name=only]").select_option("quotes")
    assert rows.count() == 3
    assert page.locator("table.main th[aria-sort]").get_attribute("data-column") == "quotes"
    page.locator("select[name=only]").select_option("overall")
    assert rows.count() == 4
    assert rows.last.inner_text().startswith("–")


def test_slices_are_chosen_by_layer(visit: Visit) -> None:
    page = visit("en/index.html")
    assert page.locator(".slice:visible").count() == 1
    page.locator("select[name=layer]").select_option("numbers")
    page.locator("select[name=slice]").select_option("kinds")
    shown = page.locator(".slice:visible")
    assert shown.count() == 1
    assert shown.get_by_role("columnheader", name="Kind · percent · F1").count() == 1
    shown.get_by_role("button", name="Kind · date · F1").click()
    assert shown.locator("tbody tr").first.inner_text().startswith("Rules")


def test_an_error_is_one_click_away(visit: Visit) -> None:
    """From a system's count of a cause to these errors, from there to the place, and back."""
    page = visit("en/systems/rules.html")
    page.locator(f"#errors ~ .scroll a[href*='{ARTICLE}']").first.click()
    cause = page.locator(".causes li:target")
    assert cause.count() == 1
    cause.locator("a").first.click()
    fault = page.locator(".fault:target")
    assert fault.is_visible()
    fault.locator("a.num").click()
    assert page.locator(".ref:target").is_visible()
    page.locator(".ref:target").click()
    assert page.locator(".fault:target").is_visible()


def test_evidence_leads_to_its_place(visit: Visit) -> None:
    page = visit("ar/stories/kursk.html#i-treaty_signed")
    evidence = page.locator("#i-treaty_signed .evidence a").last
    words = evidence.locator(".claim").inner_text()
    evidence.click()
    claim = page.locator(".m.conflicts:target")
    claim.wait_for()
    assert claim.count() == 1
    assert words.startswith(claim.inner_text()[:10])
    page.get_by_role("link", name="English").click()
    assert "/en/articles/002_" in page.url


def test_a_closed_part_opens_for_a_link(visit: Visit) -> None:
    page = visit("en/systems/rules.html#quotes")
    assert page.locator("#quotes").evaluate("part => part.open")
    assert not page.locator("#numbers").evaluate("part => part.open")
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
