"""The data statement says what the files beside it say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from khabar.annotations.agreement import agreement_table

ROOT = Path(__file__).parents[2]
ROUND = ROOT / "annotations" / "rounds" / "first"
STATEMENT = (ROOT / "annotations" / "gold" / "statement.md").read_text("utf-8")


def test_the_table_of_agreement_is_that_of_the_passes() -> None:
    """If this fails: `khabar annotate agreement first a c --write`, then put the new table there."""
    table = agreement_table(json.loads((ROUND / "agreement.json").read_text("utf-8")))
    assert table.partition("\n\n")[0] in STATEMENT


def test_the_decisions_are_counted_right_and_each_has_a_reason_and_somebody() -> None:
    decisions = [json.loads(line) for line in (ROUND / "decisions.jsonl").read_text("utf-8").splitlines()]
    counts = Counter(each["decision"] for each in decisions)
    rest = len(decisions) - counts["a"] - counts["b"]
    assert f"{len(decisions)} disagreements" in STATEMENT
    assert f"{counts['a']} as `a`, {counts['b']} as `c`, {rest} otherwise" in STATEMENT
    assert all(each["reason"].strip() and each["by"].strip() for each in decisions)


def test_every_pass_is_kept_and_named() -> None:
    assert sorted(path.stem for path in ROUND.glob("?.jsonl")) == ["a", "b", "c"]
    assert all(f"`{name}`" in STATEMENT for name in "abc")
