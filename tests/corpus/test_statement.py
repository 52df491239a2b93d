"""The data statement, and the release beside it, say what the passes and decisions say."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from khabar.annotations.agreement.figures import agreement
from khabar.annotations.agreement.table import agreement_table
from khabar.annotations.rounds import read_round

ROOT = Path(__file__).parents[2]
ROUNDS = ROOT / "annotations" / "rounds"
ROUND_OF = {"test": "first", "news": "news", "dev": "dev"}
GOLD = ROOT / "annotations" / "gold"
STATEMENT = (GOLD / "statement.md").read_text("utf-8")
AGREEMENT: dict[str, float] = json.loads((GOLD / "release.json").read_text("utf-8"))["agreement"]


def published(split: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROUNDS / ROUND_OF[split] / "agreement.json").read_text("utf-8"))
    return found


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def of(split: str) -> str:
    """What the statement says of a split's labels."""
    return STATEMENT.partition(f"- **`{split}`** (")[2].partition("\n- **")[0]


def test_the_table_of_agreement_is_that_of_the_passes() -> None:
    """If this fails: `khabar annotate agreement ROUND --write` of each round, then put the new table there."""
    assert agreement_table({split: published(split) for split in ROUND_OF}) in STATEMENT


@pytest.mark.parametrize(("split", "first", "second"), [("test", "a", "c"), ("dev", "a", "b"), ("news", "a", "b")])
def test_the_decisions_are_counted_right_and_each_has_a_reason_and_somebody(
    split: str, first: str, second: str
) -> None:
    decisions = lines(ROUNDS / ROUND_OF[split] / "decisions.jsonl")
    counts = Counter(each["decision"] for each in decisions)
    rest = len(decisions) - counts["a"] - counts["b"]
    assert f"{len(decisions)} disagreements" in of(split)
    assert f"{counts['a']} as `{first}`, {counts['b']} as `{second}`, {rest} otherwise" in of(split)
    assert all(each["reason"].strip() and each["by"].strip() for each in decisions)


@pytest.mark.parametrize("split", ROUND_OF)
def test_later_changes_are_counted_right_and_each_has_a_reason(split: str) -> None:
    [path] = (ROUNDS / ROUND_OF[split] / "corrections").iterdir()
    changes = lines(path)
    assert f" {len(changes)} " in of(split).replace("\n", " ")
    assert all(each["reason"].strip() for each in changes)


@pytest.mark.parametrize(("split", "names"), [("test", "abc"), ("dev", "ab"), ("news", "ab")])
def test_every_pass_is_kept(split: str, names: str) -> None:
    assert sorted(path.stem for path in (ROUNDS / ROUND_OF[split]).glob("?.jsonl")) == list(names)


def nearest(rounds: list[dict[str, Any]]) -> dict[str, float]:
    """Of each figure the most of any two passes, the mean of either as gold."""
    most: dict[str, float] = {}
    for name in {name.partition("/")[2] for name in AGREEMENT}:
        layer, _, figure = name.partition(".")
        values = [round_["layers"][layer]["scored"][figure] for round_ in rounds]
        means = [sum(both) / 2 for both in values if None not in both]
        most |= {name: round(max(means), 3)} if means else {}
    return most


@pytest.mark.slow
def test_the_release_says_how_near_two_passes_of_the_seeds_come() -> None:
    pairs = [read_round(ROUNDS / "first", ROOT / "seeds", pair) for pair in combinations("abc", 2)]
    found = nearest([agreement(pair).to_dict() for pair in pairs])
    assert {f"test/{name}": value for name, value in found.items()} == {
        name: value for name, value in AGREEMENT.items() if name.startswith("test/")
    }


@pytest.mark.parametrize("split", ["news", "dev"])
def test_the_release_says_how_near_the_two_passes_of_a_split_come(split: str) -> None:
    assert {f"{split}/{name}": value for name, value in nearest([published(split)]).items()} == {
        name: value for name, value in AGREEMENT.items() if name.startswith(f"{split}/")
    }
