"""The guidelines in two languages say the same: the same chapters, the same tables, the same examples in turn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "annotations"
ENGLISH, ARABIC = FOLDER / "guidelines.md", FOLDER / "guidelines.ar.md"


def outline(text: str) -> dict[str, list[object]]:
    """What is alike in every language: levels of headings, cells of each row of a table, quoted examples and labels."""
    lines = text.splitlines()
    return {
        "headings": [len(line) - len(line.lstrip("#")) for line in lines if re.match(r"#+ ", line)],
        "tables": [line.count("|") for line in lines if line.startswith("|")],
        "examples": re.findall(r"`([^`]+)`", text),
    }


def differences(one: str, other: str) -> list[str]:
    """Where two outlines part, each part by its name and number."""
    a, b = outline(one), outline(other)
    found = []
    for part in a:
        first = next((n for n, (x, y) in enumerate(zip(a[part], b[part], strict=False)) if x != y), None)
        if first is not None:
            found.append(f"{part} {first + 1}: {a[part][first]} and {b[part][first]}")
        elif len(a[part]) != len(b[part]):
            found.append(f"{part}: {len(a[part])} and {len(b[part])}")
    return found


SHORT = "# A\n\n## B\n\n| x | y |\n|---|---|\n| `قال` | cue |\n\n- `وبوتين` is `بوتين`\n"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (SHORT.replace("is", "تصير").replace("cue", "لفظ"), []),
        (SHORT.replace("## B", "### B"), ["headings 2: 2 and 3"]),
        (SHORT.replace("| `قال` | cue |\n", ""), ["tables: 3 and 2", "examples 1: قال and وبوتين"]),
        (SHORT.replace("`بوتين`", "`بوتن`"), ["examples 3: بوتين and بوتن"]),
    ],
    ids=["translated", "a heading", "a row", "an example"],
)
def test_what_differs_is_named(other: str, said: list[str]) -> None:
    assert differences(SHORT, other) == said


@pytest.mark.skipif(not ARABIC.exists(), reason="the guidelines are not translated yet")
def test_the_arabic_guidelines_keep_step() -> None:
    assert differences(ENGLISH.read_text("utf-8"), ARABIC.read_text("utf-8")) == []
