"""Changes keep what they do not touch, can be undone and composed, and are refused with a reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.edits import Story, apply, compose, inverse, without_surfaces
from khabar.edits.application import edited_text
from khabar.edits.story import key_of
from khabar.reading.incidents import InputError
from khabar.records import Change, Claim, Conflict, Edit, Row, RowKey
from khabar.records.rows import each_span
from tests.edits.conftest import read_bridge

WHOLE = read_bridge()
STORY = Story(WHOLE.documents, tuple(row for row in WHOLE.rows if not isinstance(row, (Claim, Conflict))))
"""Without issues, whose rows hang together, so that any other row may be removed."""


def _crosses(edit: Edit, start: int, end: int) -> bool:
    overlaps = edit.start < end and start < edit.end
    inside = start <= edit.start and edit.end <= end
    return overlaps and (not inside or (edit.start, edit.end, edit.new) == (start, end, ""))


@st.composite
def changes(draw: st.DrawFn, story: Story) -> list[Change]:
    """One or two changes of wording at random places; rows whose borders they cross, or that they delete, go."""
    edits: list[Edit] = []
    for document in story.documents:
        text, end = document.text, 0
        for start in sorted(draw(st.sets(st.integers(0, len(text)), max_size=6))):
            length, new = draw(st.integers(0, 5)), draw(st.text("بـَ \u200f9", max_size=4))
            stretch = text[start : start + length]
            if start >= end and "\n" not in stretch and stretch != new and start + length <= len(text):
                edits.append(Edit(doc_id=document.doc_id, start=start, end=start + length, new=new))
                end = start + max(1, length)
    removed = {key_of(row) for row in story.rows if _breaks(row, edits)}
    parts = [[], []] if edits else [[]]
    for edit in edits:
        parts[draw(st.integers(0, 1))].append(edit)
    return [
        Change(id=f"c{at}", edits=tuple(part), rewording=True, removed=tuple(removed) if at == 0 else ())
        for at, part in enumerate(parts)
    ]


def _breaks(row: Row, edits: list[Edit]) -> bool:
    mine = [edit for edit in edits if edit.doc_id == getattr(row, "doc_id", None)]
    gone = [not edited_text(span.text, _within(mine, span.start, span.end)) for _, span in row.spans()]
    return any(gone) or any(_crosses(edit, span.start, span.end) for edit in mine for _, span in row.spans())


def _within(edits: list[Edit], start: int, end: int) -> list[Edit]:
    """The edits inside a stretch, in offsets of its own; what is inserted at its borders is not inside."""
    return [
        msgspec.structs.replace(edit, start=edit.start - start, end=edit.end - start)
        for edit in edits
        if edit.start < end and start < edit.end
    ]


@given(st.data())
def test_every_carried_surface_is_what_it_was(data: st.DataObject) -> None:
    """But for what an edit replaces inside of it; the text and its zones too."""
    made = data.draw(changes(STORY))
    edits = [edit for change in made for edit in change.edits]
    after = apply(STORY, made)
    rows = {key_of(row): row for row in after.rows}
    texts = after.texts
    for document, edited in zip(STORY.documents, after.documents, strict=True):
        mine = [edit for edit in edits if edit.doc_id == document.doc_id]
        assert edited.text == edited_text(document.text, mine)
        assert "".join(edited.text[zone.start : zone.end] for zone in edited.zones) == edited.text
        assert [zone.zone for zone in edited.zones] == [zone.zone for zone in document.zones]
    for row in STORY.rows:
        if key_of(row) not in rows:
            assert _breaks(row, edits)
            continue
        mine = [edit for edit in edits if edit.doc_id == getattr(row, "doc_id", None)]
        for (name, span), (other, carried) in zip(row.spans(), rows[key_of(row)].spans(), strict=True):
            assert name == other
            assert carried.text == edited_text(span.text, _within(mine, span.start, span.end))
            assert carried.text == texts[row.doc_id][carried.start : carried.end]  # type: ignore[attr-defined]


@given(st.data())
def test_undoing_gives_the_story_back_to_the_letter(data: st.DataObject) -> None:
    made = data.draw(changes(STORY))
    assert apply(apply(STORY, made), [inverse(STORY, made)]) == STORY


@given(st.data())
def test_composing_is_making_one_after_the_other(data: st.DataObject) -> None:
    first = data.draw(changes(STORY))
    between = apply(STORY, first)
    then = data.draw(changes(between))
    after = apply(between, then)
    assert apply(STORY, [compose(STORY, first, then, "both")]) == after


@given(st.data())
def test_a_story_without_text_is_edited_alike(data: st.DataObject) -> None:
    """Offsets alone, and what is stored of a change holds no surface of the original."""
    made = data.draw(changes(STORY))
    stored = [without_surfaces(change) for change in (*made, inverse(STORY, made))]
    assert not any("text" in span for change in stored for span in _spans(change.rows))
    assert apply(_bare(STORY), stored[:-1]).rows == _bare(apply(STORY, made)).rows


@given(st.data())
def test_the_order_of_changes_does_not_matter(data: st.DataObject) -> None:
    made = data.draw(changes(STORY))
    assert apply(STORY, made) == apply(STORY, made[::-1])


@given(st.data())
def test_a_change_states_offsets_of_its_own_outcome(data: st.DataObject) -> None:
    """Made alone or beside another: whole rows restated by one change go where they went."""
    made = data.draw(changes(STORY))
    alone = apply(STORY, made[:1])
    rows = tuple(msgspec.to_builtins(row) for row in alone.rows)
    whole = without_surfaces(msgspec.structs.replace(made[0], rows=rows))
    assert apply(STORY, [whole, *made[1:]]) == apply(STORY, made)


def _spans(value: Any) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    each_span(list(value), lambda span: spans.append(span) or span)
    return spans


def _bare(story: Story) -> Story:
    def bare(row: Row) -> Row:
        plain = msgspec.to_builtins(row)
        return msgspec.convert(each_span(plain, lambda span: {**span, "text": ""}), type(row))

    documents = [msgspec.structs.replace(document, text="") for document in story.documents]
    return Story.of(documents, map(bare, story.rows))


DEATHS = Change(
    id="deaths",
    edits=(Edit(doc_id="sahil", start=100, end=102, new="16"), Edit(doc_id="sahil", start=117, end=118, new="3")),
    rows=(
        {"layer": "numbers", "id": "sahil-n18", "low": "16", "high": "16"},
        {"layer": "numbers", "id": "sahil-n19", "edtf_literal": "2031-03-03", "edtf": "2031-03-03"},
        {"layer": "quotes", "id": "sahil-q23"},
        {"layer": "claims", "id": "c4", "value": "16", "as_of": "2031-03-03"},
        {"layer": "conflicts", "issue_id": "bridge_deaths", "status": "conflict", "type": "numeric", "subtype": None},
    ),
)


def test_restated_rows_are_as_the_change_says(bridge: Story) -> None:
    after = apply(bridge, [DEATHS])
    rows = {key_of(row).key: row for row in after.rows}
    assert rows["sahil-n18"].text == "16 شخصا"
    assert rows["sahil-n18"].low == "16"
    assert rows["sahil-q23"].content[0].text == "عدد القتلى في سمارة بلغ 16 شخصا حتى مساء 3 مارس 2031"
    assert (rows["bridge_deaths"].status, rows["bridge_deaths"].subtype) == ("conflict", None)
    undone = inverse(bridge, [DEATHS])
    assert apply(after, [undone]) == bridge


def test_offsets_of_restated_spans_are_those_of_the_change_alone(bridge: Story) -> None:
    """Whatever other changes stand before: here a longer word, and a person whose surname goes."""
    longer = Change(id="longer", edits=(Edit(doc_id="sahil", start=32, end=35, new="أعلن أمس"),), rewording=True)
    shorter = Change(
        id="shorter",
        edits=(Edit(doc_id="sahil", start=65, end=72, new=""),),
        rows=(
            {"layer": "entities", "id": "sahil-e10", "start": 61, "end": 65, "name": "سالم"},
            {"layer": "quotes", "id": "sahil-q23", "speaker_mention": {"start": 36, "end": 65}},
        ),
    )
    with pytest.raises(InputError):
        apply(bridge, [msgspec.structs.replace(shorter, rows=shorter.rows[:1])])
    rows = {key_of(row).key: row for row in apply(bridge, [longer, shorter]).rows}
    assert rows["sahil-e10"].text == "سالم"
    assert rows["sahil-q23"].speaker_mention.text == "الناطق باسم هيئة الإسعاف سالم"


def test_a_row_may_be_added_and_removed(bridge: Story) -> None:
    edit = Edit(doc_id="sahil", start=218, end=218, new=" في بغداد")
    rows = (
        {"layer": "registry", "entity_id": "baghdad", "story": "bridge", "name": "بغداد", "label": "GPE"},
        {"layer": "entities", "id": "new", "doc_id": "sahil", "start": 222, "end": 227, "label": "GPE",
         "name": "بغداد", "entity_id": "baghdad"},
    )  # fmt: skip
    change = Change(id="x", edits=(edit,), rows=rows, removed=(RowKey("entities", "sahil-e13"),))
    after = apply(bridge, [change])
    assert [row.text for row in after.rows if row.key == "new"] == ["بغداد"]
    assert not any(row.key == "sahil-e13" for row in after.rows)
    assert apply(after, [inverse(bridge, [change])]) == bridge


@pytest.mark.parametrize(
    ("row", "id"),
    [
        ({"layer": "numbers", "id": "sahil-n18", "start": 100}, "key-missing"),
        ({"layer": "numbers", "id": "sahil-n18", "start": 100, "end": 999}, "span-outside"),
        ({"layer": "numbers", "id": "sahil-n18", "start": "100", "end": 107}, "span-outside"),
        ({"layer": "numbers", "id": "sahil-n18", "start": None, "end": 107}, "edit-breaks"),
        ({"layer": "numbers", "id": "sahil-n18", "text": "15 شخصا"}, "span-surface"),
        ({"layer": "numbers", "id": "sahil-n18", "text": 15}, "span-surface"),
        ({"layer": "numbers", "id": "sahil-n18", "doc_id": "wadi"}, "value-wrong"),
        ({"layer": "numbers", "id": "sahil-n18", "low": "many"}, "number-not-numeric"),
        ({"layer": "numbers", "id": "sahil-n18", "kind": "trick"}, "value-wrong"),
        ({"layer": "numbers", "id": "sahil-n18", "flavour": "sweet"}, None),
        ({"layer": "numbers", "id": "new"}, "key-missing"),
        ({"layer": "weather", "id": "new"}, "value-wrong"),
        ({"layer": "zones", "doc_id": "sahil", "zones": []}, "value-wrong"),
        ({"layer": "claims", "id": "c4", "source": "nobody"}, "reference-unknown"),
        ({}, "value-wrong"),
    ],
)
def test_a_restated_row_that_is_none_is_refused(bridge: Story, row: dict[str, Any], id: str | None) -> None:
    named = (
        {"layer": "numbers", "id": "sahil-n18"},
        {"layer": "quotes", "id": "sahil-q23"},
        {"layer": "claims", "id": "c4"},
    )
    change = msgspec.structs.replace(DEATHS, rows=(*named, row), edits=DEATHS.edits[:1])
    if id is None:  # an unknown key is a warning, as in any file of rows
        apply(bridge, [change])
        return
    with pytest.raises(InputError) as caught:
        apply(bridge, [change])
    assert id in {incident.id for incident in caught.value.incidents}, caught.value


def test_a_span_restated_over_the_edit_of_another_change_is_refused(bridge: Story) -> None:
    """Unless that names the row too."""
    wider = Change(id="wider", edits=(), rows=({"layer": "entities", "id": "sahil-e10", "start": 61, "end": 75},))
    verb = Change(id="verb", edits=(Edit(doc_id="sahil", start=73, end=75, new="أن"),))
    with pytest.raises(InputError, match="as another restates it"):
        apply(bridge, [wider, verb])
    both = msgspec.structs.replace(verb, rows=({"layer": "entities", "id": "sahil-e10"},))
    assert any(row.key == "sahil-e10" and row.text == "سالم الدوري أن" for row in apply(bridge, [wider, both]).rows)
