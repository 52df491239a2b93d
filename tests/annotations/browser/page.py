"""An annotator at work in a real Chromium: logs in, drags over letters, presses keys, clicks, submits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError, expect

from tests.annotations.conftest import LabelStudio
from tests.browsers import chromium

expect.set_options(timeout=60_000)  # as patient as the page's own timeout, and more
TEXT = ".lsf-htx-richtext"
REGION = ".lsf-outliner-item__title"
PLACE = """([root, surface]) => {
  const text = Array.from(document.querySelectorAll(root), (each) => each.textContent).join('');
  const start = text.indexOf(surface);
  if (start < 0 || text.indexOf(surface, start + 1) >= 0) throw new Error(`${surface} is not there once`);
  return [start, start + surface.length];
}"""
"""Where a surface stands in the text on the screen, whose lines follow each other without a break."""
EDGES = r"""([root, start, end]) => {
  const walker = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT);
  const parts = []; let text = '';
  while (walker.nextNode()) { parts.push([text.length, walker.currentNode]); text += walker.currentNode.data; }
  const box = offset => {
    const [from, node] = parts.findLast(([from]) => from <= offset);
    const range = document.createRange();
    range.setStart(node, offset - from); range.setEnd(node, offset - from + 1);
    const {left, right, top, bottom} = range.getBoundingClientRect();
    return {left: left + 1, right: right - 1, middle: (top + bottom) / 2};
  };
  const swept = text.slice(start, end), number = /^[0-9.,]+$/.test(swept);
  const first = box(number ? start : start + Math.max(/^[0-9.,]*/.exec(swept)[0].length - 1, 0));
  const last = box(number ? end - 1 : end - Math.max(/[0-9.,]*$/.exec(swept)[0].length, 1));
  return [{x: number ? first.left : first.right, y: first.middle}, {x: number ? last.right : last.left, y: last.middle}];
}"""
"""Where a hand begins and ends to mark `[start, end)`: at the right edge and at the left one, as a line of Arabic is read;
a number alone from left to right."""


@dataclass
class Annotator:
    """Somebody who is logged in, on one task."""

    page: Page
    url: str
    hosts: set[str] = field(default_factory=set)
    lower: bool = False

    def open(self, project: int, task: int, *, is_empty: bool = False) -> None:
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self.page.wait_for_selector(TEXT)
        self.page.wait_for_load_state("networkidle")
        if not is_empty:
            self.page.locator(REGION).first.wait_for()

    def open_question(self, project: int, task: int) -> None:
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self.page.locator(".htx-ranker-item").first.wait_for()
        self.page.wait_for_load_state("networkidle")

    def pile(self, position: str) -> Locator:
        """The cards of a position."""
        return self.page.locator(f"[data-rbd-droppable-id='{position}'] .htx-ranker-item")

    def deal(self, card: str, position: str) -> None:
        """Drag a card to a position; `_` are the claims that have none."""
        held = self.page.locator(f"[data-ranker-id='{card}']")
        held.scroll_into_view_if_needed()
        start, end = held.bounding_box(), self.page.locator(f"[data-rbd-droppable-id='{position}']").bounding_box()
        assert start is not None
        assert end is not None
        mouse = self.page.mouse
        x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 8, y + 8, steps=4)
        mouse.move(end["x"] + end["width"] / 2, end["y"] + min(end["height"] / 2, 100), steps=12)
        for _ in range(2):  # a card follows the mouse a frame later
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
        mouse.up()
        expect(self.pile(position).and_(held)).to_be_visible()

    def press(self, key: str, effect: Locator) -> None:
        """Press a key until it has its effect: the page binds its keys last, and nothing on it says when."""
        for _ in range(60):
            self.page.keyboard.press(key)
            with suppress(TimeoutError):
                effect.first.wait_for(timeout=2000)
                return
        raise AssertionError(f"{key} does nothing")

    def drag(self, key: str, surface: str) -> None:
        """Press the key of a label, then drag from the first letter to the last, right to left."""
        self.page.keyboard.press("Escape")
        self.press(key, self.page.locator(".lsf-label_selected"))
        self.sweep(surface)
        self.region(surface).wait_for()

    def sweep(self, surface: str) -> None:
        """Drag from the first letter of a surface to the last."""
        self.sweep_letters(*self.page.evaluate(PLACE, [TEXT, surface]))

    def sweep_letters(self, start: int, end: int) -> None:
        """Drag over letters of the text on the screen.

        Two drags in half a second that end within a few pixels are a double click for Label Studio, which then gives
        the second the label of the first. No hand is so fast: here each drag ends a little above or below the last.
        """
        self.lower = not self.lower
        first, last = self.page.evaluate(EDGES, [TEXT, start, end])
        mouse = self.page.mouse
        mouse.move(first["x"], first["y"])
        mouse.down()
        mouse.move((first["x"] + last["x"]) / 2, first["y"], steps=8)
        mouse.move(last["x"], last["y"] + (6 if self.lower else -6), steps=8)
        mouse.up()

    def region(self, surface: str) -> Locator:
        """The entry of a region in the list beside the text."""
        return self.page.locator(REGION).filter(has_text=surface).last

    def click(self, surface: str) -> None:
        """Click a surface in the text."""
        self.click_letters(*self.page.evaluate(PLACE, [TEXT, surface]))

    def click_letters(self, start: int, end: int) -> None:
        """Click the first letter of a stretch of the text on the screen."""
        first, _ = self.page.evaluate(EDGES, [TEXT, start, end])
        self.page.mouse.click(first["x"] - 2, first["y"])

    def select(self, surface: str) -> None:
        """Select a region in the list; what was just drawn is selected, and a click would let go of it."""
        self.page.keyboard.press("Escape")
        self.region(surface).click()
        self.page.locator(".khabar-field").filter(visible=True).first.wait_for()

    def fill(self, heading: str, value: str) -> None:
        """Type into the field of the selected region that has this heading."""
        box = self.box(heading)
        box.fill(value)
        box.press("Enter")

    def box(self, heading: str) -> Locator:
        """Where to type, in the field of the selected region that has this heading."""
        field = self.page.locator(".khabar-field").filter(has_text=heading, visible=True)
        return field.locator("textarea, input[type=text]").last

    def choose(self, heading: str, choice: str) -> None:
        self.page.locator(".khabar-field").filter(has_text=heading, visible=True).get_by_text(choice).first.click()

    def submit(self) -> None:
        """Submit what is new, or update what was submitted."""
        with self.page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method != "GET"):
            self.page.get_by_role("button", name="Submit").or_(
                self.page.get_by_role("button", name="Update")
            ).first.click()


@contextmanager
def annotator(server: LabelStudio, height: int = 1600) -> Iterator[Annotator]:
    """Somebody who is logged in, with a browser set as Label Studio comes. A missing browser fails."""
    page = logged_in(server).new_page()
    # Tall, unless asked otherwise: the list of regions shows what fits, and has no entry for the rest.
    page.set_viewport_size({"width": 1366, "height": height})
    page.goto(f"{server.connection.url}/health")
    page.evaluate("localStorage.clear()")
    who = Annotator(page, server.connection.url)
    page.on("request", lambda request: who.hosts.add(urlsplit(request.url).hostname or ""))
    yield who
    page.close()


@cache
def logged_in(server: LabelStudio) -> BrowserContext:
    """Log in with the printed user, once for a server; nothing asks another host."""
    context = chromium().new_context()
    context.set_default_timeout(30_000)  # a slow machine with other work
    page, url = context.new_page(), server.connection.url
    who = Annotator(page, url)
    page.on("request", lambda request: who.hosts.add(urlsplit(request.url).hostname or ""))
    page.goto(f"{url}/user/login/")
    page.fill("input[name=email]", server.email)
    page.fill("input[name=password]", server.password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/**")
    page.wait_for_load_state("networkidle")
    assert who.hosts == {"127.0.0.1"}
    page.close()
    return context
