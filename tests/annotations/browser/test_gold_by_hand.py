"""The gold of an article's beginning, entered in a real browser in just the actions that benchmarks/ counts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from benchmarks.annotation import gold_pages, leaned
from benchmarks.hand import Action, Hand

from khabar.annotations.label_studio.configuration import read_configuration
from khabar.annotations.label_studio.projects import Server, Task
from khabar.formats.label_studio.document_page import STEPS
from khabar.formats.label_studio.page import Page, to_page
from tests.annotations.browser.page import Annotator, annotator
from tests.annotations.conftest import LabelStudio

pytestmark = pytest.mark.slow

LETTERS = {"entities": 350, "numbers": 620, "quotes": 620, "claims": 350}
"""The beginning of the article that has every kind of action of a step; more than 620 letters do not fit a tall screen."""
DOCUMENT = "003_00ed3343057c9bc2"
SELECTED = ".lsf-label_selected small"
COUNT = "Htx.annotationStore.selected?.areas.size ?? 0"


def beginning(page: Page, letters: int) -> Page:
    """The regions of the first letters, without those that belong to something beyond."""
    beyond = {region.id for region in page.regions if region.end > letters}
    while more := {end for link in page.links for end in (link.source, link.target)
                   if beyond & {link.source, link.target}} - beyond:  # fmt: skip
        beyond |= more
    links = tuple(link for link in page.links if link.source not in beyond)
    return Page(tuple(region for region in page.regions if region.id not in beyond), links)


class Work:
    """An annotator who does what is counted, and nothing else."""

    def __init__(self, who: Annotator, text: str) -> None:
        self.who, self.page, self.text = who, who.page, text

    def do(self, action: Action) -> None:
        getattr(self, f"_{action.kind}")(action)

    def _letters(self, action: Action) -> tuple[int, int]:
        """Its letters on the screen, where lines follow each other without a break."""
        start, end = action.region.start, action.region.end
        return start - self.text.count("\n", 0, start), end - self.text.count("\n", 0, end)

    def _label(self, action: Action) -> None:
        """Its key; out of a field, into which the key would be typed, a click."""
        label = self.page.locator(".lsf-label").filter(
            has=self.page.locator("small").get_by_text(action.region.label, exact=True)
        )
        selected = label.and_(self.page.locator(".lsf-label_selected"))
        if self.page.evaluate("document.activeElement.matches('input')"):
            label.click()
            selected.wait_for()
        else:
            self.who.press(label.locator(".lsf-label__hotkey").inner_text().strip(), selected)

    def _drag(self, action: Action) -> None:
        before = self.page.evaluate(COUNT)
        self.who.sweep_letters(*self._letters(action))
        self.page.wait_for_function(f"({COUNT}) > {before}")

    def _type(self, action: Action) -> None:
        field = self.page.locator(f".khabar-field input[name={action.control}]").filter(visible=True)
        field.click()
        self.page.keyboard.type(action.words[0])
        for word in action.words[1:]:
            self.page.keyboard.press("Enter")
            self.page.keyboard.type(word)

    def _enter(self, action: Action) -> None:
        self.page.keyboard.press("Enter")

    def _choose(self, action: Action) -> None:
        field = self.page.locator(".khabar-field").filter(has_text=action.control, visible=True)
        select = field.locator("[data-testid^=select-trigger]")
        for word in action.words:
            if select.is_visible():
                select.click()
                self.page.get_by_role("option", name=word, exact=True).click()
            else:
                field.get_by_text(word).first.click()

    def _relate(self, action: Action) -> None:
        self.page.keyboard.press("Alt+r")
        self._pick(action)

    def _pick(self, action: Action) -> None:
        self.who.click_letters(*self._letters(action))


@pytest.mark.parametrize("step", STEPS)
def test_gold_in_the_actions_that_are_counted(label_studio: LabelStudio, step: str) -> None:
    gold = gold_pages(step)[DOCUMENT]
    page = beginning(gold.page, LETTERS[step])
    text = gold.text[: LETTERS[step]]
    server = Server(label_studio.connection.client(), label_studio.connection.url)
    project = server.make(f"by hand {step}", read_configuration(step))
    data = {"key": DOCUMENT, "text": text, "names": gold.names.data}
    [task] = server.add_tasks(project, [Task(0, data, "")])
    with annotator(label_studio) as who:
        who.open(project.id, task.id, is_empty=True)
        work = Work(who, text)
        for action in Hand(page, leaned(page, gold.read)).actions():
            work.do(action)
        who.submit()
    _, done = server.task(task.id)
    said = to_page(done.annotations[0].results, complain)
    have, want = rows_of(gold.read(said)), rows_of(gold.read(page))
    assert ([row for row in have if row not in want], [row for row in want if row not in have]) == ([], [])


def rows_of(rows: Any) -> list[dict[str, Any]]:
    """Rows without their ids, in the order of what they say."""
    plain = [{name: value for name, value in msgspec.to_builtins(row).items() if name != "id"} for row in rows]
    return sorted(plain, key=str)


def complain(message: str, *args: Any, **_: Any) -> None:
    raise AssertionError((message, *args))
