"""The pictures of README and docs: `python -m tests.pictures` makes all of them, and says of what.

The score is a drawing of text, the same bytes everywhere. Pictures of pages depend on fonts and browser, so that
pictures.json keeps the SHA-256 of what each was taken of: the page, the style and the script.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from khabar.leaderboard.build import build
from khabar.leaderboard.gold import BoardGold, read_board_gold
from khabar.site.build import site, write_site
from tests import released

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"
LISTING = FOLDER / "pictures.json"
SCORE = FOLDER / "score.svg"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a page, at an anchor of it, so many pixels high."""

    page: str
    anchor: str
    height: int


SHOTS = {
    "site-board.png": Shot("en/index.html", "", 900),
    "site-reader.png": Shot("en/articles/003_00ed3343057c9bc2/rules.html", "", 1100),
    "site-story.png": Shot("en/stories/kursk.html", "", 1000),
    "site-wording.png": Shot("en/stories/kursk-wording.html", "", 1000),
}


def score_svg() -> str:
    """The table of `khabar run rules`, drawn."""
    from rich.console import Console

    from khabar.cli.tables import short_table

    terminal = Console(record=True, width=78, file=open("/dev/null", "w"), force_terminal=True)  # noqa: SIM115
    short_table(released.scored("rules"), "rules", terminal)
    return terminal.export_svg(title="khabar run rules", unique_id="khabar")


@cache
def pages() -> dict[str, bytes]:
    """The site of the repository as it is where nothing was fetched."""
    gold: BoardGold = read_board_gold(ROOT / "corpus")
    unfetched = replace(gold, outlined=gold.withheld)
    return site(ROOT / "eval", build(ROOT / "eval", unfetched), unfetched, ROOT / "corpus")


def taken_of(shot: Shot) -> str:
    """The SHA-256 of what a picture shows."""
    made = pages()
    parts = (made[shot.page], made["khabar.css"], made["khabar.js"], f"{shot.anchor} {shot.height}".encode())
    return sha256(b"".join(parts)).hexdigest()


def main() -> None:
    """Make every picture, and the list of what they were taken of."""
    from playwright.sync_api import sync_playwright

    SCORE.write_text(score_svg(), "utf-8")
    browser_path = next(path for name in BROWSERS if (path := which(name)))
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_site(Path(folder) / "site", pages())
        browser = playwright.chromium.launch(executable_path=browser_path)
        for name, shot in SHOTS.items():
            context = browser.new_context(viewport={"width": 1200, "height": shot.height}, color_scheme="light")
            page = context.new_page()
            page.goto((Path(folder) / "site" / shot.page).as_uri() + shot.anchor)
            page.screenshot(path=FOLDER / name)
            context.close()
        browser.close()
    taken = {name: taken_of(shot) for name, shot in SHOTS.items()}
    LISTING.write_text(json.dumps(taken, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
