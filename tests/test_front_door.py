"""README shows gold and boards as they are, and docs/figures.md explains every name that `khabar score` prints."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from khabar.cli.errors import WORDS
from khabar.cli.score import BESIDE_HEADLINE, GLOSSARY, HEADLINES, OVERALL, score_table
from khabar.records.labels import LAYERS
from tests import released
from tests.readme import README, ROOT, parts, written

PAGE = ROOT / "docs" / "figures.md"
SECTIONS = {
    **{
        layer.capitalize(): {
            *((words.strip(), figure) for words, figure in BESIDE_HEADLINE[layer]),
            *((words, figure) for figure, words in HEADLINES[layer].items()),
        }
        for layer in LAYERS
    },
    "Overall": {(OVERALL, "overall")},
    "What was lost, with `--errors`": {(words, cause) for cause, words in WORDS.items()},
}
"""Heading → (what the terminal prints, its name in JSON)."""


@pytest.mark.parametrize("part", parts())
def test_the_readme_shows_what_is_there(part: str) -> None:
    assert parts()[part] in README.read_text("utf-8"), "run `python -m tests.readme`"


def test_writing_the_readme_again_changes_nothing() -> None:
    text = README.read_text("utf-8")
    assert written(text) == text


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_glossary_has_every_name_and_no_other(heading: str) -> None:
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    assert (
        set(re.findall(r"^\| (.+?) \| `(.+?)` \| .", section, re.MULTILINE)) - {("the terminal says", "--json")}
        == (SECTIONS[heading])
    )


def test_the_table_prints_these_names_and_leads_to_the_glossary() -> None:
    """Every second cell of the printed table is a name of the glossary; the last line says where that is."""
    terminal = Console(file=io.StringIO(), width=120)
    score_table(released.scored("rules"), "rules", terminal)
    printed = terminal.file.getvalue().rstrip().splitlines()
    cells = {match[1] for line in printed if (match := re.match(r" (?:\w+)? +(\S.*?)  +(?:\d\.\d{3}|–)(?: |$)", line))}
    assert {"exact span + label F1", "clitics forgiven", "chain edges", OVERALL} <= cells
    assert cells <= {words for pairs in SECTIONS.values() for words, _ in pairs}
    assert printed[-1] == GLOSSARY
    assert (ROOT / GLOSSARY.rpartition(" ")[2]) == PAGE
