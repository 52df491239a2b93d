"""Rows and values in words."""

from __future__ import annotations

from typing import Any

import pytest

from khabar.records import Claim, Entity, Number, PredictedNumber, PredictedSource, Quote, Registered, Row, Span
from khabar.text.wording import amount, in_words, source_name, summary, surface

CUE, CONTENT = Span(0, 3, "قال"), Span(4, 8, "نعم")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "∅"),
        ([], "∅"),
        (False, "no"),
        ({"start": 4, "end": 7, "text": "نعم"}, "نعم"),
        ([{"start": 4, "end": 7, "text": "نعم"}, {"start": 9, "end": 11, "text": "لا"}], "نعم … لا"),
        ({"content": None, "speaker": "e7"}, "e7"),
        ("e7", "e7"),
    ],
)
def test_a_value_in_words(value: Any, words: str) -> None:
    assert in_words(value) == words


def test_a_value_with_offsets() -> None:
    assert in_words([{"start": 4, "end": 7, "text": "نعم"}], offsets=True) == "4–7 نعم"
    assert in_words([{"start": 0, "end": 7, "zone": "title"}, None], offsets=True) == "0–7 title … ∅"


@pytest.mark.parametrize(
    ("row", "about", "words"),
    [
        (
            Entity(id="e", doc_id="d", start=0, end=5, text="كييف", label="GPE", name="كييف", entity_id="kyiv"),
            "كييف",
            "GPE kyiv",
        ),
        (
            Number(id="n", doc_id="d", start=0, end=2, text="12", core=Span(0, 2, "12"), kind="count", low="12", unit="سد"),
            "12",
            "count 12 سد",
        ),
        (
            Quote(id="q", doc_id="d", content=(CONTENT,), cue=(CUE,), speaker="e7", source_chain=("e3", "e7"), scored=False),
            "نعم",
            "e3 ← e7 قال not scored",
        ),
        (Quote(id="q", doc_id="d", content=(), cue=(CUE,), speaker="e7"), "قال", "e7 قال"),
        (
            Claim(
                id="c", doc_id="d", issue_id="i", position="A", start=0, end=2, text="لا", source="e7", stance="denied"
            ),
            "لا",
            "i/A e7 denied",
        ),
        (Registered(entity_id="kyiv", story="s", label="GPE", name="كييف"), "كييف", "GPE kyiv"),
    ],
)  # fmt: skip
def test_a_row_in_words(row: Row, about: str, words: str) -> None:
    assert (surface(row), summary(row)) == (about, words)


@pytest.mark.parametrize(
    ("number", "signs"),
    [
        (
            PredictedNumber(kind="count", low="14000", high="14000", modality="approx", unit="جندي"),
            ("≈ 14,000", "جندي"),
        ),
        (PredictedNumber(kind="count", low="5", modality="more_than", low_incl=False, counted="سدود"), ("> 5", "سدود")),
        (PredictedNumber(kind="count", high="5", modality="at_most", high_incl=True), ("≤ 5", "")),
        (PredictedNumber(kind="count", low="5", modality="more_than"), ("> 5", "")),
        (PredictedNumber(kind="count", low="5"), ("5", "")),
        (PredictedNumber(kind="count", low="10000", high="12000"), ("10,000–12,000", "")),
        (
            PredictedNumber(kind="count", low="10000", high="12000", low_incl=False, high_incl=False),
            (">10,000–<12,000", ""),
        ),
        (PredictedNumber(kind="count", low="1000", modality="vague"), ("1,000–<10,000", "")),
        (PredictedNumber(kind="date", edtf_literal="198X"), ("198X", "")),
        (PredictedNumber(kind="ident", low="7"), ("", "")),
        (PredictedNumber(kind="count", modality="vague"), ("", "")),
    ],
)
def test_a_value_as_signs(number: PredictedNumber, signs: tuple[str, str]) -> None:
    assert amount(number) == signs


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("e7", "e7"),
        (PredictedSource(name="بوتين", entity_id="e7"), "بوتين"),
        (PredictedSource(start=1, end=4), None),
        ({"text": "الرئيس", "entity_id": "e7"}, "الرئيس"),
        (None, None),
    ],
)
def test_what_names_a_source(source: object, name: str | None) -> None:
    assert source_name(source) == name
