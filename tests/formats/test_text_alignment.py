"""Tokens and other copies of a text find their places in the corpus' own text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.formats.projection import Projection, align
from khabar.text.arabic import token_spans

TEXT = "أعلنت «وكالة الأنـباء» أنّ\u00a0الرئيس بوتين، زار موسكو.\nوقال 🙂: نعم (١٤ ألف)."


def surfaces(sentences: list[list[str]], text: str = TEXT) -> list[list[str | None]]:
    return [[place and text[place[0] : place[1]] for place in here] for here in align(sentences, text)]


def test_tokens_to_the_letter() -> None:
    tokens = [TEXT[start:end] for start, end in token_spans(TEXT)]
    assert surfaces([tokens]) == [tokens]


def test_normalised_tokens() -> None:
    """Alef, tatweel, diacritics, quote marks, digits and no-break spaces may have been normalised."""
    assert surfaces([["اعلنت", '"', "وكاله", "الانباء", '"', "ان", "الرئيس"], ["(", "14", "الف", ")"]]) == [
        ["أعلنت", "«", "وكالة", "الأنـباء", "»", "أنّ", "الرئيس"],
        ["(", "١٤", "ألف", ")"],
    ]


def test_penn_brackets() -> None:
    assert surfaces([["نعم", "-LRB-", "14", "ألف", "-RRB-"]]) == [["نعم", "(", "١٤", "ألف", ")"]]


def test_words_cut_into_clitics() -> None:
    assert surfaces([["و", "قال", "🙂", ":", "نعم"]]) == [["و", "قال", "🙂", ":", "نعم"]]


def test_a_token_too_many_is_nowhere_and_the_others_are_found() -> None:
    sentence = ["أعلنت", "«", "وكالة", "[UNK]", "الأنباء", "»", "أن", "الرئيس", "بوتين", "،", "زار", "موسكو", "$#$"]
    [found] = surfaces([sentence])
    assert [token for token, place in zip(sentence, found, strict=True) if place is None] == ["[UNK]", "$#$"]


def test_tokens_left_out_cost_nothing() -> None:
    assert surfaces([["وكالة", "الأنباء", "الرئيس", "بوتين", "زار", "موسكو"]]) == [
        ["وكالة", "الأنـباء", "الرئيس", "بوتين", "زار", "موسكو"]
    ]


def test_sentences_in_another_order() -> None:
    assert surfaces([["وقال", "🙂", ":", "نعم"], ["الرئيس", "بوتين"]]) == [
        ["وقال", "🙂", ":", "نعم"],
        ["الرئيس", "بوتين"],
    ]


def test_another_text_is_nowhere() -> None:
    assert surfaces([["لا", "شيء", "من", "هذا", "كله", "هنا", "أبدا"]]) == [[None] * 7]


@given(st.data())
def test_tokens_of_a_text_are_found_however_it_is_cut(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet='ابةأ ّ\u00a0\u200fـ.١1\n"“', min_size=1, max_size=40))
    tokens = [text[start:end] for start, end in token_spans(text)]
    cut = data.draw(st.integers(0, len(tokens)))
    found = align([tokens[:cut], tokens[cut:]], text)
    assert [place for here in found for place in here] == token_spans(text)


def test_spans_move_to_the_corpus_text() -> None:
    copy = 'اعلنت "وكالة الأنباء"\r\n\r\nأن الرئيس بوتين، زار موسكو.\r\nوقال 🙂: نعم (14 ألف).'
    moved = Projection(copy, TEXT)
    for mention, there in (("بوتين", "بوتين"), ("وكالة الأنباء", "وكالة الأنـباء"), ("14 ألف", "١٤ ألف")):
        at = copy.index(mention)
        start, end = moved(at, at + len(mention)) or (0, 0)
        assert TEXT[start:end] == there
    assert moved(copy.index("\r\n"), copy.index("\r\n") + 2) is None


def test_another_wording_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"'ترامب.*'بوتين"):
        Projection(TEXT.replace("بوتين", "ترامب"), TEXT)
