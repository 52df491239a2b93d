"""README, in English and Arabic, shows gold and boards as they are, and docs/figures.md explains every name that `khabar score` prints."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import khabar
from khabar.cli.console import console
from khabar.cli.docs import pages
from khabar.cli.errors import WORDS
from khabar.cli.glossary import BESIDE_HEADLINE, COUNTS, GLOSSARY, HEADLINES, LABELS, OVERALL
from khabar.cli.tables import full_table, short_table
from khabar.records import errors
from khabar.records.labels import ENTITY_LABELS, LAYERS, ConflictType, NumberKind
from khabar.scoring.result import Score
from khabar.site.language import languages
from tests import released
from tests.readme import FIGURES, IN_ARABIC, PAGES, README, parts, written

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


@pytest.mark.parametrize(
    ("page", "part"), [pytest.param(page, part, id=f"{page.name}-{part}") for page in PAGES for part in PAGES[page]]
)
def test_a_page_shows_what_is_there(page: Path, part: str) -> None:
    assert parts(page)[part] in page.read_text("utf-8"), "run `python -m tests.readme`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_writing_a_page_again_changes_nothing(page: Path) -> None:
    assert written(page) == page.read_text("utf-8")


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(r"^```.*?^```$", id="code blocks"),
        pytest.param(r"^#+ ", id="levels of headings"),
        pytest.param(r"\((docs/(?!card|annotators)[^)]+)\)", id="links to docs"),
    ],
)
def test_the_readme_in_arabic_has_the_same(what: str) -> None:
    """Code blocks letter for letter, in the same order; each page leads to the other."""
    english, arabic = (page.read_text("utf-8") for page in (README, IN_ARABIC))
    found = re.findall(what, english, re.DOTALL | re.MULTILINE)
    assert found
    assert re.findall(what, arabic, re.DOTALL | re.MULTILINE) == found
    assert "](README.ar.md)" in english
    assert "](README.md)" in arabic


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_glossary_has_every_name_and_no_other(heading: str) -> None:
    section = FIGURES.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    assert (
        set(re.findall(r"^\| (.+?) \| `(.+?)` \| .", section, re.MULTILINE)) - {("the terminal says", "--json")}
        == (SECTIONS[heading])
    )


def test_the_glossary_has_every_cause_and_no_other() -> None:
    """With its name on the site and on the page that `--html` writes."""
    section = FIGURES.read_text("utf-8").split("\nThe second table counts")[1]
    kinds = (errors.EntityCause, errors.NumberCause, errors.QuoteCause, errors.ConflictCause, errors.PairCause)
    english = languages()[0]
    told = dict(re.findall(r"^\| `(.+?)` \| (.+?) \| .", section, re.MULTILINE))
    assert told == {cause: english(f"cause.{cause}") for kind in kinds for cause in get_args(kind)}


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
    page = FIGURES.read_text("utf-8")
    assert re.split(r"  +", printed[1].strip()) == ["layer", "figure", "value", "95% interval", *COUNTS]
    assert all(f"\n| {words} |" in page for words in ("95% interval", *COUNTS, "set aside"))
    assert printed[-1] == GLOSSARY
    assert pages()[GLOSSARY.rpartition("khabar docs ")[2]] == FIGURES


@pytest.mark.parametrize("table", [short_table, full_table])
def test_what_was_set_aside_is_counted_in_words(table: Callable[..., None]) -> None:
    counted = replace(released.scored("rules"), set_aside={"entities": 1, "numbers": 2}, ungrounded={"quotes": 1})
    assert "set aside: 1 entity, 2 numbers; ungrounded: 1 quote" in printed_by(table, counted)


@pytest.mark.parametrize("table", [short_table, full_table])
def test_layers_without_a_prediction_are_named(table: Callable[..., None]) -> None:
    documents = [
        {"doc_id": document.doc_id, "entities": [{"start": 0, "end": 1, "label": "PERS"}]} for document in khabar.load()
    ]
    silent = "nothing predicted: numbers, quotes, conflicts; without them: --layers entities"
    assert silent in printed_by(table, khabar.score(documents))
    assert not any("nothing predicted" in line for line in printed_by(table))
    assert "nothing predicted: entities" in printed_by(table, khabar.run("empty", layers=["entities"]))


def printed_by(table: Callable[..., None], score: Score | None = None) -> list[str]:
    terminal = console(file=io.StringIO(), width=120)
    table(score or released.scored("rules"), "rules", terminal)
    return terminal.file.getvalue().rstrip().splitlines()
