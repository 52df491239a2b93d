"""The report of one run: a page by itself, in either language, that opens from a disk."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import released
from tests.cli.conftest import run
from tests.site.conftest import ATTACKS, Visit, hostile_predictions
from tests.site.test_made import Page as Parsed

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules in English and Arabic, and a hostile file."""
    folder = tmp_path_factory.mktemp("reports")
    assert run("run", "rules", "--html", "rules.html", "--out", "rules.jsonl", cwd=folder).code == 0
    told = run("score", "rules.jsonl", "--html", "rules.ar.html", cwd=folder)
    assert told.code == 0
    assert (
        told.err
        == f"rules.ar.html: the report, one page; open it in a browser: {(folder / 'rules.ar.html').as_uri()}\n"
    )
    assert run("score", "rules.jsonl", "--html", "rules.ar.html", "--quiet", cwd=folder).err == ""
    (folder / "hostile.jsonl").write_bytes(hostile_predictions(released.gold()))
    assert run("score", "hostile.jsonl", "--html", "hostile.html", cwd=folder).code == 0
    return folder


@pytest.mark.parametrize("name", ["rules.html", "rules.ar.html", "hostile.html"])
def test_it_needs_no_other_file(reports: Path, name: str) -> None:
    text = (reports / name).read_text("utf-8")
    page = Parsed(text)
    assert page.loaded == []
    assert page.inline == []
    assert [link for link in page.links if not link.startswith("#")] == []
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert text.startswith("<!doctype html>")


def test_it_shows_the_errors_that_are_listed(reports: Path) -> None:
    assert run("score", "rules.jsonl", "--errors", "errors.jsonl", cwd=reports).code == 0
    listed = [json.loads(line) for line in (reports / "errors.jsonl").read_text("utf-8").splitlines()]
    in_articles = [each for each in listed if each["doc_id"]]
    text = (reports / "rules.html").read_text("utf-8")
    assert len(re.findall(r'id="err-\d+"', text)) == len(in_articles)
    assert text.count('class="fault numbers') == sum(each["layer"] == "numbers" for each in in_articles)


def test_without_texts_there_are_figures_and_causes(tmp_path: Path) -> None:
    line = {"doc_id": "a", "entities": [{"start": 0, "end": 3, "label": "ORG"}]}
    (tmp_path / "gold.jsonl").write_text(json.dumps(line), "utf-8")
    (tmp_path / "said.jsonl").write_text(json.dumps({"doc_id": "a"}), "utf-8")
    made = run("score", "said.jsonl", "--gold", "gold.jsonl", "--layers", "entities", "--html", "r.html", cwd=tmp_path)
    assert made.code == 0, made.err
    text = (tmp_path / "r.html").read_text("utf-8")
    assert "Errors by cause" in text
    assert "Article by article" not in text


def test_of_a_contrast_set_it_has_the_pairs_and_says_that_articles_are_altered(tmp_path: Path) -> None:
    made = run("run", "empty", "--split", "contrast", "--html", "pairs.html", cwd=tmp_path)
    assert made.code == 0, made.err
    text = (tmp_path / "pairs.html").read_text("utf-8")
    assert "No outlet published these articles so" in text
    hard = sum(not pair.is_control for pair in released.gold("contrast").pairs)
    assert text.count("<strong>called in neither variant</strong>") == hard
    assert "Both of a pair right" in text


def test_it_does_not_take_the_place_of_another_file(tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").write_text("{}", "utf-8")
    refused = run("score", "said.jsonl", "--html", "said.jsonl", cwd=tmp_path)
    assert refused.code == 2
    assert "--html names a file this command also reads" in refused.err
    assert (tmp_path / "said.jsonl").read_text("utf-8") == "{}"


@pytest.mark.slow
class TestSeen:
    def test_from_the_disk(self, browser: Browser, reports: Path) -> None:
        """From a cause to its first error, and on from there by a key; nothing is asked for, nothing refused."""
        from playwright.sync_api import expect

        context = browser.new_context(viewport={"width": 1280, "height": 900})
        visit = Visit(context.new_page(), reports.as_uri() + "/")
        page = visit("rules.html")
        page.get_by_role("row", name=re.compile("Quotes missed")).get_by_role("link").click()
        fault = page.locator(".fault:target")
        expect(fault).to_be_in_viewport()
        expect(fault).to_contain_text("missed")
        page.keyboard.press("j")
        expect(page.locator(".counter")).to_have_text(re.compile(r"^\d+ / \d+$"))
        expect(fault).to_be_in_viewport()
        context.close()
        assert not visit.wrong

    @pytest.mark.parametrize(("name", "direction"), [("rules.html", "ltr"), ("rules.ar.html", "rtl")])
    def test_on_a_phone(self, browser: Browser, reports: Path, name: str, direction: str) -> None:
        context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, color_scheme="dark")
        visit = Visit(context.new_page(), reports.as_uri() + "/")
        page = visit(name)
        assert page.evaluate("document.dir") == direction
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        context.close()
        assert not visit.wrong

    def test_hostile_words_are_words(self, browser: Browser, reports: Path) -> None:
        from playwright.sync_api import expect

        context = browser.new_context()
        visit = Visit(context.new_page(), reports.as_uri() + "/")
        page = visit("hostile.html")
        expect(page.locator("main")).to_contain_text(ATTACKS[0])
        expect(page.locator("img, iframe, object, embed, base")).to_have_count(0)
        expect(page.locator("script")).to_have_count(1)
        context.close()
        assert not visit.wrong
