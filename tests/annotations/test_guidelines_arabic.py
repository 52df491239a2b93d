"""The guidelines in Arabic say what those in English say, block for block."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH = (ROOT / "annotations" / "guidelines.md").read_text("utf-8")
ARABIC = (ROOT / "annotations" / "guidelines.ar.md").read_text("utf-8")
GLOSSARY = re.compile(r"^\*\*المصطلحات\.\*\*.*?(?=^## )", re.DOTALL | re.MULTILINE)
"""What the Arabic page alone has: its terms, before the first chapter."""
CODE = re.compile(r"`[^`]+`")
RUN_OF_ARABIC = re.compile(r"[\u0621-\u0652]+")
LINK = re.compile(r"\]\([^)]*\)")


class Block(NamedTuple):
    """A heading, paragraph, list item, table row, quotation or fenced code.

    `kind` is the heading's marks, the item's indentation, the row's number of cells.
    """

    chapter: int
    kind: str
    text: str


def blocks(page: str) -> list[Block]:
    found: list[Block] = []
    chapter, kind, lines = 0, "", list[str]()

    def close() -> None:
        nonlocal kind
        if lines:
            found.append(Block(chapter, kind, "\n".join(lines)))
            lines.clear()
        kind = ""

    for line in page.splitlines():
        if kind == "code":
            lines.append(line)
            if line == "```":
                close()
            continue
        opened = kind_of(line)
        if opened or not line.strip():
            close()
        if line.strip():
            chapter += opened == "##"
            kind = kind or opened or "paragraph"
            lines.append(line)
    close()
    return found


def kind_of(line: str) -> str:
    """The kind of block that the line opens; empty where it goes on with one, or is blank."""
    if line.startswith("```"):
        return "code"
    if heading := re.match(r"#+(?= )", line):
        return heading[0]
    if item := re.match(r" *- ", line):
        return f"item indented by {len(item[0]) - 2}"
    if line.startswith("|"):
        return f"row of {line.count('|') - 1}"
    return "quotation" if line.startswith("> ") else ""


def differences(english: str, arabic: str) -> list[str]:
    """Where one page has what the other has not, as lines to read."""
    pairs = zip_longest(blocks(english), blocks(GLOSSARY.sub("", arabic)))
    found = []
    for ours, theirs in pairs:
        if ours is None or theirs is None or ours[:2] != theirs[:2]:
            return [*found, f"a block of one page only:\n{ours}\n{theirs}"]
        for what, left, right in (
            ("code", code(ours), code(theirs)),
            ("labels and numbers", labels_and_numbers(ours), labels_and_numbers(theirs)),
        ):
            if left != right:
                found.append(f"{what} {dict(left - right)} ≠ {dict(right - left)}:\n{ours.text}\n{theirs.text}")
        if lost := set(RUN_OF_ARABIC.findall(CODE.sub("", ours.text))) - set(RUN_OF_ARABIC.findall(theirs.text)):
            found.append(f"example {lost} not in:\n{theirs.text}")
    return found


def code(block: Block) -> Counter[str]:
    """What stands in backticks, however its lines are broken; all of a quotation and of fenced code."""
    if block.kind in ("code", "quotation"):
        return Counter([block.text])
    return Counter(" ".join(span.split()) for span in CODE.findall(block.text))


def labels_and_numbers(block: Block) -> Counter[str]:
    """`ORG`, `EDTF`, `2018` outside code, where both pages write them alike."""
    if block.kind == "code":
        return Counter()
    return Counter(re.findall(r"[A-Z]{2,}|\d+", LINK.sub("]", CODE.sub("", block.text))))


def slug(heading: str) -> str:
    """The address of a heading: its words in lower case, joined by hyphens."""
    kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def tables() -> list[list[list[str]]]:
    """The tables of the glossary (terms, then labels and fields of the page), each a list of rows of cells.

    A key is without its backticks.
    """
    found = GLOSSARY.search(ARABIC)
    assert found
    lines = [line for line in found[0].splitlines() if line.startswith("|") or not line]
    parts = [part.strip().splitlines()[2:] for part in "\n".join(lines).split("\n\n") if part.strip()]
    return [[row.strip("| ").replace("`", "").split(" | ") for row in part] for part in parts]


def test_the_pages_agree() -> None:
    found = differences(ENGLISH, ARABIC)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\n### ", "\n#### ", "one page only"),
        ("\n- ", "\n", "one page only"),
        ("| – |", "| – | – |", "one page only"),
        ("`بوتين`", "`بوتن`", "code"),
        ("`..12000`", "`..13000`", "code"),
        ('"position": "B"', '"position": "C"', "code"),
        ("QID", "ID", "labels and numbers"),
        ("2018", "2019", "labels and numbers"),
    ],
)
def test_a_change_of_one_page_is_told(old: str, new: str, told: str) -> None:
    arabic = GLOSSARY.sub("", ARABIC)
    for english, changed in ((ENGLISH.replace(old, new, 1), arabic), (ENGLISH, arabic.replace(old, new, 1))):
        assert told in "".join(differences(english, changed))


def test_an_example_outside_code_is_in_both() -> None:
    assert "example {'س'}" in "".join(differences(ENGLISH, ARABIC.replace("و ف ب ل ك س", "و ف ب ل ك", 1)))


def test_contents_lead_to_chapters() -> None:
    headings = {slug(block.text.lstrip("# ")) for block in blocks(ARABIC) if block.kind.startswith("#")}
    links = re.findall(r"\]\(#([^)]+)\)", ARABIC)
    assert links
    assert set(links) <= headings


def test_the_page_reads_from_right_to_left() -> None:
    """A page of Markdown takes the direction of a block from its first letter."""
    for block in blocks(ARABIC):
        if block.kind not in ("code", "quotation") and not block.kind.startswith("row"):
            first = next(c for c in block.text if unicodedata.bidirectional(c) in ("L", "R", "AL"))
            assert unicodedata.bidirectional(first) == "AL", block.text


def test_each_term_is_used() -> None:
    """Every term of the glossary is a word of the chapters, every key one of the English page."""
    chapters = GLOSSARY.sub("", ARABIC)
    terms = tables()[0]
    for term, key, _ in terms:
        assert term in chapters, term
        assert key == "–" or f"`{key}`" in ENGLISH, key
    assert len({term for term, *_ in terms}) == len(terms)


def test_the_pages_lead_to_each_other() -> None:
    assert "](guidelines.ar.md)" in ENGLISH.split("\n## ")[0]
    assert "](guidelines.md)" in ARABIC.split("\n## ")[0]
    assert "](../annotations/guidelines.ar.md)" in (ROOT / "docs" / "annotators.md").read_text("utf-8")
