"""Pictures of the site: the repository's own, as it is where nothing was fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from khabar.leaderboard.board_gold import BoardGold, read_board_gold
from khabar.leaderboard.build import build
from khabar.site.build import site, write_site
from tests.browsers import chromium

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a page, so many pixels high."""

    page: str
    height: int


SHOTS = {
    "site-board.png": Shot("en/index.html", 900),
    "site-reader.png": Shot("en/articles/003_00ed3343057c9bc2/rules.html", 1100),
    "site-story.png": Shot("en/stories/kursk.html", 1000),
    "site-wording.png": Shot("en/stories/kursk-wording.html", 1000),
}


@cache
def pages() -> dict[str, bytes]:
    """The site's files."""
    gold: BoardGold = read_board_gold(ROOT / "corpus")
    unfetched = replace(gold, outlined=gold.withheld)
    return site(ROOT / "eval", build(ROOT / "eval", unfetched), unfetched, ROOT / "corpus")


def taken_of(name: str) -> str:
    """The SHA-256 of what a picture shows: the page, the style and the script."""
    shot, made = SHOTS[name], pages()
    parts = (made[shot.page], made["khabar.css"], made["khabar.js"], f" {shot.height}".encode())
    return sha256(b"".join(parts)).hexdigest()


def take(names: Iterable[str], folder: Path) -> None:
    """Take pictures into a folder."""
    with TemporaryDirectory() as scratch:
        write_site(Path(scratch) / "site", pages())
        for name in names:
            shot = SHOTS[name]
            context = chromium().new_context(viewport={"width": 1200, "height": shot.height}, color_scheme="light")
            page = context.new_page()
            page.goto((Path(scratch) / "site" / shot.page).as_uri())
            page.screenshot(path=folder / name)
            context.close()
