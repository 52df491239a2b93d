"""Marks over a text: whatever nests or crosses, the text stays itself and what comes out nests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from khabar.records.labels import LAYERS
from khabar.site.annotations import MarkupToken, TextMark, markup

TEXT = "وقال الرئيس الروسي فلاديمير بوتين إن 600 جندي"

marks = st.builds(
    lambda start, length, layer, label: TextMark(start, min(start + length, len(TEXT)), layer, label),
    st.integers(0, len(TEXT) - 1),
    st.integers(1, 20),
    st.sampled_from(LAYERS),
    st.sampled_from(["PERS", "GPE"]),
)


def covered(tokens: list[MarkupToken]) -> dict[int, list[TextMark]]:
    """Which marks are open over each character; fails where a closing has no opening."""
    opened: list[TextMark] = []
    found: dict[int, list[TextMark]] = {}
    at = 0
    for token in tokens:
        if token.opens:
            opened.append(token.opens)
        elif token.closes:
            opened.pop()
        for _ in token.text:
            found[at] = list(opened)
            at += 1
    assert opened == []
    return found


@given(st.lists(marks, max_size=12))
def test_each_character_is_under_the_marks_that_hold_it(given_marks: list[TextMark]) -> None:
    tokens = markup(TEXT, 0, len(TEXT), given_marks)
    assert "".join(token.text for token in tokens) == TEXT
    for at, opened in covered(tokens).items():
        expected = [mark for mark in given_marks if mark.start <= at < mark.end]
        assert sorted(map(repr, opened)) == sorted(map(repr, expected))


@given(st.lists(marks, max_size=12, unique=True))
def test_a_mark_begins_once_and_ends_once(given_marks: list[TextMark]) -> None:
    tokens = markup(TEXT, 0, len(TEXT), given_marks)
    for mark in given_marks:
        mine = [token for token in tokens if token.opens == mark]
        assert [token.first for token in mine] == [True] + [False] * (len(mine) - 1)
        assert [token.last for token in mine] == [False] * (len(mine) - 1) + [True]


@given(st.lists(marks, max_size=8), st.integers(0, len(TEXT) - 2), st.data())
def test_a_paragraph_shows_its_own_part_alone(given_marks: list[TextMark], start: int, data: st.DataObject) -> None:
    end = data.draw(st.integers(start + 1, len(TEXT)))
    tokens = markup(TEXT, start, end, given_marks)
    assert "".join(token.text for token in tokens) == TEXT[start:end]
    covered(tokens)


def test_nested_names_stand_one_line_under_the_other() -> None:
    office, nation = TextMark(5, 18, "entities", "OCC"), TextMark(12, 18, "entities", "GPE")
    heights = {token.opens.label: token.height for token in markup(TEXT, 0, len(TEXT), [office, nation]) if token.opens}
    assert heights == {"GPE": 0, "OCC": 1}


def test_an_error_stands_behind_what_it_is_about() -> None:
    tokens = markup(TEXT, 0, len(TEXT), [TextMark(5, 18, "entities", "OCC")], {18: [7]})
    at = next(place for place, token in enumerate(tokens) if token.error)
    assert tokens[at].error == 7
    assert tokens[at - 1].closes
