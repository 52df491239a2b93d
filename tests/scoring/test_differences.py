"""docs/differences.md says what khabar and other scorers give; each figure on the page is an assertion, run here."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "differences.md"


def test_every_python_block_of_the_page() -> None:
    """Blocks run in the order of the page and share their names."""
    page = PAGE.read_text("utf-8")
    found = list(re.finditer(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE))
    assert len(found) > 15
    namespace: dict[str, object] = {}
    with warnings.catch_warnings():
        for block in found:
            # As many blank lines as stand before the block, so that a failure names the line of the page.
            before = "\n" * page[: block.start(1)].count("\n")
            exec(compile(before + block[1], str(PAGE), "exec"), namespace)


def test_every_difference_is_asserted() -> None:
    """Each section in bold and each scorer described has a block that asserts something."""
    sections = re.split(r"^(?=\*\*|### )", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert len(sections) >= 15
    for section in sections:
        assert re.search(r"^(    )?assert |^    raise AssertionError", section, re.MULTILINE), section[:60]
