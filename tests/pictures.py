"""The pictures of README and docs: `python -m tests.pictures` takes those that are stale, with Chromium and Label Studio.

The score is a drawing of text, the same bytes everywhere. Pictures of pages depend on fonts and browser, so that
pictures.json keeps the SHA-256 of what each was taken of. Delete a picture to have it taken again.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests import released
from tests.annotations import pictures as annotation
from tests.browsers import OPEN
from tests.site import pictures as site

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"
LISTING = FOLDER / "pictures.json"
SCORE = FOLDER / "score.svg"
ALBUMS = (site, annotation)


def score_svg() -> str:
    """The table of `khabar run rules`, drawn."""
    from khabar.cli.console import console
    from khabar.cli.tables import short_table

    terminal = console(record=True, width=78, file=open("/dev/null", "w"), force_terminal=True)  # noqa: SIM115
    short_table(released.scored("rules"), "rules", terminal)
    return terminal.export_svg(title="khabar run rules", unique_id="khabar")


def listed() -> dict[str, str]:
    """Picture → the SHA-256 of what it was taken of."""
    return dict(json.loads(LISTING.read_text("utf-8")))


def main() -> None:
    """Take every picture that is not of what is there now, and list what they were taken of."""
    SCORE.write_text(score_svg(), "utf-8")
    before, now = listed(), {}
    for album in ALBUMS:
        of_album = {name: album.taken_of(name) for name in album.SHOTS}
        stale = [name for name in of_album if before.get(name) != of_album[name] or not (FOLDER / name).is_file()]
        if stale:
            print("taking", *stale)
            album.take(stale, FOLDER)
        now |= of_album
    LISTING.write_text(json.dumps(now, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    with OPEN:
        main()
