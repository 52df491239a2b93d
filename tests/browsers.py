"""The browser that tests and pictures are made with: any Chromium of this machine, started once in a process."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPEN = ExitStack()
"""What closes the browser, if one was started."""


def browser_path() -> str | None:
    """Where it is; None if there is none."""
    return next((path for name in NAMES if (path := which(name))), None)


MISSING = f"none of {', '.join(NAMES)} is there: apt-get install chromium"


@cache
def chromium() -> Browser:
    """The browser of this process. It is open until `OPEN` is closed."""
    from playwright.sync_api import sync_playwright

    path = browser_path()
    assert path is not None, MISSING
    started = OPEN.enter_context(sync_playwright()).chromium.launch(executable_path=path)
    OPEN.callback(started.close)
    return started
