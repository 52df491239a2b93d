"""Transformations are as their page shows them, stand apart, keep what folding keeps, and follow from their seed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.edits import Story
from khabar.edits.application import edited_text
from khabar.edits.stress import OF_TEXT, TRANSFORMATIONS, edits_of, stressed
from khabar.reading.incidents import InputError
from khabar.records import Document, Edit, Entity, Number, Registered, Row, Span, ZoneSpan
from khabar.text.arabic import FOLDING, fold

PAGE = (Path(__file__).parents[2] / "docs" / "stress.md").read_text("utf-8")
EXAMPLES = {
    name: (before, after)
    for name, before, after in re.findall(
        r"^### ([\w-]+)\n.*?^```text\n(.*?)\n(.*?)\n```", PAGE, re.DOTALL | re.MULTILINE
    )
}


HELD_EQUAL = sorted(set(OF_TEXT) - ({"zero-width", "nfc", "nfd"} if FOLDING == "fold1" else set()))
"""Transformations whose two writings the folding holds equal: the first one knew nothing of invisible characters."""


def shown(text: str) -> str:
    """The text with invisible characters, and signs that would join the letter before, as code points."""

    def is_hidden(character: str) -> bool:
        return unicodedata.category(character) == "Cf" or character in "\u00a0\u0653\u0654\u0655"

    return "".join(f"⟨U+{ord(each):04X}⟩" if is_hidden(each) else each for each in text)


def one_line(text: str, name: str) -> Story:
    """A story of one line, which is a date or a name as the transformation asks."""
    document = Document(
        doc_id="example", story="example", text=text, sha256="", zones=(ZoneSpan(0, len(text), "body"),)
    )
    place = {"id": "row", "doc_id": "example", "start": 0, "end": len(text), "text": text}
    rows: list[Row] = []
    if name == "months":
        rows = [Number(**place, core=Span(0, len(text), text), kind="date")]
    if name == "transliterations":
        rows = [
            Entity(**place, label="PERS", name=text, entity_id="who"),
            Registered(entity_id="who", story="example", name=text),
        ]
    return Story.of([document], rows)


def test_each_has_its_section() -> None:
    assert list(EXAMPLES) == list(TRANSFORMATIONS)


@pytest.mark.parametrize("name", [name for name in TRANSFORMATIONS if name != "order"])
def test_the_example_of(name: str) -> None:
    before, after = EXAMPLES[name]
    text = re.sub(r"⟨U\+([0-9A-F]{4})⟩", lambda match: chr(int(match.group(1), 16)), before)
    assert shown(stressed(one_line(text, name), name).story.texts["example"]) == after


@pytest.mark.parametrize("name", OF_TEXT)
@given(text=st.text('بالمدينة أإئي ىوة 12٣"«»“”،.-\n\u064e\u0651ـ\u00a0ABن', max_size=60), seed=st.integers(0, 3))
def test_rewrites_stand_apart_and_change_something(name: str, text: str, seed: int) -> None:
    end = 0
    for start, stop, new in OF_TEXT[name](text, Random(seed)):
        assert end <= start < stop <= len(text)
        assert text[start:stop] != new
        assert "\n" not in text[start:stop] + new
        end = stop


@pytest.mark.parametrize("name", HELD_EQUAL)
def test_what_is_folded_alike_stays_alike(bridge: Story, name: str) -> None:
    after = stressed(bridge, name).story
    assert [fold(document.text) for document in after.documents] == [
        fold(document.text) for document in bridge.documents
    ]


def test_the_seed_decides(bridge: Story) -> None:
    assert edits_of(bridge, "tatweel", 1) == edits_of(bridge, "tatweel", 1) != edits_of(bridge, "tatweel", 2)
    orders = {tuple(document.doc_id for document in stressed(bridge, "order", seed).documents) for seed in range(9)}
    assert orders == {("sahil", "wadi"), ("wadi", "sahil")}


def test_several_are_made_one_after_the_other(bridge: Story) -> None:
    both = stressed(bridge, "digits+tatweel+order")
    alone = stressed(stressed(bridge, "digits").story, "tatweel")
    assert both.story == alone.story
    for document in both.documents:
        for row in both.story.rows:
            if getattr(row, "doc_id", None) == document.doc_id:
                for _, span in row.spans():
                    start, end = both.original(document.doc_id, span.start, span.end)
                    surface = bridge.texts[document.doc_id][start:end]
                    assert fold(surface) == fold(span.text)


def test_a_name_that_is_none_is_refused(bridge: Story) -> None:
    with pytest.raises(InputError, match="no transformation 'upside-down'"):
        stressed(bridge, "hamza+upside-down")


def test_a_date_by_two_names_stays() -> None:
    assert edits_of(one_line("24 أبريل/نيسان 2025", "months"), "months") == []


def test_an_edit_that_would_cross_a_border_is_left_out() -> None:
    """Here a row ends between a letter and its sign."""
    text = "ا\u0654ب"
    document = Document(doc_id="d", story="s", text=text, sha256="", zones=(ZoneSpan(0, 3, "body"),))
    row = Entity(id="e", doc_id="d", start=0, end=1, text="ا", label="PERS", name="ا", entity_id="k")
    story = Story.of([document], [row, Registered(entity_id="k", story="s", name="ا")])
    assert edits_of(story, "nfc") == []
    assert edits_of(Story.of([document]), "nfc") == [Edit(doc_id="d", start=0, end=2, new="أ")]
    assert edited_text(text, edits_of(Story.of([document]), "nfc")) == "أب"
