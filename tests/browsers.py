"""The browser that tests and pictures are made with: any Chromium of this machine."""

from __future__ import annotations

from shutil import which

NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_path() -> str | None:
    """Where it is; None if there is none."""
    return next((path for name in NAMES if (path := which(name))), None)


MISSING = f"none of {', '.join(NAMES)} is there: apt-get install chromium"
