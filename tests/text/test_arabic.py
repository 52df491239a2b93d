"""Arabic text as it is compared: classes, tokens, folding with its way back, and grounding of strings."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.text.arabic import classes, fold, folded, token_spans
from khabar.text.search import is_clitic_before, searchable

ARABIC = st.text(st.sampled_from('ابتكلموسفبيىأإةهـ ً ُ\u0301\u0654\u200dويؤئé١2٣\u00a0«»"”.،\n😀Ax'), max_size=60)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("بُوتِين", "بوتين"),
        ("كيـــيف", "كييف"),
        ("أوكرانيا", "اوكرانيا"),
        ("إلى", "الي"),
        ("الحكومة", "الحكومه"),
        ("١٤ ألف", "14 الف"),
        ("قال\u00a0بوتين", "قال بوتين"),
        ("“نعم”", '"نعم"'),
        ("«نعم»", '"نعم"'),
        ("كور\u200cسك\u200f", "كورسك"),  # format characters
        ("مسؤول", "مسو\u0654ول"),  # composed and decomposed
        ("رئيس", "ري\u0654يس"),
        ("café", "cafe\u0301"),
    ],
)
def test_what_folds_together(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@pytest.mark.parametrize(
    ("left", "right"), [("كييف", "كيف"), ("ق", "ك"), ("14", "15"), ("سأل", "سال "), ("سئل", "سيل"), ("ؤ", "و")]
)
def test_what_stays_apart(left: str, right: str) -> None:
    assert fold(left) != fold(right)


@given(ARABIC)
def test_folding_is_idempotent_and_maps_back(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    back = folded(text)
    assert back.text == fold(text)
    assert len(back.raw) == len(back.text) + 1
    assert back.raw == sorted(back.raw)
    for at, character in enumerate(back.text):
        assert fold(text[back.raw[at] : back.raw[at + 1]]) == character


@given(st.text(max_size=30))
def test_composed_and_decomposed_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(ARABIC)
def test_tokens_cover_all_but_blanks(text: str) -> None:
    spans = token_spans(text)
    assert "".join(text[start:end] for start, end in spans) == "".join(c for c in text if classes(c) != "S")
    for start, end in spans:
        kinds = set(classes(text[start:end]))
        assert kinds <= set("LMN") or (kinds == {"X"} and end - start == 1)


def test_tokens_are_runs_of_letters_marks_and_digits() -> None:
    text = "قال: «14 ألفًا»، 3.5%"
    words = [text[start:end] for start, end in token_spans(text)]
    assert words == ["قال", ":", "«", "14", "ألفًا", "»", "،", "3", ".", "5", "%"]


@pytest.mark.parametrize(
    ("text", "surface", "found"),
    [
        ("وبوتين قال", "بوتين", ["بوتين"]),  # after a clitic
        ("قال بُوتِينُ أمس", "بوتين", ["بُوتِينُ"]),  # the marks on the last letter belong to it
        ("البوتين", "بوتين", ["بوتين"]),  # the article is no clitic: no whole word, so those inside words count
        ("البوتين بوتين", "بوتين", ["بوتين"]),  # … and not beside whole ones
        ("بوتينية", "بوتين", ["بوتين"]),
        ("ولكييف", "كييف", ["كييف"]),  # two clitics
        ("روسيا وروسيا", "روسيا", ["روسيا", "روسيا"]),
        ("😀 روسيا", "روسيا", ["روسيا"]),
        ("في 12 ألف", "12", ["12"]),
        ("في 112 ألف 12", "12", ["12"]),  # digits are word characters too
        ("قال\u00a0له", "قال له", ["قال\u00a0له"]),
        ("في كورسك\u200f.", "كورسك", ["كورسك"]),  # a format character at the end belongs to nobody
        ("", "x", []),
        ("نص", "  ", []),
    ],
)
def test_grounding(text: str, surface: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in searchable(text).matches(surface)] == found


def test_in_a_line() -> None:
    text = "بوتين وبوتين\nقال البوتين\nبوتين\n"
    found = searchable(text)
    places = {line: [start for start, _ in found.matches("بوتين", line)] for line in (None, 1, 2, 3, 4, 5)}
    assert places == {None: [0, 7, 25], 1: [0, 7], 2: [19], 3: [25], 4: [], 5: []}


@given(st.text(st.sampled_from("ابو ل\n"), min_size=1, max_size=40), st.text(st.sampled_from("ابو ل"), max_size=4))
def test_a_long_text_is_searched_by_its_trigrams_with_the_same_result(text: str, surface: str) -> None:
    padding = "x." * (1 << 15)
    short, long = searchable(text), searchable(text + "\n" + padding)
    assert long.matches(surface) == short.matches(surface)
    assert long.matches(surface, 1) == short.matches(surface, 1)


@given(ARABIC, ARABIC)
def test_what_is_grounded_folds_to_what_was_asked(text: str, surface: str) -> None:
    for start, end in searchable(text).matches(surface):
        assert fold(text[start:end]) == fold(surface).strip()


@given(ARABIC)
def test_every_token_grounds_to_itself(text: str) -> None:
    """Format characters aside: they part tokens, and folding drops them."""
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    for start, end in token_spans(text):
        if fold(text[start:end]):
            assert any(left < end and right > start for left, right in searchable(text).matches(text[start:end]))


@pytest.mark.parametrize(
    ("text", "start", "end", "wanted"),
    [
        ("وبوتين", 0, 1, True),
        ("ولبوتين", 0, 2, True),
        ("البوتين", 0, 2, False),
        ("x وب", 2, 3, True),
        ("نوب", 1, 2, False),
    ],
)
def test_is_clitic_before(text: str, start: int, end: int, wanted: bool) -> None:
    assert is_clitic_before(text, start, end) is wanted


def test_classes_are_one_letter_a_code_point() -> None:
    text = "أ١ًـ «😀\n"
    assert classes(text) == "LNMLSXXS"
    assert [unicodedata.category(c)[0] for c in text[:4]] == ["L", "N", "M", "L"]
