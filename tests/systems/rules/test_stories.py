"""The conflict layer on invented stories of several outlets, with disputes and traps marked: see `stories_read`."""

from __future__ import annotations

import pytest

from tests.systems.rules.stories_read import NAMES, disputes, load, scored


@pytest.mark.parametrize("name", NAMES)
def test_every_issue_of_a_story_has_its_claims(name: str) -> None:
    for issue in load(name).issues:
        assert sum(map(len, issue.positions)) >= (2 if issue.status in ("conflict", "contested") else 1), issue.issue_id


def test_a_third_of_the_disputes_are_found_and_few_traps_called() -> None:
    totals = dict.fromkeys(("dispute.tp", "dispute.fp", "dispute.fn", "traps.hit", "traps.all"), 0.0)
    for name in NAMES:
        figures = scored(name).layers["conflicts"]
        for column, count in {**figures["f1"].counts, **figures["traps.rate"].counts}.items():
            totals[column] += count
    right, wrong, missed = totals["dispute.tp"], totals["dispute.fp"], totals["dispute.fn"]
    assert right / (right + wrong) >= 0.7
    assert right / (right + missed) >= 0.33
    assert totals["traps.hit"] / totals["traps.all"] <= 0.1


def test_each_type_is_found_in_the_story_of_a_dam() -> None:
    story = load("dam")
    found = disputes("dam")
    assert {one.type for one in found} >= {"numeric", "temporal"}
    (toll,) = (one for one in found if one.type == "numeric")
    assert [side.value for side in toll.sides] == ["91..91", "63..63"]
    texts = {one.doc_id: one.text for one in story.documents}
    assert all("شخصا" in texts[span.doc_id][span.start : span.end] for side in toll.sides for span in side.spans)


def test_a_denial_is_held_against_what_it_denies() -> None:
    found = disputes("summit")
    assert any(one.type == "polarity" and [side.value for side in one.sides] == ["yes", "no"] for one in found)
