"""A claim stands in two pages; what somebody changes in either is what changes."""

from __future__ import annotations

from msgspec.structs import replace

from khabar.annotations.label_studio.pull import merged
from khabar.annotations.label_studio.tasks import unplaced
from khabar.records import Claim

CLAIM = Claim(
    id="c1", doc_id="d", issue_id="when", position="A", start=0, end=4, text="قالت", source="putin", stance="asserted", value="1"
)  # fmt: skip
SHORT = replace(CLAIM, end=3, text="قال")
OTHER = replace(CLAIM, value="2")


def outcome(here: list[Claim], was: list[Claim], there: list[Claim]) -> tuple[list[Claim], list[str]]:
    problems: list[str] = []
    found = merged(map(unplaced, here), map(unplaced, was), there, lambda message, **_: problems.append(message))
    return found, problems


def test_nobody_changed_it() -> None:
    assert outcome([CLAIM], [CLAIM], [CLAIM]) == ([CLAIM], [])


def test_changed_in_one_page() -> None:
    assert outcome([SHORT], [CLAIM], [CLAIM]) == ([SHORT], [])
    assert outcome([CLAIM], [CLAIM], [SHORT]) == ([SHORT], [])
    moved = replace(CLAIM, issue_id="where", position="B")
    assert outcome([SHORT], [CLAIM], [moved]) == ([replace(SHORT, issue_id="where", position="B")], [])


def test_changed_in_both() -> None:
    assert outcome([SHORT], [CLAIM], [SHORT]) == ([SHORT], []), "alike"
    claims, [problem] = outcome([SHORT], [CLAIM], [OTHER])
    assert (claims, "differently" in problem) == ([], True)


def test_removed_and_added() -> None:
    assert outcome([], [CLAIM], [CLAIM]) == ([], [])
    assert outcome([CLAIM], [CLAIM], []) == ([], [])
    assert outcome([], [], [CLAIM]) == ([CLAIM], [])
    claims, [problem] = outcome([CLAIM], [], [])
    assert (claims, "not in the story's" in problem) == ([], True)
