"""Draws docs/images/score.svg, the picture in the README: `python docs/picture.py` after anything changes a score."""

from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

import khabar
from khabar.cli.score import score_table

IMAGE = Path(__file__).parent / "images" / "score.svg"

if __name__ == "__main__":
    console = Console(record=True, width=78, force_terminal=True, quiet=False)
    score_table(khabar.run("rules"), "rules", console)
    svg = console.export_svg(title="khabar run rules", theme=SVG_EXPORT_THEME, unique_id="khabar")
    # The exported style names a font on a server; a picture in a repository asks nobody for anything.
    start, end = svg.index("@font-face"), svg.rindex("@font-face")
    svg = svg[:start] + svg[svg.index("}", end) + 1 :]
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    IMAGE.write_text(svg, encoding="utf-8")
