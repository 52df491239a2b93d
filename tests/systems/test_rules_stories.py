"""The conflict layer on invented stories of several outlets, with disputes and traps marked: see `stories_read`."""

from __future__ import annotations

import pytest

from tests.systems.stories_read import ASIDE, TUNED, load, scored

NAMES = (*TUNED, *ASIDE)


def totals(names: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in names:
        figures = scored(name).layers["conflicts"]
        for column, count in {**figures["f1"].counts, **figures["traps.rate"].counts}.items():
            found[column] = found.get(column, 0) + count
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_issue_of_a_story_has_its_claims(name: str) -> None:
    for issue in load(name).issues:
        assert sum(map(len, issue.positions)) >= (2 if issue.status in ("conflict", "contested") else 1), issue.issue_id


@pytest.mark.parametrize(("names", "precision", "recall"), [(TUNED, 0.9, 0.85), (ASIDE, 0.8, 0.6)])
def test_disputes_are_found_and_traps_avoided(names: tuple[str, ...], precision: float, recall: float) -> None:
    found = totals(names)
    right, wrong, missed = found["dispute.tp"], found["dispute.fp"], found["dispute.fn"]
    assert right / (right + wrong) >= precision
    assert right / (right + missed) >= recall
    assert found["traps.hit"] == 0
