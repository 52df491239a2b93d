"""README shows gold and boards as they are, and docs/figures.md explains every name that `khabar score` prints."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import get_args

import pytest
from rich.console import Console

from khabar.cli.errors import WORDS
from khabar.cli.glossary import BESIDE_HEADLINE, COUNTS, GLOSSARY, HEADLINES, LABELS, OVERALL
from khabar.cli.tables import full_table, short_table
from khabar.records import errors
from khabar.records.labels import ENTITY_LABELS, LAYERS, ConflictType, NumberKind
from tests import released
from tests.readme import README, ROOT, parts, written

PAGE = ROOT / "docs" / "figures.md"
SECTIONS = {
    **{
        layer.capitalize(): {
            *((words.strip(), figure) for words, figure in BESIDE_HEADLINE[layer]),
            *((words, figure) for figure, words in HEADLINES[layer].items()),
            *([LABELS[layer]] if layer in LABELS else []),
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


def test_the_glossary_has_every_cause_and_no_other() -> None:
    section = PAGE.read_text("utf-8").split("\nThe second table counts")[1]
    kinds = (errors.EntityCause, errors.NumberCause, errors.QuoteCause, errors.ConflictCause, errors.PairCause)
    assert set(re.findall(r"^\| `(.+?)` \| .", section, re.MULTILINE)) == {c for kind in kinds for c in get_args(kind)}


def test_the_full_table_prints_these_names() -> None:
    """Every second cell of the printed table is a name of the glossary, or a label under its heading."""
    printed = printed_by(full_table)
    cells = {match[1] for line in printed if (match := re.match(r"(?:\w+)? +(\S.*?)  +(?:\d\.\d{3}|–)(?: |$)", line))}
    assert {"exact span + label F1", "clitics forgiven", "chain edges", OVERALL} <= cells
    labels = {*ENTITY_LABELS, *get_args(NumberKind), *get_args(ConflictType)}
    assert cells - labels <= {words for pairs in SECTIONS.values() for words, _ in pairs}
    assert {words for words, _ in LABELS.values()} <= {line.strip() for line in printed}
    assert printed[-1] == GLOSSARY


def test_the_default_has_twelve_lines_of_names_in_the_glossary() -> None:
    printed = printed_by(short_table)
    assert len(printed) == 12
    page = PAGE.read_text("utf-8")
    assert re.split(r"  +", printed[1].strip()) == ["layer", "figure", "value", "95% interval", *COUNTS]
    assert all(f"\n| {words} |" in page for words in ("95% interval", *COUNTS, "set aside"))
    assert printed[-1] == GLOSSARY
    assert (ROOT / GLOSSARY.rpartition(" ")[2]) == PAGE


def printed_by(table: Callable[..., None]) -> list[str]:
    terminal = Console(file=io.StringIO(), width=120)
    table(released.scored("rules"), "rules", terminal)
    return terminal.file.getvalue().rstrip().splitlines()
