"""Two variants of a story: each flip in one of them, keys renamed, and no flip that does not flip."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from khabar.edits import Story, read_changes, variants, write_changes
from khabar.reading.incidents import InputError
from khabar.reading.rows import Located, check
from khabar.records import Conflict, Decoy, Edit, Flip, IssueState
from tests.edits.test_application import DEATHS

FLIP = Flip(
    **{name: getattr(DEATHS, name) for name in ("id", "edits", "rows")},
    story="bridge",
    variant="a",
    issue_id="bridge_deaths",
    direction="trap_to_dispute",
    before=IssueState(status="apparent", subtype="as_of"),
    after=IssueState(status="conflict", type="numeric"),
    groups=(("c3",), ("c4",)),
    place="lead",
)
DECOY = Decoy(
    id="warned",
    story="bridge",
    variant="b",
    edits=(Edit(doc_id="sahil", start=213, end=218, new="ثلاث مرات"),),
    rows=(
        {"layer": "numbers", "id": "sahil-n20", "start": 213, "end": 222, "core": {"start": 213, "end": 217}}
        | {"low": "3", "high": "3", "counted": "مرات"},
        {"layer": "quotes", "id": "sahil-q25"},
    ),
)


def test_each_flip_stands_in_one_variant(bridge: Story) -> None:
    made = variants(bridge, [FLIP, DECOY])
    issues = {row.issue_id: row.status for story in made.values() for row in story.rows if isinstance(row, Conflict)}
    assert issues == {
        "bridge_deaths.a": "conflict",
        "bridge_deaths.b": "apparent",
        "bridge_maintained.a": "conflict",
        "bridge_maintained.b": "conflict",
    }
    assert [document.doc_id for document in made["a"].documents] == ["sahil.a", "wadi.a"]
    assert made["b"].name == "bridge.b"
    assert "ثلاث مرات" in made["b"].texts["sahil.b"]
    assert "ثلاث مرات" not in made["a"].texts["sahil.a"]


def test_variants_are_sound(bridge: Story) -> None:
    """The rows of both variants, checked as any others."""
    stories = list(variants(bridge, [FLIP, DECOY]).values())
    located = [Located(row, "bridge.jsonl", line) for story in stories for line, row in enumerate(story.annotations)]
    documents = [document for story in stories for document in story.documents]
    texts = {document.doc_id: document.text for document in documents}
    assert check(located, texts, {document.doc_id: document.story for document in documents}) == []


def test_a_file_of_changes_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "changes.jsonl"
    write_changes(path, [FLIP, DECOY, DEATHS])
    assert read_changes(path) == [FLIP, DECOY, DEATHS]
    path.write_text('{"kind": "trick"}\n{"kind": "decoy", "id": "x"}\n[]\n', "utf-8")
    with pytest.raises(InputError) as caught:
        read_changes(path)
    assert {incident.line for incident in caught.value.incidents} == {1, 2, 3}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"before": IssueState(status="corroborated")}, "before it issue 'bridge_deaths' is apparent as_of"),
        (
            {"after": IssueState(status="conflict", type="temporal")},
            "after it issue 'bridge_deaths' is conflict numeric",
        ),
        ({"direction": "dispute_to_trap"}, "is not dispute_to_trap"),
        ({"groups": (("c3",), ("c3",))}, "not two disjoint groups"),
        ({"groups": (("c1",), ("c4",))}, "'c1' is no claim"),
        ({"issue_id": "weather"}, "there is no issue 'weather'"),
    ],
)
def test_a_flip_that_is_not_what_it_says_is_refused(bridge: Story, wrong: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        variants(bridge, [msgspec.structs.replace(FLIP, **wrong)])


def test_a_decoy_that_changes_a_status_is_refused(bridge: Story) -> None:
    decoy = Decoy(**{name: getattr(DEATHS, name) for name in ("id", "edits", "rows")}, story="bridge", variant="b")
    with pytest.raises(InputError, match="no flip says so"):
        variants(bridge, [decoy])
    with pytest.raises(InputError, match="is flipped by 'deaths' already"):
        variants(bridge, [FLIP, msgspec.structs.replace(FLIP, id="again", variant="b")])
